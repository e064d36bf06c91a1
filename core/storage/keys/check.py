"""What there is to say of keys: which there are, what is under each, and what is wrong."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from core.base import clock
from core.storage.ciphers import KeyProblem
from core.storage.keys import resealing
from core.storage.keys.keyring import look
from core.storage.keys.master_key import KeyFile, read_key_file, shared
from core.storage.keys.purposes import DATA, OpenKey


def check_files(names: Iterable[str], file_of: Callable[[str], KeyFile]) -> list[str]:
    """What is wrong with the key files, a line each."""
    found = []
    for name in names:
        path = file_of(name).path
        for file in (path, path and path.with_name(f"{path.name}.former")):
            if file is None or (file != path and not file.exists()):
                continue
            try:
                read_key_file(file)
            except KeyProblem as problem:
                found.append(f"{name}: {problem}")
                continue
            # Stricter than a start, which refuses what others may read: here what is merely odd is told too.
            if stat.S_IMODE(file.stat().st_mode) & 0o177:
                found.append(f"{name}: {file}: run `chmod 600 {file}`")
    return [*found, *shared({name: file_of(name) for name in names})]


def check_force(
    *, opening: bool, done: Callable[[int], object]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The keys of the force in scope, a dict each, and what is wrong, a line each."""
    try:
        held = look()
    except KeyProblem as problem:
        return [], [str(problem)]
    under = resealing.counted()
    values: Counter[bytes] = Counter()
    for (_, key_id), many in under.items():
        values[key_id] += many
    problems = [
        f"{many} values of {place} are sealed with a key that is not here"
        for (place, key_id), many in sorted(under.items()) if key_id not in held.data
    ]
    if opening:
        lost = resealing.unreadable(done)
        problems += [f"{many} values of {place} do not open" for place, many in sorted(lost.items())]
    shown = [
        _shown(one, place, values[one.key_id] if one.purpose == DATA else 0)
        for chain in held.chains.values() for place, one in enumerate(chain)
    ]
    return sorted(shown, key=lambda one: (one["purpose"], one["starts"])), problems


def _shown(one: OpenKey, place: int, values: int) -> dict[str, Any]:
    waits = one.starts_at > clock.now()
    starts = max(one.starts_at, one.made_at)  # a first key is there for all times, but not before it was made
    return {
        "purpose": one.purpose, "key": one.key_id.hex(), "made": one.made_at.isoformat(),
        "starts": starts.isoformat(), "days_old": (clock.now() - one.made_at).days,
        "state": "coming" if waits else "former" if place else "present", "values": values,
    }
