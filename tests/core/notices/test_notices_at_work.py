"""A flood of letters leaves processors and the database to pages: few are worked on at one time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Condition
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from core.notices import outgoing
from core.notices.outgoing import AT_WORK, Tried
from core.storage.db import force_scope
from tests.conftest import HERTS

MANY = 8  # threads that have a letter


class Crowd:
    """As many as may be at one place at one time; each stays until they have been there together."""

    def __init__(self) -> None:
        self.here, self.room_for_more = 0, list[bool]()
        self.changed = Condition()

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.changed:
            self.here += 1
            if self.here == AT_WORK:
                self.room_for_more.append(outgoing._at_work.acquire(blocking=False))
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.room_for_more, timeout=60)
        yield
        with self.changed:
            self.here -= 1


def test_letters_wait_for_mail_servers_all_at_once_and_for_the_database_few_at_a_time(
    portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming, writing, marking = Crowd(), Crowd(), Crowd()
    at_mail_servers = Barrier(MANY)  # breaks unless all of them are there together

    def claim(notice_id: Any) -> Any:
        with claiming.inside():
            return SimpleNamespace(notice=SimpleNamespace(kind="entry"), id=notice_id, tries=1, left=False)

    def written(notice: Any) -> Any:
        with writing.inside():
            return SimpleNamespace()

    def deliver(letter: Any) -> Tried:
        at_mail_servers.wait(timeout=60)
        return Tried(by="email")

    def mark(claimed: Any, tried: Tried) -> None:
        with marking.inside():
            assert tried.by == "email"

    for name, instead in (("_claim", claim), ("letter_for", written), ("_deliver", deliver), ("_mark", mark)):
        monkeypatch.setattr(outgoing, name, instead)

    def send() -> None:
        with portal.app_context(), force_scope(HERTS):
            outgoing.send_notice(str(uuid4()))

    with ThreadPoolExecutor(MANY) as threads:
        for done in [threads.submit(send) for _ in range(MANY)]:
            done.result()
    for crowd in (claiming, writing, marking):
        assert not any(crowd.room_for_more)
