"""Being written."""

NAME = "officer_desk"
VERSION = "0.1.0"
SETTINGS = None
