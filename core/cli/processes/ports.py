"""Whether an address can be served on, and who holds it when it cannot."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import psutil
from gunicorn.util import parse_address

from core.cli.processes.programs import ServiceError

ANY = ("0.0.0.0", "::")  # noqa: S104 - what others may listen on


class CannotListen(ServiceError):
    """The address cannot be served on; one line that says why and what to do."""


def refuse_unusable(bind: str) -> None:
    """Raises :class:`CannotListen` unless a server can listen on *bind*: host and port, or a socket."""
    try:
        address = parse_address(bind)
    except RuntimeError:
        raise CannotListen(f"{bind}: not an address and a port, like 127.0.0.1:8000") from None
    if isinstance(address, str):
        _refuse_folder(Path(address).parent)
    elif isinstance(address, tuple):
        _refuse_taken(*address)


def refuse_port(port: int, otherwise: str) -> None:
    """Raises :class:`CannotListen` for a port of this machine that is taken, or not ours to take.

    *otherwise* is how another one is chosen, like ``--port {}``.
    """
    failure = _bind_failure("127.0.0.1", port)
    if isinstance(failure, PermissionError):
        raise CannotListen(f"port {port} is for root only on this machine, as low ports are; "
                           f"choose another: {otherwise.format(8000)}")
    if failure:
        taken = failure.errno == errno.EADDRINUSE
        why = f"is taken by {holder_of(port)}" if taken else f"{failure.strerror}"
        raise CannotListen(f"port {port} {why}; choose another: {otherwise.format(port % 65535 + 1)}")


def _refuse_folder(folder: Path) -> None:
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise CannotListen(f"{folder}: no folder that a socket can be made in; choose another with --bind")


def _refuse_taken(host: str, port: int) -> None:
    if failure := _bind_failure(host, port):
        raise CannotListen(f"{host}:{port}: {_why(failure, host, port)}")


def _bind_failure(host: str, port: int) -> OSError | None:
    """Why a server cannot listen there; None when it can."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            # As servers do: a port on which only late packets of an earlier server may come is free.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as failure:
        return failure
    except OverflowError as failure:
        return OSError(errno.EINVAL, str(failure))
    return None


def _why(failure: OSError, host: str, port: int) -> str:
    if failure.errno == errno.EADDRINUSE:
        return f"the port is taken by {holder_of(port, host)}; stop that, or choose another port"
    if failure.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address; choose another with --bind"
    if failure.errno == errno.EACCES:
        return "no permission; choose a port from 1024 on, with a proxy in front"
    return f"no address that can be served on ({failure.strerror or failure})"


def holder_of(port: int, host: str = "127.0.0.1") -> str:
    """Who listens on *port*, for people to read."""
    found = listener(port, host)
    if found is None:
        return "another program"
    try:
        return f"{found.name()} (process {found.pid})"
    except psutil.Error:
        return f"process {found.pid}"


def listener(port: int, host: str = "127.0.0.1") -> psutil.Process | None:
    """The process that listens on *port* of *host*; None when there is none, or it is not ours to see."""
    try:
        for one in psutil.net_connections("tcp"):
            listens = one.status == psutil.CONN_LISTEN and one.laddr.port == port
            if listens and one.pid and (host in ANY or one.laddr.ip in (host, *ANY)):
                return psutil.Process(one.pid)
    except (psutil.Error, OSError):  # macOS shows them to root only
        return None
    return None
