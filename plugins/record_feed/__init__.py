"""Being written."""

NAME = "record_feed"
VERSION = "0.1.0"
SETTINGS = None
