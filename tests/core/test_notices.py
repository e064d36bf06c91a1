"""The outbox: each letter goes once, or staff see why not; with a real worker and mail server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from core import clock, db, force_scope, host, jobs
from core.cli import root
from core.hookspecs import News
from core.models import Access, AuditEntry, Case, Notice, Person, Staff
from core.notices import promise, promise_code
from core.sending import claims, hand_over, outgoing
from core.sending.outgoing import MOST_TRIES, UNSURE_TRIES, wait_after
from core.testing.postgres import as_superuser, without_walls
from tests.builders import allocated, recorded
from tests.conftest import AVON, HERTS
from tests.live import wait_until
from tests.mail import MailServer, mail_server, sends_through
from tests.people import take
from tests.security.audited import audited
from tests.security.checklist import requirement

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def portal_with_mail(app: Flask, post: MailServer) -> Iterator[Flask]:
    with sends_through(app, post.url):
        yield app


@pytest.fixture
def case(portal_with_mail: Flask) -> Flask:
    """A portal with one case, one person and an officer."""
    take(portal_with_mail, recorded(), allocated())
    return portal_with_mail


def promised(app: Flask, kind: str = "entry", *, many: int = 1, force: str = HERTS) -> list[UUID]:
    """Ids of new notices; their jobs wait for the worker."""
    with app.app_context(), force_scope(force):
        about = db.session.scalars(sa.select(Case.id)).one()
        whom = db.session.scalars(sa.select(Person.id)).first()
        staff = db.session.scalars(sa.select(Staff.id)).first()
        if kind == "code":
            assert whom
            made = [promise_code(whom, about, uuid4(), "482913") for _ in range(many)]
        else:
            people = () if kind == "officer_message" or whom is None else (whom,)
            promise([News(kind, about, uuid4(), clock.now(), people, staff) for _ in range(many)])
            made = list(db.session.scalars(sa.select(Notice.id).where(Notice.state == "due")))
        db.session.commit()
        return made


def shown(app: Flask, notice_id: UUID, *, force: str = HERTS) -> Notice:
    with app.app_context(), force_scope(force):
        found = db.session.get(Notice, (force, notice_id))
        assert found is not None
        return found


def change(app: Flask, model: type[Any], **values: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        for row in db.session.scalars(sa.select(model)):
            for name, value in values.items():
                setattr(row, name, value)
        db.session.commit()


def send(app: Flask, notice_id: UUID) -> None:
    jobs.run(app, "send_notice", HERTS, notice_id=str(notice_id))


def work(app: Flask) -> None:
    jobs.work(app)


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


# --- tried again --------------------------------------------------------------------------------


def test_a_mail_server_that_is_busy_gets_the_letter_later(case: Flask, post: MailServer) -> None:
    (one,) = promised(case)
    post.refusals = ["451 4.3.0 amina1@example.com come back"]
    with clock.travel(NOON):
        change(case, Notice, made_at=NOON, due_at=NOON)
        send(case, one)
        notice = shown(case, one)
        assert (notice.state, notice.tries) == ("due", 1)
        assert timedelta(seconds=30) <= notice.due_at - NOON <= timedelta(seconds=40)
        assert notice.reason == "the mail service did not take it (SMTPRecipientsRefused)"
        send(case, one)
        assert post.letters == []
    with clock.travel(notice.due_at):
        send(case, one)
    assert len(post.letters) == 1
    assert shown(case, one).reason is None


def test_a_refused_address_fails_at_once_with_a_reason(case: Flask, post: MailServer) -> None:
    (one,) = promised(case)
    post.refusals = ["550 5.1.1 <amina1@example.com> unknown"]
    work(case)
    notice = shown(case, one)
    assert notice.state == "failed"
    assert notice.reason and "(550): check the email on the record" in notice.reason
    assert "amina" not in notice.reason


@requirement("H3")
def test_news_is_tried_for_a_day_and_soon_after_the_mail_server_is_back() -> None:
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]
    assert sum(min(700, 30 * 2 ** min(n, 9)) for n in range(MOST_TRIES - 1)) >= 24 * 3600
    assert waits[1] > waits[0]
    assert max(waits) <= 15 * 60
    assert len(set(waits)) > 100


@audited("notice_failed")
def test_after_the_last_try_staff_see_that_it_failed(case: Flask, post: MailServer) -> None:
    (one,) = promised(case)
    change(case, Notice, tries=MOST_TRIES - 1)
    post.refusals = ["451 no"]
    send(case, one)
    assert shown(case, one).state == "failed"


def test_a_code_is_tried_while_it_works_and_never_after(case: Flask, post: MailServer) -> None:
    with clock.travel(NOON):
        (one,) = promised(case, "code")
        post.refusals = ["451 no", "451 no"]
        send(case, one)
        assert shown(case, one).state == "due"
        assert shown(case, one).extra_sealed
    with clock.travel(NOON + timedelta(minutes=9, seconds=59)):
        send(case, one)
        assert shown(case, one).state == "due"
    with clock.travel(NOON + timedelta(minutes=12)):
        send(case, one)
    notice = shown(case, one)
    assert (notice.state, notice.extra_sealed, post.letters) == ("failed", None, [])
    assert notice.reason == "the code ran out before it could be sent"


def test_a_code_that_cannot_be_delivered_is_wiped(case: Flask, post: MailServer) -> None:
    (one,) = promised(case, "code")
    post.refusals = ["550 no such name"]
    work(case)
    assert (shown(case, one).state, shown(case, one).extra_sealed) == ("failed", None)


# --- lost and found -----------------------------------------------------------------------------


class Killed(BaseException):
    """The worker's process ends here."""


@contextmanager
def another_worker(app: Flask) -> Iterator[claims.Presence]:
    """All that is sent in the block is sent by another process; it lives until it is closed."""
    ours, other = app.extensions.pop("tmc_presence", None), claims.Presence()
    app.extensions["tmc_presence"] = other
    try:
        yield other
    finally:
        app.extensions.pop("tmc_presence")
        if ours:
            app.extensions["tmc_presence"] = ours


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


# --- perhaps sent -------------------------------------------------------------------------------


@pytest.fixture
def vague(case: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """A mail server that takes letters and hangs up before it says so, for as long as it is ``vague``."""
    post.vague = True
    return post


@audited("notice_perhaps_sent")
def test_a_letter_that_was_perhaps_sent_is_repeated_once_and_told_as_such(
    case: Flask, vague: MailServer
) -> None:
    (one,) = promised(case)
    moment = clock.now()
    for tries in range(1, UNSURE_TRIES + 1):
        with clock.travel(moment):
            send(case, one)
        notice = shown(case, one)
        assert (notice.state, notice.unsure, len(vague.letters)) == ("perhaps_sent", tries, tries)
        moment = notice.due_at
        assert waiting(case) == 2  # its first job, which nobody ran here, and the one of the repeat
    with clock.travel(moment + timedelta(days=2)):
        send(case, one)
        jobs.run(case, "sweep_notices", HERTS)
        work(case)
    assert len(vague.letters) == UNSURE_TRIES == 2
    assert len({letter["Message-ID"] for letter in vague.letters}) == 1
    listed = command(case, "list", "--force", HERTS, "--state", "perhaps_sent").stdout
    assert str(one) in listed
    assert "had all of it, and did not say whether it was taken" in listed


def test_a_letter_that_was_perhaps_sent_is_sent_when_the_mail_server_says_so(
    case: Flask, vague: MailServer
) -> None:
    (one,) = promised(case)
    send(case, one)
    vague.vague = False
    vague.data_refusals = ["451 4.3.0 no"]
    for _ in range(2):
        with clock.travel(shown(case, one).due_at):
            send(case, one)
    notice = shown(case, one)
    assert (notice.state, notice.reason, len(vague.letters)) == ("sent", None, 2)


@requirement("H3")
def test_a_code_that_was_perhaps_sent_is_not_sent_twice(case: Flask, vague: MailServer) -> None:
    (code,) = promised(case, "code")
    send(case, code)
    vague.vague = False
    with clock.travel(clock.now() + timedelta(minutes=2)):
        send(case, code)
        jobs.run(case, "sweep_notices", HERTS)
        work(case)
    notice = shown(case, code)
    assert (notice.state, notice.extra_sealed, len(vague.letters)) == ("failed", None, 1)
    assert notice.reason and "a code is not sent twice" in notice.reason


def test_staff_can_send_again_what_was_perhaps_sent_by_naming_it(
    case: Flask, vague: MailServer
) -> None:
    (one,) = promised(case)
    send(case, one)
    assert "still being tried" in command(case, "retry", "--force", HERTS, str(one)).stderr
    with clock.travel(shown(case, one).due_at):
        send(case, one)
    vague.vague = False
    assert command(case, "retry", "--force", HERTS).stdout.endswith(": 0\n")
    assert command(case, "retry", "--force", HERTS, str(one)).exit_code == 0
    send(case, one)
    assert shown(case, one).state == "sent"


def test_a_slow_mail_server_holds_up_neither_codes_nor_other_jobs(case: Flask) -> None:
    lanes = {outgoing.lane_of(kind) for kind in ("entry", "message", "code", "account")}
    assert lanes == {"letters", "codes"}
    assert lanes < set(jobs.LANES)
    promised(case)
    promised(case, "code")
    with without_walls(case.extensions["tmc_settings"].owner_database_url) as connection:
        queued = connection.execute(sa.text(
            "SELECT DISTINCT queue_name FROM procrastinate_jobs WHERE task_name = :name"),
            {"name": "trackmycrime.send_notice"}).scalars().all()
    assert set(queued) == {"letters", "codes"}


def test_letters_change_hands_one_at_a_time_while_that_goes_quickly() -> None:
    inside, at_once, free = Lock(), [], Barrier(4)

    def letter(_: int) -> None:
        free.wait()
        with hand_over.one_letter():
            hand_over.begin()
            hand_over.begin()
            at_once.append(inside.acquire(blocking=False))
            time.sleep(0.01)
            inside.release()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(letter, range(4)))
    assert at_once == [True] * 4


def test_a_letter_that_takes_long_lets_the_next_one_go_on() -> None:
    with hand_over.one_letter():
        hand_over.begin()
        hand_over.let_go()

        def another() -> bool:
            with hand_over.one_letter():
                hand_over.begin()
                return True

        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(another).result(20)


# --- lost jobs ----------------------------------------------------------------------------------


def no_jobs(app: Flask) -> None:
    with without_walls(app.extensions["tmc_settings"].owner_database_url) as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))


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


def waiting(app: Flask) -> int:
    with without_walls(app.extensions["tmc_settings"].owner_database_url) as connection:
        return int(connection.execute(sa.text(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one())


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


# --- commands -----------------------------------------------------------------------------------


def command(app: Flask, *words: str) -> Result:
    info = ScriptInfo(create_app=lambda: app, load_dotenv_defaults=False)
    return CliRunner().invoke(root, ["notices", *words], obj=info)


def test_staff_see_what_failed_and_try_it_again(case: Flask, post: MailServer) -> None:
    sent, failed = promised(case)[0], None
    work(case)
    post.refusals = ["550 no such name"]
    (failed,) = promised(case)
    work(case)
    every = json.loads(command(case, "list", "--force", HERTS, "--json").stdout)
    assert [(row["id"], row["state"]) for row in every] == [
        (str(failed), "failed"), (str(sent), "sent")
    ]
    assert every[0]["crime_reference"] == "41/1/24"
    listed = command(case, "list", "--force", HERTS, "--state", "failed")
    assert listed.exit_code == 0
    assert str(failed) in listed.stdout
    assert "check the email" in listed.stdout
    assert str(sent) not in listed.stdout
    for secret in ("Amina", "Khan", "example.com"):
        assert secret not in listed.stdout + json.dumps(every)
    assert command(case, "list", "--force", HERTS, "--quiet").stdout == f"{failed}\n{sent}\n"
    assert command(case, "list", "--force", AVON, "--json").stdout == "[]\n"

    again = command(case, "retry", "--force", HERTS)
    assert (again.exit_code, again.stdout) == (0, "notices to be tried again: 1\n")
    work(case)
    assert shown(case, failed).state == "sent"
    assert len(post.letters) == 2


def test_what_was_sent_and_codes_are_not_sent_again(case: Flask, post: MailServer) -> None:
    (sent,) = promised(case)
    work(case)
    post.refusals = ["550 no"]
    (code,) = promised(case, "code")
    work(case)
    said = command(case, "retry", "--force", HERTS, str(sent), str(code))
    assert said.exit_code == 1
    assert f"{sent} was sent already" in said.stderr
    assert f"{code} held a code" in said.stderr
    assert command(case, "retry", "--force", HERTS).stdout.endswith(": 0\n")
    work(case)
    assert len(post.letters) == 1


def test_an_unknown_notice_is_named_and_nothing_changes(case: Flask, post: MailServer) -> None:
    post.refusals = ["550 no"]
    (failed,) = promised(case)
    work(case)
    nobody = uuid4()
    said = command(case, "retry", "--force", HERTS, str(failed), str(nobody))
    assert said.exit_code == 1
    assert said.stderr.startswith(f"trackmycrime: {nobody}: hertfordshire has no such notice")
    assert shown(case, failed).state == "failed"
    assert command(case, "retry", "--force", AVON, str(failed)).exit_code == 1
    assert command(case, "retry", "--force", HERTS, "not-an-id").exit_code == 2


def test_a_withheld_notice_that_is_named_is_asked_again(case: Flask, post: MailServer) -> None:
    (one,) = promised(case)
    change(case, Access, removed=True)
    work(case)
    assert command(case, "retry", "--force", HERTS, str(one), "--quiet").stdout == ""
    work(case)
    assert (shown(case, one).state, post.letters) == ("withheld", [])
    change(case, Access, removed=False)
    command(case, "retry", "--force", HERTS, str(one))
    work(case)
    assert (shown(case, one).state, len(post.letters)) == ("sent", 1)


