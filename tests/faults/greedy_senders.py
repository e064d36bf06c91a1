"""Ten senders with batches of 400 to one source, who do not wait when they are told to."""

from __future__ import annotations

import http.client
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from standardwebhooks import Webhook

from core.testing import builders
from tests.faults.installation import FORCE, ROOT, SOURCE, Installation, installation
from tests.faults.pages import Reader, percentile, reading
from tests.faults.rows import Row

OTHER_FORCE, OTHER_SOURCE = "avon-and-somerset", "athena"
SENDERS, BATCH = 10, 400
QUIET, FLOOD = 8.0, 20.0  # seconds
PAGE = "/{}/sign-in"
TIMES = 5.0  # a page's 99th percentile while a source floods, beside the quiet one
KIND = "application/cloudevents-batch+json"


# --- the senders, in a process of their own --------------------------------------------------------


def batch(first: int, size: int) -> bytes:
    return json.dumps([builders.recorded(f"41/{first + place}/24", id=f"flood-{first + place}")
                       for place in range(size)]).encode()


def signed(secret: str, body: bytes) -> dict[str, str]:
    from datetime import UTC, datetime

    now, delivery = datetime.now(UTC), f"delivery-{time.monotonic_ns()}"
    return {"content-type": KIND, "webhook-id": delivery, "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(delivery, now, body.decode())}


class Greedy:
    """Sends without a pause; what is refused is sent again at once."""

    def __init__(self, port: int, path: str, secret: str, numbers: Iterator[int], until: float) -> None:
        self.port, self.path, self.secret, self.numbers, self.until = port, path, secret, numbers, until
        self.said: Counter[str] = Counter()
        self.accepted = 0
        self.slowest_refusal = 0.0

    def work(self) -> None:
        body = batch(next(self.numbers) * BATCH, BATCH)
        headers = signed(self.secret, body)
        while time.monotonic() < self.until:
            status, told = self._post(body, headers)
            self.said[str(status)] += 1
            if status in (429, 503) and not told:
                self.said["refused without Retry-After"] += 1
            if status == 202:
                self.accepted += BATCH
                body = batch(next(self.numbers) * BATCH, BATCH)
                headers = signed(self.secret, body)

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                self.slowest_refusal = max(self.slowest_refusal, time.perf_counter() - began)
            return answer.status, answer.getheader("Retry-After")
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()


def flood(port: int, path: str, seconds: float) -> None:
    """Prints what came of it as JSON; the key is read from standard input."""
    secret, until = sys.stdin.readline().strip(), time.monotonic() + seconds
    numbers = itertools.count(1)
    senders = [Greedy(port, path, secret, numbers, until) for _ in range(SENDERS)]
    threads = [Thread(target=one.work) for one in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = sum((one.said for one in senders), Counter[str]())
    print(json.dumps({"said": said, "accepted": sum(one.accepted for one in senders),
                      "slowest_refusal": max(one.slowest_refusal for one in senders)}))


# --- the scenario ------------------------------------------------------------------------------------


class Modest:
    """A sender with one event now and then."""

    def __init__(self, portal: Installation, force: str, source: str, first: int) -> None:
        self.portal, self.path = portal, f"/{force}/feed/v1/{source}/events"
        self.secret = portal.command("keys", "new", "--force", force, "--source", source, "--quiet")
        self.numbers = itertools.count(first)
        self.seconds: list[float] = []
        self.refused = 0

    def work(self, stop: Event) -> None:
        while not stop.wait(0.2):
            body = batch(next(self.numbers), 1)
            greedy = Greedy(self.portal.port, self.path, self.secret, self.numbers, 0)
            began = time.perf_counter()
            status, _ = greedy._post(body, signed(self.secret, body))
            self.seconds.append(time.perf_counter() - began)
            self.refused += status != 202


@contextmanager
def sending(*senders: Modest) -> Iterator[None]:
    stop = Event()
    threads = [Thread(target=one.work, args=(stop,), daemon=True) for one in senders]
    for one in senders:
        one.seconds, one.refused = [], 0
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(40)


def run() -> Iterator[Row]:
    with installation() as portal:
        portal.send()
        neighbour = Modest(portal, FORCE, OTHER_SOURCE, 5_000_000)
        abroad = Modest(portal, OTHER_FORCE, SOURCE, 6_000_000)
        paths = (PAGE.format(OTHER_FORCE), PAGE.format(FORCE))
        with reading(portal.port, *paths):
            time.sleep(3)  # everything has been asked once
        with reading(portal.port, *paths) as quiet, sending(neighbour, abroad):
            time.sleep(QUIET)
        quiet_senders = [list(neighbour.seconds), list(abroad.seconds)]
        with reading(portal.port, *paths) as loud, sending(neighbour, abroad):
            done = flooded(portal)
        yield from pages_rows(quiet, loud)
        yield from senders_rows(done, portal)
        for name, one, before in (("another source of the force", neighbour, quiet_senders[0]),
                                  ("a source of another force", abroad, quiet_senders[1])):
            yield Row("greedy senders", f"{name}: median, times quiet",
                      statistics.median(one.seconds) / statistics.median(before))
            yield Row("greedy senders", f"{name}: 95 %, times quiet",
                      percentile(one.seconds, 0.95) / percentile(before, 0.95))
            yield Row("greedy senders", f"{name}: part of its deliveries turned away",
                      one.refused / len(one.seconds), most=0.25)


def flooded(portal: Installation) -> dict[str, Any]:
    """What the senders were told in :data:`FLOOD` seconds."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.greedy_senders", str(portal.port),
         f"/{FORCE}/feed/v1/{SOURCE}/events", str(FLOOD)],
        cwd=ROOT, input=portal.secrets[SOURCE], capture_output=True, text=True, check=True,
        timeout=FLOOD + 60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def pages_rows(quiet: list[Reader], loud: list[Reader]) -> Iterator[Row]:
    for name, before, during in zip(("another force", "the same force"), quiet, loud, strict=True):
        p99 = percentile(before.seconds, 0.99)
        yield Row("greedy senders", f"pages of {name}: quiet 99 %", p99, "ms")
        yield Row("greedy senders", f"pages of {name}: 99 % in the flood, times quiet",
                  percentile(during.seconds, 0.99) / p99, most=TIMES)
        yield Row("greedy senders", f"pages of {name}: not answered", during.failed, most=0)


def senders_rows(done: dict[str, Any], portal: Installation) -> Iterator[Row]:
    said = Counter(done["said"])
    stored = portal.sql(f"SELECT count(*) FROM record_event WHERE force = '{FORCE}' AND "
                        f"source = '{SOURCE}'")[0][0]
    refused = said["429"] + said["503"]
    yield Row("greedy senders", "deliveries stored", said["202"], least=1)
    yield Row("greedy senders", "deliveries refused, over the quota (429)", said["429"])
    yield Row("greedy senders", "deliveries refused, all places taken (503)", said["503"], least=1)
    yield Row("greedy senders", "refused without Retry-After", said["refused without Retry-After"], most=0)
    yield Row("greedy senders", "answered otherwise", sum(said[one] for one in said if one.isdigit())
              - said["202"] - refused, most=0)
    yield Row("greedy senders", "slowest refusal", done["slowest_refusal"], "s", most=5)
    yield Row("greedy senders", "events acknowledged, and not stored",
              max(0, done["accepted"] - stored), most=0)
    yield Row("greedy senders", "rows of the audit about refusals", portal.sql(
        "SELECT count(*) FROM audit_entry WHERE action IN ('record_feed_limited', 'record_feed_refused')"
    )[0][0], most=2)


if __name__ == "__main__":
    flood(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
