"""A real portal with two forces on a real PostgreSQL, for every test that asks for one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from flask import Flask

from core.base import clock, installed_languages
from core.base.scope import scope_of
from core.force.file.reading import read_force
from core.force.model import Force
from core.storage.db import force_scope
from core.storage.keys.keyring import FORCE_KEYS
from core.testing import allocated, recorded
from core.testing.postgres import Addresses, empty, postgres
from tests.mail import MailServer, mail_server
from tests.people import Met, meet, take
from tests.security.shadow import cast_shadow, look_at_rows, put

pytest_plugins = [
    "tests.live", "tests.record_system", "tests.security.answers", "tests.security.summary",
    "tests.security.canaries", "tests.security.world", "tests.security.audited",
]
collect_ignore = ["examples"]  # a package of its own, tested where it is installed
hypothesis.settings.register_profile("no clock on the wall", deadline=None)
hypothesis.settings.load_profile("no clock on the wall")
HERTS, AVON = "hertfordshire", "avon-and-somerset"
ROOT = Path(__file__).resolve().parents[1]
SHARED, FORCES = ROOT.parent / "shared", ROOT / "forces"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """As root each run has a folder of its own: every run that starts closes the one that pytest's runs
    share, also to the database's user of a run that is at work."""
    if os.geteuid() == 0 and not config.option.basetemp and not hasattr(config, "workerinput"):
        config.option.basetemp = mkdtemp(prefix="tmc-pytest-")
        config.add_cleanup(partial(rmtree, config.option.basetemp, ignore_errors=True))


@pytest.fixture(scope="session")
def database() -> Iterator[Addresses]:
    """In a folder beside pytest's own, which pytest closes to other users (as root, the server's)."""
    with TemporaryDirectory(prefix="tmc-test-") as folder, postgres(Path(folder)) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def settings(database: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from core.testing.kit import settings_for

    return settings_for(database, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def portal(settings: Any) -> Iterator[Flask]:
    """The application, once for the whole run."""
    from core.storage.db import close_connections
    from core.testing.kit import make_app

    app = make_app(settings)
    yield app
    with app.app_context():
        close_connections()


@pytest.fixture(scope="session")
def shadow(portal: Flask, settings: Any) -> Any:
    """The rows of the force that stands in the shadow of every test."""
    empty(settings.owner_database_url)
    FORCE_KEYS.get(portal).clear()
    return cast_shadow(portal)


@pytest.fixture
def app(portal: Flask, settings: Any, shadow: Any) -> Iterator[Flask]:
    """The application on a database that is empty but for the shadow."""
    empty(settings.owner_database_url)
    FORCE_KEYS.get(portal).clear()
    put(portal, shadow)
    yield portal
    look_at_rows(portal)


@pytest.fixture
def met(app: Flask) -> Met:
    """A case with a person and an officer."""
    take(app, recorded(), allocated())
    return meet(app)


@pytest.fixture
def force(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """Hertfordshire in scope, at the ``NOW`` of the file."""
    with clock.travel(request.module.NOW), app.app_context(), force_scope(HERTS):
        yield


@pytest.fixture
def english(portal: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """Somebody asks for a page of Hertfordshire in English, at the ``NOW`` of the file."""
    with clock.travel(request.module.NOW), scope_of(HERTS), portal.test_request_context(f"/{HERTS}/"):
        yield


@pytest.fixture
def post() -> Iterator[MailServer]:
    """A real mail server of this machine, well behaved unless it is told otherwise."""
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _no_plugin_is_slow() -> Iterator[None]:
    """What a busy machine takes its time for is no plugin's fault (tests/core/plugin_host)."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("core.plugin_host.calls.time", SimpleNamespace(
            perf_counter=lambda: 0.0, monotonic=time.monotonic))
        yield


@pytest.fixture(scope="session", autouse=True)
def _our_forces_are_read_once() -> Iterator[None]:
    """Hundreds of tests make a portal, each with every force: what the same file says is the same each time.
    Which languages there are is asked as it is read."""

    @cache
    def kept(path: Path, content: bytes, languages: tuple[str, ...]) -> Force:
        return read_force(path)

    def read(path: Path) -> Force:
        if not path.is_relative_to(FORCES):
            return read_force(path)
        return kept(path, path.read_bytes(), tuple(installed_languages())).model_copy()

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(import_module("core.plugin_host.host"), "read_force", read)
        yield


@pytest.fixture(autouse=True)
def _codes_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere they wait a moment that chance chooses (tests/plugins/sign_in/test_sending_codes.py)."""
    monkeypatch.setattr("plugins.sign_in.rules.SEND_WITHIN", 0)
