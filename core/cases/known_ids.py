"""How the ids of record systems are kept: people and officers are known again by them.

An id of figures and at most four letters in a row is kept as it is. One that holds words may be a name
or an email address: of that, a keyed hash is kept.
"""

from __future__ import annotations

import re

from core.plugin_host.host import host
from core.storage.keys.keyring import force_keys

PLAIN = re.compile(r"(?=.*[0-9])(?!.*[A-Za-z]{5})[A-Za-z0-9_.:/-]{1,40}")


def kept_id(record_id: str) -> str:
    """*record_id* as the table has it from now on."""
    return kept_ids(record_id)[0]


def kept_ids(record_id: str) -> list[str]:
    """All that the table may have for it, under former keys too; the present one first."""
    force, colon, own = record_id.partition(":")
    if colon and force in host().installed:  # an officer of a force that was absorbed
        return [f"{force}:{kept}" for kept in kept_ids(own)]
    if PLAIN.fullmatch(record_id):
        return [record_id]
    return kept_hashes(record_id)


def kept_hashes(text: str) -> list[str]:
    """What the tables may have in place of *text*, under former keys too; the present one first."""
    return [f"~{mac.hex()}" for mac in force_keys().macs("lookup", text.encode())]
