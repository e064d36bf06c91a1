"""The outbox: each letter goes once, and not where it is unsafe; with a real worker and mail server."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Access, Case, Person
from core.hookspecs import News
from core.notices.models import Notice
from core.notices.outbox import promise
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import recorded
from tests.conftest import AVON, HERTS
from tests.core.notices.outbox import (
    NOON,
    change,
    promised,
    send,
    shown,
    work,
)
from tests.live import wait_until
from tests.mail import MailServer
from tests.people import take
from tests.security.audited import audited
from tests.security.checklist import requirement

# --- sent ---------------------------------------------------------------------------------------


@audited("notice_sent")
@pytest.mark.parametrize(("kind", "to"), [
    ("entry", "amina1@example.com"), ("message", "amina1@example.com"),
    ("code", "amina1@example.com"), ("officer_message", "officer1@example.org"),
])
def test_the_worker_sends_what_was_promised(
    case: Flask, post: MailServer, kind: str, to: str
) -> None:
    (one,) = promised(case, kind)
    work(case)
    assert [envelope[1] for envelope in post.envelopes] == [[to]]
    notice = shown(case, one)
    assert (notice.state, notice.tries, notice.reason) == ("sent", 1, None)
    assert notice.sent_at is not None
    assert notice.extra_sealed is None
    with case.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "notice_sent"))
        assert [row.fields for row in rows] == [{"kind": kind, "by": "email"}]
    work(case)
    send(case, one)
    assert len(post.letters) == 1


@requirement("H2")
def test_news_that_is_rolled_back_sends_nothing(case: Flask, post: MailServer) -> None:
    with case.app_context(), force_scope(HERTS):
        about, whom = db.session.scalars(sa.select(Case.id)).one(), db.session.scalars(
            sa.select(Person.id)).one()
        promise([News("entry", about, uuid4(), clock.now(), (whom,))])
        db.session.rollback()
    work(case)
    assert post.letters == []
    promised(case)
    work(case)
    assert len(post.letters) == 1


def test_many_letters_go_at_once_and_each_goes_once(case: Flask, post: MailServer) -> None:
    made = promised(case, many=20)
    post.while_reading = lambda: wait_until(lambda: len(post.connections) > 1, 60, "no second")
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: work(case), range(2)))
    assert len(made) == len(post.letters) == 20
    assert len({letter["Message-ID"] for letter in post.letters}) == 20
    assert 2 <= len(post.connections) <= 8


def test_a_notice_taken_up_by_several_workers_goes_once(case: Flask, post: MailServer) -> None:
    (one,) = promised(case)
    post.while_reading = lambda: time.sleep(0.2)
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(lambda _: send(case, one), range(6)))
    assert len(post.letters) == 1


@requirement("H5")
def test_no_database_connection_is_held_while_the_mail_server_thinks(
    case: Flask, post: MailServer
) -> None:
    held: list[int] = []

    def look() -> None:
        time.sleep(0.1)
        with case.app_context():
            held.append(sum(engine.pool.checkedout() for engine in db.engines.values()))  # type: ignore[attr-defined]

    post.while_reading = look
    (one,) = promised(case)
    send(case, one)
    assert held == [0]


def test_each_force_sends_its_own(case: Flask, post: MailServer) -> None:
    take(case, recorded("52/1/24", district="bristol"), force=AVON)
    (ours,), (theirs,) = promised(case), promised(case, force=AVON)
    send(case, theirs)
    assert post.letters == []
    work(case)
    assert {envelope[0] for envelope in post.envelopes} == {
        host(case).get(force).force.email_sender.address for force in (HERTS, AVON)
    }
    assert shown(case, ours).state == shown(case, theirs, force=AVON).state == "sent"


# --- withheld -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "values"), [
    (Access, {"removed": True}), (Case, {"offered": False}),
    (Person, {"safe_contact": '{"silent": true}'}), (Person, {"email": None}),
])
@pytest.mark.parametrize("kind", ["entry", "code"])
def test_what_was_promised_is_asked_again_when_it_is_sent(
    case: Flask, post: MailServer, model: type[Any], values: dict[str, Any], kind: str
) -> None:
    (one,) = promised(case, kind)
    change(case, model, **values)
    work(case)
    notice = shown(case, one)
    assert (notice.state, post.letters, notice.extra_sealed) == ("withheld", [], None)
    assert notice.reason
    with case.app_context(), force_scope(HERTS):
        assert db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "notice_withheld")
        ).one()


def test_news_at_an_unsafe_hour_arrives_at_the_next_safe_one(
    case: Flask, post: MailServer
) -> None:
    change(case, Person, safe_contact='{"not_before": "22:00", "not_after": "06:00"}')
    with clock.travel(NOON):
        (one,) = promised(case)
        send(case, one)
        notice = shown(case, one)
        assert (notice.state, notice.tries) == ("due", 0)
        assert notice.due_at == NOON + timedelta(hours=10)
        send(case, one)
    assert post.letters == []
    with clock.travel(NOON + timedelta(hours=10)):
        send(case, one)
    assert len(post.letters) == 1


def test_a_record_that_cannot_be_read_sends_nothing_and_holds_up_nobody(
    case: Flask, post: MailServer
) -> None:
    (one,) = promised(case)
    change(case, Person, safe_contact='{"silent": "perhaps"}')
    before = clock.now()
    work(case)
    notice = shown(case, one)
    assert (notice.state, notice.tries) == ("due", 1)
    assert notice.reason == "the letter could not be written (ValidationError)"
    assert notice.due_at > before + timedelta(seconds=20)
    assert post.letters == []


def test_staff_read_of_which_kind_a_notice_is_that_nothing_is_written_for(
    case: Flask, post: MailServer
) -> None:
    """A worker of the version before may meet one; it waits for the new worker."""
    (one,) = promised(case)
    change(case, Notice, kind="rumour")
    work(case)
    notice = shown(case, one)
    assert (notice.state, notice.tries) == ("due", 1)
    assert notice.reason == "the letter could not be written ('rumour' is not a valid NoticeKind)"
    assert post.letters == []
