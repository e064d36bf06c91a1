"""What a dead worker had in hand, and what lost its job, goes on: once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.notices import claims, outgoing
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import force_scope
from core.testing.postgres import as_superuser
from tests.conftest import HERTS
from tests.core.notices.outbox import (
    NOON,
    change,
    no_jobs,
    promised,
    send,
    shown,
    waiting,
    work,
)
from tests.live import wait_until
from tests.mail import MailServer
from tests.security.checklist import requirement

# --- lost and found -----------------------------------------------------------------------------


class Killed(BaseException):
    """The worker's process ends here."""


@contextmanager
def another_worker(app: Flask) -> Iterator[claims.Presence]:
    """All that is sent in the block is sent by another process; it lives until it is closed."""
    ours, other = claims.PRESENCE.pop(app), claims.Presence()
    claims.PRESENCE.set(other, app)
    try:
        yield other
    finally:
        claims.PRESENCE.pop(app)
        if ours:
            claims.PRESENCE.set(ours, app)


def dies_with_it_in_hand(
    app: Flask, notice: UUID, patch: pytest.MonkeyPatch, *, at: str = "_mark"
) -> claims.Presence:
    """A worker takes the notice and ends at this step; what others saw of it stays until it is closed."""
    def die(*_: Any) -> None:
        raise Killed

    with another_worker(app) as other, patch.context() as deadly:
        deadly.setattr(outgoing, at, die)
        with pytest.raises(Killed):
            send(app, notice)
    patch.setattr(claims, "GRACE", timedelta())  # the database of the tests is young
    return other


def end(app: Flask, worker: claims.Presence) -> None:
    """The worker is gone; PostgreSQL sees it a moment after its connection was closed."""
    number = worker.number
    worker.close()
    with app.app_context(), force_scope(HERTS):
        wait_until(lambda: not claims.presence().is_held(number), 60, "a dead worker's letters stay its own")


def test_what_a_living_worker_has_in_hand_is_left_to_it_for_as_long_as_it_lives(
    case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = promised(case)
    other = dies_with_it_in_hand(case, one, monkeypatch)
    for later in (0, 59):
        with clock.travel(clock.now() + timedelta(minutes=later)):
            send(case, one)
            jobs.run(case, "sweep_notices", HERTS)
            work(case)
    assert len(post.letters) == 1
    end(case, other)
    send(case, one)
    assert len(post.letters) == 2


@requirement("H2")
def test_a_worker_killed_after_delivery_causes_one_repeat_at_most_and_at_once(
    case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = promised(case)
    end(case, dies_with_it_in_hand(case, one, monkeypatch))
    for _ in range(3):
        send(case, one)
        jobs.run(case, "sweep_notices", HERTS)
        work(case)
    first, again = post.letters
    assert first["Message-ID"] == again["Message-ID"]
    assert shown(case, one).state == "sent"


@requirement("H3")
@pytest.mark.parametrize("at", ["_mark", "letter_for"])
def test_a_code_that_a_dead_worker_had_in_hand_is_never_sent_again(
    case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    (code,) = promised(case, "code")
    end(case, dies_with_it_in_hand(case, code, monkeypatch, at=at))
    before = len(post.letters)
    send(case, code)
    work(case)
    notice = shown(case, code)
    assert len(post.letters) == before <= 1
    assert (notice.state, notice.extra_sealed) == ("failed", None)
    assert notice.reason and notice.reason.startswith("perhaps sent: the worker ended")


def test_after_a_restart_of_the_database_workers_have_time_to_say_that_they_live(
    case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = promised(case)
    end(case, dies_with_it_in_hand(case, one, monkeypatch))
    monkeypatch.setattr(claims, "GRACE", timedelta(days=1))
    send(case, one)
    assert len(post.letters) == 1
    monkeypatch.setattr(claims, "GRACE", timedelta())
    send(case, one)
    assert len(post.letters) == 2


def test_what_a_dead_worker_had_in_hand_is_found_though_its_job_is_gone(
    case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = promised(case)
    other = dies_with_it_in_hand(case, one, monkeypatch)
    no_jobs(case)
    jobs.run(case, "sweep_notices", HERTS)
    work(case)
    assert len(post.letters) == 1
    end(case, other)
    jobs.run(case, "sweep_notices", HERTS)
    work(case)
    assert (shown(case, one).state, len(post.letters)) == ("sent", 2)


@requirement("H6")
def test_a_letter_that_went_while_the_database_was_away_is_marked_when_it_is_back(
    case: Flask, post: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = promised(case)
    tried: list[float] = []

    def look_again(seconds: float) -> None:
        tried.append(seconds)
        if len(tried) == 3:
            away(settings, False)

    monkeypatch.setattr(outgoing, "sleep", look_again)
    post.while_reading = lambda: away(settings, True)
    try:
        send(case, one)
    finally:
        away(settings, False)
    assert (shown(case, one).state, len(post.letters), len(tried)) == ("sent", 1, 3)


def away(settings: Any, gone: bool) -> None:
    """The database lets nobody in, and ends all who are; or it is there again."""
    server = sa.create_engine(
        as_superuser(settings.owner_database_url).set(database="postgres"), poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(
            f"ALTER DATABASE trackmycrime WITH ALLOW_CONNECTIONS {'false' if gone else 'true'}"))
        if gone:
            connection.execute(sa.text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE usename = 'tmc_serving'"))


# --- lost jobs ----------------------------------------------------------------------------------


def test_during_a_backlog_nothing_is_enqueued_twice(case: Flask, post: MailServer) -> None:
    promised(case, many=30)
    change(case, Notice, due_at=clock.now() - timedelta(hours=1))
    before = waiting(case)
    jobs.run(case, "sweep_notices", HERTS)
    jobs.run(case, "sweep_notices", HERTS)
    assert waiting(case) == before
    no_jobs(case)
    jobs.run(case, "sweep_notices", HERTS)
    assert waiting(case) == 30


def test_a_lost_job_is_found_within_minutes_and_only_once(case: Flask, post: MailServer) -> None:
    with clock.travel(NOON):
        (one,) = promised(case)
        no_jobs(case)
        jobs.run(case, "sweep_notices", HERTS)
        assert waiting(case) == 0
    with clock.travel(NOON + timedelta(seconds=61)):
        jobs.run(case, "sweep_notices", HERTS)
        jobs.run(case, "sweep_notices", HERTS)
        assert waiting(case) == 1
        work(case)
    assert len(post.letters) == 1
    assert shown(case, one).state == "sent"


def test_a_worker_that_was_too_slow_does_not_undo_what_another_did(
    case: Flask, post: MailServer
) -> None:
    (one,) = promised(case)
    post.data_refusals = ["451 no"]

    def other() -> None:
        change(case, Notice, tries=2, due_at=NOON)

    post.while_reading = other
    send(case, one)
    notice = shown(case, one)
    assert (notice.tries, notice.due_at, notice.reason) == (2, NOON, None)
