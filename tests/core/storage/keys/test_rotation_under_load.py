"""Every key is changed in the real processes, under a constant load of readers and record systems."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from standardwebhooks import Webhook

from core.base.settings import Settings
from core.cli.main import root
from core.cli.processes.supervisor import free_port
from core.storage.db import db, force_scope
from core.storage.keys.keyring import look
from core.storage.keys.master_key import MASTER_KEY, SECRET_KEY, KeyFile, write_key_file
from core.storage.keys.purposes import PURPOSES
from core.testing import allocated, event, recorded
from plugins.record_feed import keyring
from tests.conftest import HERTS
from tests.live import ROOT, wait_until
from tests.people import Met, form_on, meet, person_browser, take
from tests.security.checklist import requirement

CANARY = "canary-of-the-load"
READERS = 2


class Serving:
    """Web, with two processes, and a worker; on this run's database, with key files of their own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("TMC_")} | {
            "TMC_MODE": "demo", "TMC_DATABASE_URL": settings.database_url,
            "TMC_DATA_DIR": str(folder), "TMC_MASTER_KEY_FILE": str(folder / "master"),
            "TMC_SECRET_KEY_FILE": str(folder / "secret"), "TMC_BASE_URL": str(settings.base_url),
        }
        self.log = (folder / "log").open("wb")
        self.running = [
            self.begin("web", "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4"),
            self.begin("worker"),
        ]

    def begin(self, *words: str, **more: Any) -> subprocess.Popen[bytes]:
        more = {"stdout": self.log, "stderr": self.log, **more}
        return subprocess.Popen(
            [sys.executable, "-m", "core", *words], cwd=ROOT, env=self.environment, **more)

    def ready(self) -> bool:
        try:
            return self.ask("GET", "/health/ready")[0] == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(60)
        self.log.close()


@pytest.fixture
def serving(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Serving]:
    master, secret = MASTER_KEY.get(app), SECRET_KEY.get(app)
    shutil.copy(master.path, tmp_path / "master")
    write_key_file(tmp_path / "secret")
    MASTER_KEY.set(KeyFile(tmp_path / "master"), app)
    SECRET_KEY.set(KeyFile(tmp_path / "secret"), app)
    started = Serving(settings, tmp_path)
    try:
        wait_until(started.ready, 60, "the portal does not answer")
        yield started
    finally:
        started.stop()
        MASTER_KEY.set(master, app)
        SECRET_KEY.set(secret, app)


def operator(app: Flask, *words: str) -> str:
    """``trackmycrime keys …``, in this process: neither web nor worker."""
    answer = app.test_cli_runner().invoke(root, ["keys", *words])
    assert answer.exit_code == 0, (answer.output, answer.exception)
    return str(answer.output)


class Load:
    """Does the same over and over, in threads, until told to stop; counts what came of it."""

    def __init__(self, *tasks: Callable[[], str]) -> None:
        self.came: Counter[str] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(task,)) for task in tasks]
        for thread in self._threads:
            thread.start()

    def _run(self, task: Callable[[], str]) -> None:
        while not self._over.is_set():
            try:
                self.came[task()] += 1
            except (OSError, http.client.HTTPException, ValueError) as failure:
                self.came[f"failed: {failure!r}"] += 1
            time.sleep(0.1)

    def stop(self) -> Counter[str]:
        self._over.set()
        for thread in self._threads:
            thread.join(60)
        return self.came


def reader(serving: Serving, met: Met, cookie: str) -> Callable[[], str]:
    def read_the_case() -> str:
        status, page = serving.ask("GET", f"/{HERTS}/case/{met.case}", Cookie=cookie)
        return "page" if status == 200 and CANARY in page else f"page: {status}"

    return read_the_case


def sender(serving: Serving, secret: str) -> Callable[[], str]:
    def send_an_event() -> str:
        now, body = datetime.now(UTC), json.dumps([event(
            "crime.progress", text=f"{CANARY} again", time=datetime.now(UTC).isoformat())])
        delivery = f"d-{time.monotonic_ns()}"
        status, answer = serving.ask("POST", f"/{HERTS}/feed/v1/niche/events", body, **{
            "content-type": "application/cloudevents-batch+json", "webhook-id": delivery,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(delivery, now, body),
        })
        fine = status == 202 and json.loads(answer)["results"][0]["status"] == "accepted"
        return "event" if fine else f"event: {status} {answer}"

    return send_an_event


@requirement("G3")
def test_every_key_changes_and_no_request_fails(app: Flask, serving: Serving) -> None:
    take(app, recorded(summary=CANARY), allocated(),
         event("crime.progress", text=CANARY, time="2024-03-05T10:00:00Z"))
    met = meet(app)
    browser = person_browser(app, met)
    cookie = f"tmc-{HERTS}={browser.client.get_cookie(f'tmc-{HERTS}').value}"  # type: ignore[union-attr]
    with app.app_context(), force_scope(HERTS):
        secret = keyring.make("niche")
        db.session.commit()
        before = {p: chain[0].key_id for p, chain in look().chains.items()}
    files = [KeyFile(serving.folder / name).in_use()[0] for name in ("master", "secret")]
    messages = f"/{HERTS}/case/{met.case}/messages"
    form = form_on(serving.ask("GET", messages, Cookie=cookie)[1], messages)

    load = Load(sender(serving, secret), *[reader(serving, met, cookie)] * READERS)
    said = operator(app, "rotate", "--again")
    came = load.stop()

    assert came.keys() == {"page", "event"} and min(came.values()) > 10, (came, said)
    with app.app_context(), force_scope(HERTS):
        after = {p: chain[0].key_id for p, chain in look().chains.items()}
    assert {p for p in PURPOSES if before[p] == after[p]} == set()
    newer = [KeyFile(serving.folder / name).in_use()[0] for name in ("master", "secret")]
    assert not set(files) & set(newer)
    told = json.loads(operator(app, "check", "--json"))
    assert told["problems"] == []
    data = [one for one in told["forces"][HERTS] if one["purpose"] == "data"]
    assert [one["state"] for one in data] == ["present"] and data[0]["values"] > came["event"]
    status, _ = serving.ask(
        "POST", messages, urlencode(form | {"text": "Any news?"}), Cookie=cookie,
        **{"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 303, "the form that was open before is no longer taken"
