"""Being written."""

NAME = "email_notices"
VERSION = "0.1.0"
SETTINGS = None
