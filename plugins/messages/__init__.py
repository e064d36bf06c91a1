"""Being written."""

NAME = "messages"
VERSION = "0.1.0"
SETTINGS = None
