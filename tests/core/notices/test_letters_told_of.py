"""A letter that the mail server took goes once, whatever fails after; what was promised follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from structlog.testing import capture_logs

from core.base import clock
from core.commitments import jobs as commitment_jobs
from core.commitments.models import Commitment
from core.notices import reports, untold
from core.notices.models import Notice
from core.notices.outgoing import LEASE
from core.plugin_host import jobs
from core.storage.db import force_scope, read
from core.testing import event, recorded
from tests.conftest import HERTS
from tests.core.notices.outbox import promised, send, shown, work
from tests.mail import MailServer
from tests.people import take
from tests.rows import rows

Pairs = Collection[tuple[UUID, UUID]]


@contextmanager
def listening(app: Flask, listener: Any) -> Iterator[None]:
    """In place of all who listen."""
    before = reports._listeners.get(app)[:]
    reports._listeners.get(app)[:] = [listener]
    try:
        yield
    finally:
        reports._listeners.get(app)[:] = before


def fails(whom: Pairs) -> None:
    raise RuntimeError("cannot reckon")


def tell_all(app: Flask) -> None:
    jobs.run(app, "tell_of_letters", HERTS)


def left(app: Flask) -> int:
    return len(rows(app, Notice, Notice.untold_at.is_not(None)))


def plan(app: Flask) -> list[str]:
    return sorted(one.state for one in rows(app, Commitment, Commitment.rule == "plan"))


def arrest(app: Flask) -> None:
    """News of which its victim is told by a letter that waits for the worker."""
    take(app, event("suspect.arrested", time="2024-03-10T09:00:00Z"), announce=True)


def test_what_was_promised_follows_at_once_where_nothing_fails(case: Flask, post: MailServer) -> None:
    arrest(case)
    assert plan(case) == ["open"]
    work(case)
    assert (len(post.envelopes), left(case), plan(case)) == (1, 0, ["kept", "open"])


def test_a_letter_goes_once_though_what_was_promised_cannot_be_reckoned_and_that_follows_later(
    case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrest(case)
    with monkeypatch.context() as broken, capture_logs() as lines:
        broken.setattr(commitment_jobs, "settle", fails)
        work(case)
        assert (len(post.envelopes), left(case), plan(case)) == (1, 1, ["open"])
        [letter] = rows(case, Notice)
        assert (letter.state, letter.claimed_by) == ("sent", None)
        later = clock.now() + LEASE + timedelta(minutes=5)
        with clock.travel(later):
            jobs.run(case, "sweep_notices", HERTS)
            work(case)
            send(case, letter.id)
            tell_all(case)
    assert (len(post.envelopes), left(case)) == (1, 1)
    assert {one["event"] for one in lines} >= {"reports_not_told"}
    with clock.travel(later):
        tell_all(case)
    assert (len(post.envelopes), left(case), plan(case)) == (1, 0, ["kept", "open"])


def test_of_many_letters_who_listens_hears_at_once(case: Flask, post: MailServer) -> None:
    calls: list[Pairs] = []
    with listening(case, fails):
        for one in promised(case, many=5):
            send(case, one)
    with listening(case, calls.append):
        tell_all(case)
    assert len(calls) == 1 and left(case) == 0


def test_one_letter_of_which_nobody_can_be_told_stops_no_other(case: Flask, post: MailServer) -> None:
    heard: list[Pairs] = []

    def listener(whom: Pairs) -> None:
        if len(whom) > 1 or bad in {case_id for case_id, _ in whom}:
            raise RuntimeError("cannot reckon")
        heard.append(whom)

    take(case, recorded("41/2/24"))
    with listening(case, fails):
        ids = promised_in_each(case)
        bad = shown(case, ids[0]).case_id
    with listening(case, listener):
        tell_all(case)
    assert [one.case_id for one in rows(case, Notice, Notice.untold_at.is_not(None))] == [bad]
    assert len(heard) == 1
    tell_all(case)
    assert left(case) == 0


def promised_in_each(app: Flask) -> list[UUID]:
    take(app, event("suspect.arrested", time="2024-03-10T09:00:00Z"),
         event("suspect.arrested", "41/2/24", time="2024-03-10T09:00:00Z"), announce=True)
    ids = [one.id for one in rows(app, Notice)]
    for one in ids:
        send(app, one)
    return ids


@pytest.mark.parametrize("listener", [fails, lambda whom: None], ids=["left", "nothing left"])
def test_the_job_runs_where_something_is_left(case: Flask, post: MailServer, listener: Any) -> None:
    with listening(case, listener):
        send(case, promised(case)[0])
    with case.app_context(), force_scope(HERTS):
        statement, values = untold.any_left()
        assert (read(statement, **values).first() is not None) is (listener is fails)
