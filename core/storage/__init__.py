"""The database behind its two walls: sessions, statements, sealed columns, locks, tables."""

from __future__ import annotations

from core.storage.ciphers import KeyProblem, Unreadable
from core.storage.db import change, db, force_scope, insert_many, lock, read, update_many
from core.storage.keys.keyring import force_keys
from core.storage.keys.purposes import WrongPurpose
from core.storage.keys.purposes import declare as declare_purpose
from core.storage.locks import LockBusy, lock_now, lock_soon, take_place
from core.storage.row_guard import Base, ForceOwned
from core.storage.sealed import Secret, seal, sealed_column, unseal
from core.storage.table_parts import filled_index, force_key
from core.storage.walls import WallError, owned

__all__ = [
    "Base",
    "ForceOwned",
    "KeyProblem",
    "LockBusy",
    "Secret",
    "Unreadable",
    "WallError",
    "WrongPurpose",
    "change",
    "db",
    "declare_purpose",
    "filled_index",
    "force_key",
    "force_keys",
    "force_scope",
    "insert_many",
    "lock",
    "lock_now",
    "lock_soon",
    "owned",
    "read",
    "seal",
    "sealed_column",
    "take_place",
    "unseal",
    "update_many",
]
