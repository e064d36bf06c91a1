"""``trackmycrime forces preview ID``: everything in one process, and a database beside it."""

from __future__ import annotations

import os
import socket
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from core.base import clock
from core.cli import services
from core.plugin_host import Problem, UnknownForce
from plugins.preview.portal import Portal, say
from plugins.preview.watching import Watch

HOST = "127.0.0.1"


@click.group("forces")
def forces() -> None:
    """The forces of this installation."""


@forces.command("preview", short_help="See a force as people would see it, while you write its file.")
@click.argument("force_id", metavar="ID")
@click.option("--port", type=click.IntRange(1, 65535), default=8010, show_default=True,
              help="Port of the pages.")
def preview(force_id: str, port: int) -> None:
    """Serve one force with made-up cases, on this machine only, until Ctrl-C.

    Every page, every stage and outcome, every email and every error page. Save force.toml, hooks.py
    or a file in static, and open pages load themselves again; faults are shown in the page. Drafts
    are served, too. Data is kept in TMC_DATA_DIR (default .data), in a folder of its own.
    """
    if os.environ.get("TMC_MODE") == "production":
        raise Problem("forces preview shows made-up people, and TMC_MODE is production: "
                      "run it on a machine where files are written")
    folder = _folder(force_id)
    data = Path(os.environ.get("TMC_DATA_DIR") or ".data").resolve() / "preview" / force_id
    try:
        services.refuse_port(port, "--port {}")
        listener = socket.create_server((HOST, port))
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with listener, services.Supervisor(data / "log") as supervisor:
            _run(supervisor, force_id, folder, data, listener)
    except OSError as error:
        raise Problem(f"{data}: {error.strerror or error}; "
                      "choose another folder with TMC_DATA_DIR") from None
    except services.ServiceError as error:
        raise Problem(str(error)) from None


def _folder(force_id: str) -> Path:
    known = services.find_forces(services.forces_dir())
    if force_id not in known:
        raise UnknownForce(services.unknown(force_id, known))
    return known[force_id].resolve()


def _run(
    supervisor: services.Supervisor, force_id: str, folder: Path, data: Path, listener: socket.socket
) -> None:
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    server = services.EmbeddedPostgres(data, settings={"fsync": "off", "synchronous_commit": "off"})
    supervisor.adopt(server)
    environment = {"TMC_MODE": "demo", "TMC_DATA_DIR": str(data), "TMC_BASE_URL": address}
    if further := services.forces_dir():
        environment["TMC_FORCES_DIR"] = str(further.resolve())
    sys.dont_write_bytecode = True  # two saves of hooks.py within a second must not look alike
    portal = Portal(force_id, folder, server, environment)
    watch = Watch(folder, lambda: _again(portal))  # looks before the first reading: nothing is missed
    say(portal.load())
    supervisor.adopt(Pages(portal, listener))
    supervisor.adopt(watch)
    click.echo(f"ready {address}/{force_id}/preview/")
    click.echo(f"Save {folder / 'force.toml'} and the pages load again. Ctrl-C ends the preview.")
    sys.stdout.flush()
    supervisor.run()


def _again(portal: Portal) -> None:
    faults = portal.load()
    say(faults)
    now = datetime.now(clock.LONDON)
    click.echo(f"{now:%H:%M:%S} {'faults, see above' if faults else 'read again: no fault'}")
    sys.stdout.flush()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """The terminal is for what is wrong with the file."""


class Pages:
    """A service of the supervisor: answers browsers in threads of this process."""

    name = "pages"

    def __init__(self, portal: Portal, listener: socket.socket) -> None:
        self._portal, self._listener = portal, listener
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        host, port = self._listener.getsockname()
        self._server = make_server(host, port, self._portal, threaded=True,
                                   request_handler=_Quiet, fd=self._listener.fileno())
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="preview-pages", daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._portal.close()
