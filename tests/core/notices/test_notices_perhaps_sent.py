"""A letter of which nobody knows whether it was taken is repeated once; a code never is."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.notices import hand_over, queue
from core.notices.outgoing import UNSURE_TRIES
from core.plugin_host import jobs
from core.testing.commands import run_command
from core.testing.postgres import without_walls
from tests.conftest import HERTS
from tests.core.notices.outbox import (
    promised,
    send,
    shown,
    waiting,
    work,
)
from tests.mail import MailServer
from tests.security.audited import audited
from tests.security.checklist import requirement


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
    listed = run_command(case, "notices", "list", "--force", HERTS, "--state", "perhaps_sent").stdout
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
    assert "still being tried" in run_command(case, "notices", "retry", "--force", HERTS, str(one)).stderr
    with clock.travel(shown(case, one).due_at):
        send(case, one)
    vague.vague = False
    assert run_command(case, "notices", "retry", "--force", HERTS).stdout.endswith(": 0\n")
    assert run_command(case, "notices", "retry", "--force", HERTS, str(one)).exit_code == 0
    send(case, one)
    assert shown(case, one).state == "sent"


def test_a_slow_mail_server_holds_up_neither_codes_nor_other_jobs(case: Flask) -> None:
    lanes = {queue.lane_of(kind) for kind in ("entry", "message", "code", "account")}
    assert lanes == {"letters", "codes"}
    assert lanes < set(jobs.LANES)
    promised(case)
    promised(case, "code")
    with without_walls(installation(case).settings.owner_database_url) as connection:
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
