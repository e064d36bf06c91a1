"""A port that the demo cannot have is said at once, before anything starts."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli.main import Problem
from core.cli.processes import ports
from core.cli.processes.supervisor import free_port
from plugins.demo.run import OTHER_PORT, demo


def refused(port: int) -> str:
    with pytest.raises(ports.CannotListen) as told:
        ports.refuse_port(port, OTHER_PORT)
    return str(told.value)


@pytest.mark.parametrize(("error", "says"), [
    (PermissionError(errno.EACCES, "Permission denied"), "port 80 is for root only on this machine"),
    (OSError(errno.EADDRINUSE, "Address already in use"), "port 80 is taken by another program"),
    (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "port 80 Cannot assign"),
])
def test_why_a_port_is_not_to_be_had_is_one_line_with_another_port(
    monkeypatch: pytest.MonkeyPatch, error: OSError, says: str
) -> None:
    def bind(self: socket.socket, address: object) -> None:
        raise error

    monkeypatch.setattr(ports.socket, "socket", type("S", (socket.socket,), {"bind": bind}))
    monkeypatch.setattr(ports, "listener", lambda *of: None)
    told = refused(80)
    assert told.startswith(says) and told.count("\n") == 0 and "PORT=" in told and "make run" in told


def test_a_taken_port_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMC_DATA_DIR", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = CliRunner().invoke(demo, ["--port", str(port)], standalone_mode=False)
    assert isinstance(told.exception, Problem) and f"port {port} is taken" in str(told.exception)
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_free_is_left_free() -> None:
    port = free_port()
    ports.refuse_port(port, OTHER_PORT)
    socket.create_server(("127.0.0.1", port)).close()
