"""The force as its files say now: its pages, or what is wrong with them. Made anew on every save."""

from __future__ import annotations

import secrets
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import click
from flask import Flask, Response, redirect, request, url_for
from flask_babel.speaklater import LazyString

from core.base import State, clock, installation
from core.cli import services
from core.hookspecs import RenderedNotice
from core.storage import db, force_scope
from plugins.preview.faults import fault_page, faults_of
from plugins.preview.jobs import Jobs
from plugins.preview.opening import Opened, open_for_samples
from plugins.preview.personas import AS, Personas, PersonaSessions
from plugins.preview.samples import Samples, take_in_samples

OWNER, SERVING = "tmc_owner", "tmc_serving"
HERE = ("127.0.0.1", "localhost")
STATIC = Path(__file__).parent / "static"
FILES = {"/preview/reload.js": "text/javascript", "/preview/preview.css": "text/css"}
HEADERS = [
    ("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]


@dataclass
class Shown:
    """What the pages of the preview know."""

    force_id: str
    file: Path
    samples: Samples
    added: tuple[LazyString, ...]
    version: str
    review: services.Review
    letters: deque[RenderedNotice] = field(default_factory=lambda: deque(maxlen=50))


SHOWN: State[Shown | None] = State("preview", lambda: None)  # None in every process but a preview's


class Portal:
    """A WSGI application that shows one force; :meth:`load` reads the force's files again."""

    def __init__(
        self, force_id: str, folder: Path, server: services.EmbeddedPostgres, environment: Mapping[str, str]
    ) -> None:
        self.force_id, self.folder = force_id, folder
        self._server, self._environment = server, dict(environment)
        self._app: Flask | None = None
        self._wsgi: WSGIApplication | None = None
        self._jobs: Jobs | None = None
        self._samples, self._taken_for, self._databases = Samples(), "", 0
        self._spent = ""  # the database of samples that are shown no more
        self._review = services.Review(force_id)
        # Another start counts from 0 again: pages that are open must see that it is another.
        self._letters: deque[RenderedNotice] = deque(maxlen=50)
        self._token, self._loads = secrets.token_hex(4), 0
        self.faults: list[services.Fault] = []
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """Changes whenever what is shown changes: pages that are open load themselves again."""
        return f"{self._token}-{self._loads}"

    def load(self) -> list[services.Fault]:
        """Read the files; show the force, or what is wrong. The faults, none when all is well."""
        with self._lock:
            try:
                app, jobs = self._make()
            except Exception as error:  # noqa: BLE001 - every fault of a force's file becomes a page
                self.faults = faults_of(error, self.folder)
            else:
                self.faults = []
                self._change_to(app, jobs)
                if self._spent:
                    services.drop_database(self._server.url(), self._spent)
                    self._spent = ""
            self._loads += 1
            return self.faults

    def close(self) -> None:
        self._change_to(None, None)

    # --- making the portal ----------------------------------------------------------------------

    def _make(self) -> tuple[Flask, Jobs]:
        forces_dir = self._environment.get("TMC_FORCES_DIR")
        further, file = Path(forces_dir) if forces_dir else None, self.folder / "force.toml"
        host = services.PluginHost(further, only=self.force_id)
        if self.force_id not in host.files:
            gone = services.Fault(str(file), "", None, "the file is gone", "put it back")
            raise services.ForceFileError([gone])
        found = services.review([self.force_id], services.find_forces(further), host.plugins)[0]
        if found.faults:
            raise services.ForceFileError(found.faults)
        if self.force_id in host.faulty:
            raise host.faulty[self.force_id]
        if found.status == "closed":
            raise services.ForceFileError([services.Fault(
                str(file), "status", None, "a force that is closed has no pages of its own",
                "preview its successor, or set status to “draft”")])
        self._review = found
        return self._with_samples(host, self._open(host, file))

    def _open(self, host: services.PluginHost, file: Path) -> Opened:
        """The force with what its samples need; the preview is on for it, whatever it lists."""
        opened = open_for_samples(host.get(self.force_id).force, file)
        host.put_on("preview", opened.force)
        return opened

    def _with_samples(self, host: services.PluginHost, opened: Opened) -> tuple[Flask, Jobs]:
        taken_for = self._what_samples_need(opened, host)
        fresh = taken_for != self._taken_for
        name = f"preview_{self._databases + fresh}"
        app = services.create_app(services.load_settings({
            **self._environment, "TMC_DATABASE_URL": self._server.url(SERVING, name)}), host)
        try:
            samples = self._take_in(app, opened, name) if fresh else self._samples
        except Exception:
            let_go(app)
            raise
        if fresh:
            self._spent = f"preview_{self._databases}" if self._databases else ""
            self._databases += 1
            self._samples, self._taken_for = samples, taken_for
        shown = Shown(
            self.force_id, self.folder / "force.toml", samples, opened.added,
            f"{self._token}-{self._loads + 1}", self._review, self._letters)
        SHOWN.set(shown, app)
        jobs = Jobs(app)
        self._dress(app, shown, jobs)
        return app, jobs

    def _what_samples_need(self, opened: Opened, host: services.PluginHost) -> str:
        """As long as this is the same, the sample cases stay, and whoever is signed in."""
        force, hooks = opened.force, self.folder / "hooks.py"
        return repr((
            clock.today(), opened.place, force.references, force.district(opened.place.district),
            force.crime_type(opened.place.crime_type) and opened.place.crime_type, force.phases,
            hooks.read_bytes() if hooks.is_file() else b"",
            [*host.installed[self.force_id].law.codes.schemes],
        ))

    def _take_in(self, app: Flask, opened: Opened, name: str) -> Samples:
        services.drop_database(self._server.url(), name)
        services.make_roles(self._server.url(), OWNER, SERVING, name)
        services.upgrade(app, self._server.url(OWNER, name), SERVING)
        with app.app_context(), force_scope(self.force_id):
            samples = take_in_samples(opened)
            db.session.commit()
        return samples

    def _dress(self, app: Flask, shown: Shown, jobs: Jobs) -> None:
        app.session_interface = PersonaSessions(installation(app).settings, shown.samples)
        app.wsgi_app = Personas(app.wsgi_app)  # type: ignore[method-assign]
        script = f'<script type="module" src="/preview/reload.js?version={shown.version}"></script></head>'

        @app.after_request
        def follow_the_file(response: Response) -> Any:
            response.headers["Cache-Control"] = "no-store"  # colours and logo too
            if request.method == "POST":
                jobs.wake()
                return response
            if response.status_code == 404 and request.endpoint == "pages.case_page" \
                    and AS in request.environ:  # the samples were made anew under an open page
                return redirect(url_for("pages.your_reports"), 303)
            if response.mimetype == "text/html" and not response.is_streamed \
                    and b"/preview/reload.js" not in response.data:
                response.data = response.data.replace(b"</head>", script.encode(), 1)
            return response

    def _change_to(self, app: Flask | None, jobs: Jobs | None) -> None:
        before, old_jobs, self._app, self._jobs = self._app, self._jobs, app, jobs
        self._wsgi = app.wsgi_app if app else None
        if old_jobs:
            old_jobs.stop()
        if before:
            let_go(before)

    # --- answering ------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = environ.get("HTTP_HOST", "").rsplit(":", 1)[0].lower()
        if name not in HERE:  # another site's name that was pointed at this machine
            return _answer(start_response, "421 Misdirected Request", "text/plain",
                           b"The preview answers to 127.0.0.1 only.\n")
        path = environ.get("PATH_INFO", "")
        if path == "/preview/version":
            return _answer(start_response, "200 OK", "text/plain", self.version.encode())
        if path in FILES:
            content = (STATIC / path.rpartition("/")[2]).read_bytes()
            return _answer(start_response, "200 OK", FILES[path], content)
        if self.faults or self._wsgi is None:
            page = fault_page(self.force_id, self.faults, version=self.version)
            return _answer(start_response, "503 Service Unavailable", "text/html", page)
        if path == "/":
            place = f"/{quote(self.force_id)}/preview/"
            start_response("302 Found", [("Location", place), ("Content-Length", "0"), *HEADERS])
            return [b""]
        return self._wsgi(environ, start_response)


def let_go(app: Flask) -> None:
    """Close the connections of an app that is shown no more."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _answer(start_response: StartResponse, status: str, kind: str, body: bytes) -> Iterable[bytes]:
    start_response(status, [
        ("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body))), *HEADERS])
    return [body]


def say(faults: list[services.Fault]) -> None:
    """The faults in the terminal, as ``forces check`` says them."""
    for fault in faults:
        click.echo(str(fault), err=True)
    sys.stderr.flush()
