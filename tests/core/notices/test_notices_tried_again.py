"""A letter that could not go is tried again for as long as that helps; staff see what failed."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

from flask import Flask

from core.base import clock
from core.cases.models import Access
from core.notices.models import Notice
from core.notices.outgoing import MOST_TRIES, wait_after
from core.testing.commands import run_command
from tests.conftest import AVON, HERTS
from tests.core.notices.outbox import (
    NOON,
    change,
    promised,
    send,
    shown,
    work,
)
from tests.mail import MailServer
from tests.security.audited import audited
from tests.security.checklist import requirement

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


# --- commands -----------------------------------------------------------------------------------


def test_staff_see_what_failed_and_try_it_again(case: Flask, post: MailServer) -> None:
    sent, failed = promised(case)[0], None
    work(case)
    post.refusals = ["550 no such name"]
    (failed,) = promised(case)
    work(case)
    every = json.loads(run_command(case, "notices", "list", "--force", HERTS, "--json").stdout)
    assert [(row["id"], row["state"]) for row in every] == [
        (str(failed), "failed"), (str(sent), "sent")
    ]
    assert every[0]["crime_reference"] == "41/1/24"
    listed = run_command(case, "notices", "list", "--force", HERTS, "--state", "failed")
    assert listed.exit_code == 0
    assert str(failed) in listed.stdout
    assert "check the email" in listed.stdout
    assert str(sent) not in listed.stdout
    for secret in ("Amina", "Khan", "example.com"):
        assert secret not in listed.stdout + json.dumps(every)
    assert run_command(case, "notices", "list", "--force", HERTS, "--quiet").stdout == f"{failed}\n{sent}\n"
    assert run_command(case, "notices", "list", "--force", AVON, "--json").stdout == "[]\n"

    again = run_command(case, "notices", "retry", "--force", HERTS)
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
    said = run_command(case, "notices", "retry", "--force", HERTS, str(sent), str(code))
    assert said.exit_code == 1
    assert f"{sent} was sent already" in said.stderr
    assert f"{code} held a code" in said.stderr
    assert run_command(case, "notices", "retry", "--force", HERTS).stdout.endswith(": 0\n")
    work(case)
    assert len(post.letters) == 1


def test_an_unknown_notice_is_named_and_nothing_changes(case: Flask, post: MailServer) -> None:
    post.refusals = ["550 no"]
    (failed,) = promised(case)
    work(case)
    nobody = uuid4()
    said = run_command(case, "notices", "retry", "--force", HERTS, str(failed), str(nobody))
    assert said.exit_code == 1
    assert said.stderr.startswith(f"trackmycrime: {nobody}: hertfordshire has no such notice")
    assert shown(case, failed).state == "failed"
    assert run_command(case, "notices", "retry", "--force", AVON, str(failed)).exit_code == 1
    assert run_command(case, "notices", "retry", "--force", HERTS, "not-an-id").exit_code == 2


def test_a_withheld_notice_that_is_named_is_asked_again(case: Flask, post: MailServer) -> None:
    (one,) = promised(case)
    change(case, Access, removed=True)
    work(case)
    assert run_command(case, "notices", "retry", "--force", HERTS, str(one), "--quiet").stdout == ""
    work(case)
    assert (shown(case, one).state, post.letters) == ("withheld", [])
    change(case, Access, removed=False)
    run_command(case, "notices", "retry", "--force", HERTS, str(one))
    work(case)
    assert (shown(case, one).state, len(post.letters)) == ("sent", 1)
