"""PostgreSQL refuses to run as root: who runs it instead, and how that user reaches its files."""

from __future__ import annotations

import errno
import logging
import os
import pwd
import stat
import struct
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NAME = "tmc-postgres"
_ACL = "system.posix_acl_access"
# An access list as Linux keeps it (linux/posix_acl_xattr.h).
_VERSION = struct.pack("<I", 2)
_ENTRY = struct.Struct("<HHI")
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER, _SEARCH, _NO_ID = 1, 2, 4, 16, 32, 1, 0xFFFFFFFF

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """A user and group of this machine, by number."""

    uid: int
    gid: int


def server_account(home: Path) -> Account | None:
    """Who runs the server of *home*: ``None`` for ourselves; for root its owner, our own user or nobody.

    Raises KeyError on a machine that has none of them.
    """
    if os.geteuid() != 0:
        return None
    return _owner(home) or _user(NAME) or _of(pwd.getpwnam("nobody"))


def make_server_user(home: Path) -> None:
    """Add our own user to this machine where root needs it to run the server of *home*.

    Where no user can be added nothing happens, and :func:`server_account` says "nobody".
    """
    if os.geteuid() == 0 and not _owner(home) and not _user(NAME):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        with suppress(OSError, subprocess.CalledProcessError):  # or another start made it at this moment
            subprocess.run(command, check=True, capture_output=True)


def _owner(home: Path) -> Account | None:
    """Whose *home* is, if it is there and not root's."""
    with suppress(FileNotFoundError):
        found = home.stat()
        return Account(found.st_uid, found.st_gid) if found.st_uid != 0 else None
    return None


def _user(name: str) -> Account | None:
    with suppress(KeyError):
        return _of(pwd.getpwnam(name))
    return None


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid)


def let_through(path: Path, account: Account) -> None:
    """Let *account* pass the closed folders above *path*; nobody else where access lists exist."""
    for folder in path.absolute().parents:
        found = folder.stat()
        needed = stat.S_IXUSR if found.st_uid == account.uid else stat.S_IXOTH
        if found.st_mode & needed:
            continue
        try:
            _grant_search(folder, found.st_mode, account.uid)
        except (OSError, AttributeError):  # this file system, or all of macOS, has none
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            logger.warning("%s: other users may now pass through, for the database", folder)


def let_read(programs: Path) -> None:
    """Let everybody read and run what is in *programs*, which root may have installed for itself only
    (umask 077): programs as they are published, and nothing else."""
    for path in (programs, *programs.rglob("*")) if programs.exists() else ():
        mode = stat.S_IMODE(path.lstat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode and not path.is_symlink():
            path.chmod(wanted)


def _grant_search(folder: Path, mode: int, uid: int) -> None:
    """Put "user *uid* may pass" into the folder's access list; all others keep what they had."""
    entries = _access_list(folder, mode)
    entries[_USER, uid] = _SEARCH
    entries[_MASK, _NO_ID] = 0
    for (tag, _), allowed in entries.items():
        entries[_MASK, _NO_ID] |= allowed if tag not in (_USER_OBJ, _OTHER) else 0
    # In this order, or the kernel refuses them.
    packed = (_ENTRY.pack(tag, allowed, who) for (tag, who), allowed in sorted(entries.items()))
    os.setxattr(folder, _ACL, _VERSION + b"".join(packed))


def _access_list(folder: Path, mode: int) -> dict[tuple[int, int], int]:
    try:
        raw = os.getxattr(folder, _ACL)
    except OSError as error:
        if error.errno != errno.ENODATA:
            raise
        bits = {_USER_OBJ: mode >> 6 & 7, _GROUP_OBJ: mode >> 3 & 7, _OTHER: mode & 7}
        return {(tag, _NO_ID): allowed for tag, allowed in bits.items()}
    found = {(tag, who): allowed for tag, allowed, who in _ENTRY.iter_unpack(raw[len(_VERSION) :])}
    # What the mask held back stays so: it is to be wider, and is made of the entries.
    ceiling = found.pop((_MASK, _NO_ID), 7)
    kept = {_USER_OBJ: 7, _OTHER: 7}
    return {key: allowed & kept.get(key[0], ceiling) for key, allowed in found.items()}
