"""The whole portal as its own processes, and real browsers: for journeys and accessibility.

``demo`` starts ``trackmycrime demo`` once; when the run ends it asks it to stop, and fails when
anything is left. ``browser`` ends with each module: while a Playwright browser is open no other
test in the same process can run an event loop.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn
from urllib.parse import urlencode

import psutil
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from standardwebhooks import Webhook
from xdist.scheduler import LoadGroupScheduling

from core.cli.processes.supervisor import free_port
from tools import browser_works, system_programs

ROOT = Path(__file__).resolve().parents[1]
NEED_THE_DEMO = ("tests/browser/", "tests/journeys/")
ODD_NAME = "Ada's 100% dätä + back\\slash"  # as people call folders; nothing may break on it
STARTS_WITHIN, STOPS_WITHIN, LETTER_WITHIN = 180.0, 60.0, 60.0  # ceilings, not measures
# A browser in a container: quiet by itself, so that its network log is the pages' own, and with no
# way to any other host.
# The last three make a third of what a browser costs here: pages of its own address bar, which nobody
# sees. The others are what Playwright switches off; of two such flags Chromium takes the last.
NO_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
    "PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
)
FLAGS = (
    f"--disable-features={','.join(NO_FEATURES)}",
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-extensions", "--disable-sync", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


expect.set_options(timeout=60_000)  # milliseconds: a ceiling for a busy machine


@dataclass
class Demo:
    """A running demo."""

    port: int
    data: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    root: Path = ROOT
    signed_in: dict[str, Any] = field(default_factory=dict)  # what browsers kept, by whom

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> str:
        """Run ``trackmycrime`` beside the demo, as an operator would; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "core", *words], cwd=self.root, env=self.environment,
            capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    def post_events(self, address: str, secret: str, *events: dict[str, Any]) -> Any:
        """Post a signed batch to the door at *address*; its answer."""
        body = json.dumps(events)
        now, delivery = datetime.now(UTC), f"delivery-{time.monotonic_ns()}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{address}", body.encode(), {
            "content-type": "application/cloudevents-batch+json", "webhook-id": delivery,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(delivery, now, body),
        })
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - see above  # noqa: S310
            assert answer.status == 202
            return json.load(answer)

    def letters(self, to: str) -> list[dict[str, str]]:
        """The letters in the mailbox to this address, newest first."""
        mailbox = f"http://127.0.0.1:{self.port}/demo/mailbox.json?{urlencode({'to': to})}"
        with urllib.request.urlopen(mailbox, timeout=60) as answer:
            found: list[dict[str, str]] = json.load(answer)
            return found

    def next_letter(self, to: str, before: list[dict[str, str]], words: str = "") -> dict[str, str]:
        """The newest letter that was not there *before*, and whose text has *words* (a pattern)."""
        found: list[dict[str, str]] = []

        def came() -> bool:
            found[:] = [letter for letter in self.letters(to)
                        if letter not in before and re.search(words, letter["text"])]
            return bool(found)

        wait_until(came, LETTER_WITHIN, f"no letter to {to}")
        return found[0]

    def processes(self) -> list[psutil.Process]:
        """Every process that works for this demo, whoever its parent is now."""
        return [one for one in psutil.process_iter() if self._is_ours(one)]

    def _is_ours(self, one: psutil.Process) -> bool:
        mark = str(self.data)
        try:
            if one.status() == psutil.STATUS_ZOMBIE or one.pid == os.getpid():
                return False
            return mark in one.cwd() or mark in " ".join(one.cmdline()) \
                or one.environ().get("TMC_DATA_DIR") == mark
        except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            return False


def wait_until(true: Callable[[], bool], seconds: float, else_say: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{else_say} within {seconds:g} s"
        time.sleep(0.1)


@cache
def _shares(file: str) -> bool:
    """Whether the tests of this file share something that is made once for all of them."""
    texts = [ROOT / file, (ROOT / file).with_name("conftest.py")]
    return any('scope="module"' in one.read_text() for one in texts if one.exists())


class Scheduling(LoadGroupScheduling):  # type: ignore[misc]
    """All that need the demo run in one process, one after the other, so that it starts once.

    So do the tests of a file that share what is made once for the file. Marks (``xdist_group``) do
    not do it: pytest-xdist 3.8 no longer passes them on under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(NEED_THE_DEMO):
            return "demo"
        file = nodeid.partition("::")[0]
        return file if _shares(file) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling | None:
    return Scheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The demo, with its sample people; stopped as Ctrl-C or a service manager would.

    Not in pytest's own folder, which every run that starts meanwhile closes to the database's user.
    """
    with TemporaryDirectory(prefix="tmc-test-") as folder:
        yield from running_demo(start_demo(Path(folder) / ODD_NAME))


def running_demo(running: Demo) -> Iterator[Demo]:
    try:
        yield running
        _end(running)
    finally:
        for one in running.processes():
            one.kill()


def _end(running: Demo) -> None:
    team = {one.pid: one.name() for one in running.processes()}
    assert len(team) > 4, f"database, mailbox, worker and web should run: {team}"
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(STOPS_WITHIN) == 0
    left = {one.pid: one.cmdline() for one in running.processes()}
    assert not left, f"these still run: {left}"


def start_demo(data: Path, *, root: Path = ROOT, **more: str) -> Demo:
    """``trackmycrime demo`` on a free port, with *more* in its environment; ready when this returns.

    *root*: where the code, the forces and the translations are that it runs with.
    """
    data.mkdir()
    port, said = free_port(), data.with_name("said.txt")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TMC_")}
    environment |= {"PORT": str(port), "TMC_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    environment |= more
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "demo"], cwd=root, env=environment,
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    running = Demo(port, data, environment, process, root)

    def ready() -> bool:
        lines = said.read_text().splitlines()
        assert process.poll() is None, f"the demo ended as it started:\n{chr(10).join(lines)}"
        return any(line.startswith("ready") for line in lines)

    try:
        wait_until(ready, STARTS_WITHIN, "the demo was not ready")
    except BaseException:  # Ctrl-C too: its database and servers must not stay behind
        process.terminate()
        process.wait(STOPS_WITHIN)
        raise
    return running


def chromium_path() -> str:
    """Where Chromium or Chrome is. Without one that can be driven, on a developer's machine, the test
    is skipped."""
    try:
        browser_works.driver_starts()
        return browser_works.chromium_path()
    except browser_works.Lacking as lacking:
        skip_without(str(lacking))


def need(*programs: str) -> None:
    """For tests that run a program of the machine: they are skipped, or fail, as without a browser."""
    for name in programs:
        if not shutil.which(name):
            chosen = [one for one in system_programs.packages() if one.sign == name]
            skip_without(f"needs {name}: {system_programs.line(chosen)}")


def skip_without(reason: str) -> NoReturn:
    """The test is skipped for what this machine lacks; where nothing may lack, as in CI, it fails."""
    if system_programs.nothing_may_lack():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()
