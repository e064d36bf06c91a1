"""A portal of its own for a scenario: its processes, its record system, and what is in its tables."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg
from standardwebhooks import Webhook

from core.cli.processes.supervisor import free_port
from tests.faults.mail import Post, mail_server
from tests.faults.start import answers

ROOT = Path(__file__).resolve().parents[2]
FORCE, SOURCE = "hertfordshire", "niche"
READY_WITHIN = 90.0


class Broken(AssertionError):
    """Something that a scenario waits for did not come: the scenario ends here."""


@dataclass
class Installation:
    """Processes that can be killed, and what is asked of them from outside."""

    data: Path
    port: int
    post: Post
    silence: float | None = None
    process: subprocess.Popen[bytes] | None = None
    secrets: dict[str, str] = field(default_factory=dict)

    # --- processes ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the supervisor and all its services. Raises Broken when they do not serve in time."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TMC_")}
        with (self.data / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.start", str(self.data), str(self.port),
                 self.post.url, *([str(self.silence)] if self.silence else [])],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.until(self.is_ready, READY_WITHIN, "the portal does not serve")

    def stop(self) -> None:
        """In good order, and by force what is left."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                one.kill()

    def is_ready(self) -> bool:
        """Pages are served, the database answers, and the worker's process runs."""
        return answers(self.port) and bool(self.named("worker"))

    def processes(self) -> list[psutil.Process]:
        """Every process that works for this installation, whoever its parent is."""
        found = []
        for one in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                ours = str(self.data) in " ".join([one.cwd(), *one.cmdline()]) \
                    or one.environ().get("TMC_DATA_DIR") == str(self.data)
                if ours and one.status() != psutil.STATUS_ZOMBIE and one.pid != os.getpid():
                    found.append(one)
        return found

    def named(self, what: str) -> list[psutil.Process]:
        """The processes of ``web`` or ``worker``, the oldest first; ``postmaster``; ``supervisor``."""
        if what == "postmaster":
            file = self.data / "postgres" / "cluster" / "postmaster.pid"
            with suppress(OSError, ValueError, psutil.NoSuchProcess):
                return [psutil.Process(int(file.read_text().split("\n")[0]))]
            return []
        if what == "supervisor":
            return [psutil.Process(self.process.pid)] if self.process else []
        module = "tests.faults.hasty_worker" if self.silence and what == "worker" else "core"
        found = [one for one in self.processes() if _holds(one, ["-m", module, what])]
        return sorted(found, key=lambda one: one.create_time())

    def kill(self, what: str) -> None:
        """``kill -9`` of the first process of that name. Raises Broken when there is none."""
        found = self.named(what)
        if not found:
            raise Broken(f"no {what} runs")
        found[0].send_signal(signal.SIGKILL)
        with suppress(psutil.TimeoutExpired):
            found[0].wait(5)

    def back_to_ready(self) -> float:
        """Seconds until pages are served again and the worker takes up what is new."""
        began = time.monotonic()
        self.until(self.is_ready, READY_WITHIN, "the portal is not back")
        self.until(self.worker_works, READY_WITHIN, "the worker is not back")
        return time.monotonic() - began

    def worker_works(self) -> bool:
        """Whether a job that is enqueued now is taken up at once."""
        job = self.sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) VALUES ("
            "'default', 'trackmycrime.faults_probe', 50, '{}') RETURNING id")[0][0]
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline:
            if self.sql(f"SELECT status FROM procrastinate_jobs WHERE id = {job}")[0][0] != "todo":
                return True
            time.sleep(0.05)
        self.sql(f"DELETE FROM procrastinate_jobs WHERE id = {job} AND status = 'todo'")
        return False

    def until(self, true: Callable[[], Any], seconds: float, else_say: str) -> None:
        """Wait for *true*; the database may be away meanwhile. Raises Broken."""
        deadline = time.monotonic() + seconds
        while True:
            with suppress(psycopg.OperationalError):
                if true():
                    return
            if time.monotonic() > deadline:
                raise Broken(f"{else_say} within {seconds:g} s")
            time.sleep(0.05)

    # --- what is asked of it --------------------------------------------------------------------

    def command(self, *words: str) -> str:
        """``trackmycrime …`` beside the processes; what it printed."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TMC_")}
        done = subprocess.run(
            [sys.executable, "-m", "core", *words], cwd=ROOT,
            env=environment | {"TMC_DATA_DIR": str(self.data)},
            capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise Broken(f"trackmycrime {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def send(self, *events: Mapping[str, Any], source: str = SOURCE) -> list[str]:
        """Post one signed batch; the status of each event, or nothing when it was not acknowledged."""
        if source not in self.secrets:
            self.secrets[source] = self.command(
                "keys", "new", "--force", FORCE, "--source", source, "--quiet")
        body, now = json.dumps(events), datetime.now(UTC)
        delivery = f"delivery-{time.monotonic_ns()}"
        headers = {
            "content-type": "application/cloudevents-batch+json", "webhook-id": delivery,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secrets[source]).sign(delivery, now, body),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("POST", f"/{FORCE}/feed/v1/{source}/events", body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 202:
                return []
            return [one["status"] for one in json.loads(said)["results"]]
        except (OSError, http.client.HTTPException, ValueError):
            return []
        finally:
            connection.close()

    def sql(self, statement: str) -> Sequence[Any]:
        """Ask the database, as the superuser whom no wall holds. Raises psycopg.OperationalError."""
        with psycopg.connect(self.superuser, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    @property
    def superuser(self) -> str:
        """The address of the database, for psycopg."""
        lines = (self.data / "demo.env").read_text().splitlines()
        url = dict(line.split("=", 1) for line in lines)["TMC_OWNER_DATABASE_URL"]
        return url.replace("postgresql+psycopg", "postgresql").replace("tmc_owner", "postgres", 1)

    def notices(self) -> dict[str, int]:
        """How many notices are in each state."""
        return dict(self.sql("SELECT state, count(*) FROM notice GROUP BY state"))


def _holds(one: psutil.Process, words: list[str]) -> bool:
    with suppress(psutil.Error):
        line = one.cmdline()
        return any(line[at:at + len(words)] == words for at in range(len(line)))
    return False


@contextmanager
def installation(silence: float | None = None) -> Iterator[Installation]:
    """A portal with nothing in it, and its mail server; gone at the end of the block.

    After *silence* (seconds; default as the portal has it) its worker gives up on an answer to DATA.
    """
    with mail_server() as post, tempfile.TemporaryDirectory(prefix="tmc-faults-") as folder:
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        found = Installation(data, free_port(), post, silence)
        try:
            found.start()
            yield found
        finally:
            found.stop()
