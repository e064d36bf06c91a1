"""The database behind its two walls: sessions, statements, sealed columns, locks, tables."""

from __future__ import annotations

from core.storage.ciphers import Unreadable
from core.storage.db import (
    change,
    db,
    delete_rows,
    force_scope,
    insert_many,
    lock,
    other_connections,
    read,
    update_many,
)
from core.storage.keys import key_ends
from core.storage.keys.keyring import force_keys
from core.storage.keys.purposes import declare as declare_purpose
from core.storage.locks import LockBusy, lock_now, lock_soon, take_place
from core.storage.row_ends import Kept
from core.storage.row_guard import Base, ForceOwned, owned_models
from core.storage.sealed import ComparedSecret, Secret, seal, sealed_column, secrets_of, unseal
from core.storage.table_parts import filled_index, force_key
from core.storage.walls import owned

__all__ = [
    "Base",
    "ComparedSecret",
    "ForceOwned",
    "Kept",
    "LockBusy",
    "Secret",
    "Unreadable",
    "change",
    "db",
    "declare_purpose",
    "delete_rows",
    "filled_index",
    "force_key",
    "force_keys",
    "force_scope",
    "insert_many",
    "key_ends",
    "lock",
    "lock_now",
    "lock_soon",
    "other_connections",
    "owned",
    "owned_models",
    "read",
    "seal",
    "sealed_column",
    "secrets_of",
    "take_place",
    "unseal",
    "update_many",
]
