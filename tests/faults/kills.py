"""``kill -9`` of each process in turn, while a record system sends and letters go out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

from tests.faults.cases import new_cases
from tests.faults.installation import Installation, installation
from tests.faults.rows import Row

KILLED = (*("worker", "web", "postmaster") * 3, "supervisor")
READY_WITHIN = 10.0  # seconds, each time
IN_FLIGHT = 30.0  # seconds until letters that a dead worker had in hand have gone
BATCH = 10


class Sender:
    """A record system that sends one batch after the other; what was acknowledged counts."""

    def __init__(self, portal: Installation) -> None:
        self.portal, self.acknowledged = portal, set[str]()
        self.stop, self.pace = Event(), 0.4

    def work(self) -> None:
        while not self.stop.wait(self.pace):
            events = new_cases(BATCH)
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
                in_hand, killed_at = _in_hand(portal) if what == "worker" else {}, time.monotonic()
                if what == "supervisor":
                    _start_again(portal)
                yield Row("kills", f"{number + 1}: {what} killed, back to ready",
                          portal.back_to_ready(), "s", most=READY_WITHIN)
                if in_hand:
                    portal.until(partial(_went_on, portal, in_hand), 90, "letters stay with the dead")
                    yield Row("kills", f"{number + 1}: {len(in_hand)} letters in hand went on",
                              time.monotonic() - killed_at, "s", most=IN_FLIGHT)
        yield from _counted(portal, sender)


def _in_hand(portal: Installation) -> dict[str, int]:
    """What the worker that was just killed had in hand: id -> how often it was tried."""
    found = portal.sql("SELECT id::text, tries FROM notice WHERE claimed_by IS NOT NULL")
    return dict(found)


def _went_on(portal: Installation, in_hand: dict[str, int]) -> bool:
    """Whether each was sent since, or is in another worker's hands."""
    now = {row[0]: row[1:] for row in portal.sql("SELECT id::text, tries, state FROM notice")}
    return all(now[one][1] == "sent" or now[one][0] > tries for one, tries in in_hand.items())


def _start_again(portal: Installation) -> None:
    """As an operator would: once what the dead one left behind is gone."""
    portal.until(lambda: not portal.processes(), 15, "services outlive their supervisor")
    portal.start()


def _counted(portal: Installation, sender: Sender) -> list[Row]:
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
    ]
