"""The embedded PostgreSQL of a test run, as the authors of plugins have it."""

from core.testing.postgres import DATABASE, OWNER, SERVING, Addresses, postgres

__all__ = ["DATABASE", "OWNER", "SERVING", "Addresses", "postgres"]
