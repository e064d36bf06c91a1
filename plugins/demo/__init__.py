"""Sample people and cases; for demo mode only."""

NAME = "demo"
VERSION = "0.1.0"
SETTINGS = None
DEMO_ONLY = True
