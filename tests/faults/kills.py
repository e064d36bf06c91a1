"""``kill -9`` of each process in turn, while a record system sends and letters go out."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from tests import builders
from tests.faults.installation import Installation, installation
from tests.faults.rows import Row

KILLED = ("worker", "web", "postmaster") * 3 + ("supervisor",)
READY_WITHIN = 10.0  # seconds, each time
IN_FLIGHT = 30.0  # seconds until letters that a dead worker had in hand have gone
BATCH = 10
_numbers = itertools.count(1)


def batch() -> list[dict[str, Any]]:
    """Cases that nobody heard of yet, each with one person to whom a letter goes."""
    numbers = [next(_numbers) for _ in range(BATCH)]
    return [builders.recorded(f"41/{number}/24", people=[builders.person(number)])
            for number in numbers]


class Sender:
    """A record system that sends one batch after the other; what was acknowledged counts."""

    def __init__(self, portal: Installation) -> None:
        self.portal, self.acknowledged = portal, set[str]()
        self.stop, self.pace = Event(), 0.15

    def work(self) -> None:
        while not self.stop.wait(self.pace):
            events = batch()
            while not self.stop.is_set():
                statuses = self.portal.send(*events)
                self.acknowledged |= {
                    one["subject"].replace("/", "") for one, status in zip(events, statuses, strict=False)
                    if status in ("accepted", "repeat")
                }
                if statuses:
                    break
                self.stop.wait(0.5)


@contextmanager
def sending(portal: Installation) -> Iterator[Sender]:
    sender = Sender(portal)
    thread = Thread(target=sender.work, daemon=True)
    thread.start()
    try:
        yield sender
    finally:
        sender.stop.set()
        thread.join(20)


def run() -> Iterator[Row]:
    with installation() as portal:
        portal.send()
        with sending(portal) as sender:
            for number, what in enumerate(KILLED):
                time.sleep(2.0)  # so that there is a load to be killed under
                portal.kill(what)
                if what == "supervisor":
                    _start_again(portal)
                yield Row("kills", f"{number + 1}: {what} killed, back to ready",
                          portal.back_to_ready(), "s", most=READY_WITHIN)
        yield from _counted(portal, sender)


def _start_again(portal: Installation) -> None:
    """As an operator would: once what the dead one left behind is gone."""
    portal.until(lambda: not portal.processes(), 15, "services outlive their supervisor")
    portal.start()


def _counted(portal: Installation, sender: Sender) -> list[Row]:
    began = time.monotonic()
    portal.until(lambda: not portal.notices().get("due"), 120, "letters are still due")
    kept = {row[0] for row in portal.sql("SELECT subject_key FROM record_event")}
    ids = {f"<{row[0]}@" for row in portal.sql("SELECT id FROM notice")}
    copies = portal.post.copies()
    lost = [one for one in ids if not any(sent.startswith(one) for sent in copies)]
    return [
        Row("kills", "events acknowledged", len(sender.acknowledged), least=200),
        Row("kills", "events acknowledged, then lost", len(sender.acknowledged - kept), most=0),
        Row("kills", "letters promised", len(ids), least=200),
        Row("kills", "letters promised, then lost", len(lost), most=0),
        Row("kills", f"letters doubled, in {len(KILLED)} kills", portal.post.doubled(),
            most=len(KILLED)),
        Row("kills", "most copies of one letter", max(copies.values()), most=2),
        Row("kills", "letters with two Message-IDs", len(set(copies)) - len(ids), most=0),
        Row("kills", "last letter after the last kill", time.monotonic() - began, "s",
            most=IN_FLIGHT),
    ]
