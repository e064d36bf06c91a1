"""What `make attack` says can be believed: a visit lives to its end; a tool that did little is no good."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from core.testing.browser import Browser, form_on
from core.testing.people import sign_in_as
from tests.attack import tool
from tests.attack.outcome import WHY, Outcome
from tests.attack.portal import ask_change, put_back
from tests.attack.proxy import ENDS_A_VISIT, Counted, Visit, with_token
from tests.conftest import HERTS
from tests.live import wait_until
from tests.security.table import lines
from tests.security.world import World

MEANT = frozenset({"GET /a", "GET /b", "POST /a", "POST /b"})


@pytest.mark.parametrize("actor", ["own", "lead"])
def test_whatever_ends_a_visit_is_passed_on_without_the_cookie_and_nothing_else_is(
    world: World, actor: str
) -> None:
    who = {"person_id": world.ids["person 1"]} if actor == "own" else {"staff_id": world.ids["staff O1"]}
    home, ended = "/your-reports" if actor == "own" else "/desk/", set()
    for line in lines():
        if actor not in line.allow or line.path.startswith(("/static", "/demo", "/health")):
            continue
        visitor = sign_in_as(Browser(world.app, HERTS), **who)
        token = form_on(visitor.client.get(visitor.path(home)).text, visitor.path("/sign-out"))
        path = world.path(line.path, actor)
        visitor.client.open(visitor.path(path), method=line.method, data={**token, **line.form})
        if visitor.client.get(visitor.path("/stay")).status_code != 204:
            ended.add(f"{line.method} {path}")
    expected = {"GET /leave", "POST /sign-out"} | (
        {"POST /your-account/lock", "POST /your-account/sign-in-again"} if actor == "own" else set())
    assert ended == expected
    assert all(ENDS_A_VISIT.fullmatch(one) for one in ended)


def test_the_page_that_asks_before_an_access_is_locked_is_attacked_as_the_person() -> None:
    assert not ENDS_A_VISIT.fullmatch("GET /evilshire/your-account/lock")
    assert ENDS_A_VISIT.fullmatch("POST /evilshire/your-account/lock")


def test_a_form_gets_one_good_token_whatever_the_tool_made_of_it() -> None:
    assert with_token(b"text=a&csrf_token=zap&csrf_token=", "good") == b"text=a&csrf_token=good"


def asks(visitor: Browser, times: int, *, before: Callable[[], None]) -> list[int]:
    form = form_on(
        visitor.client.get(visitor.path("/your-account/contact")).text, visitor.path("/your-account/contact"))
    path, given = visitor.path("/your-account/contact"), {"contact": "email", "email": "amina@example.com"}
    answers = []
    for _ in range(times):
        before()
        answers.append(visitor.client.post(path, data=form | given).status_code)
    return answers


def test_a_tool_asks_for_other_contacts_as_often_as_it_likes_and_officers_still_see_the_first(
    world: World
) -> None:
    person = world.ids["person 1"]
    kept = ask_change(world.app, HERTS, person, "other@example.com")
    visitor = sign_in_as(Browser(world.app, HERTS), person_id=person)
    lead = sign_in_as(Browser(world.app, HERTS), staff_id=world.ids["staff O1"])
    page = lead.path(f"/desk/case/{world.ids['case theirs']}/person/{person}")

    def back() -> None:
        put_back(world.app, HERTS, kept)

    assert asks(visitor, 6, before=back) == [303] * 6
    assert str(kept) not in lead.client.get(page).text
    back()
    assert str(kept) in lead.client.get(page).text
    assert 429 in asks(visitor, 6, before=lambda: None)


def test_an_answer_that_says_no_is_told_from_a_form_that_is_shown_again() -> None:
    somebody = Counted(1, Visit("c", "t", signed_in=True), [])
    assert somebody.kind(400, b"<h1 class=x>We could not do that</h1>", "") == "refused"
    assert somebody.kind(303, b"", "/evilshire/sign-in?next=1") == "refused"
    assert somebody.kind(400, b"<h1>You have been signed out</h1>", "") == "refused"
    assert somebody.kind(400, b"<h1>Messages</h1>", "") == "4xx"
    covered = b'<h1 class=x tabindex="-1">You have been signed out</h1><h1>How we may contact you</h1>'
    assert somebody.kind(400, covered, "") == "4xx"
    assert somebody.kind(429, b"", "") == "429"


def outcome() -> Outcome:
    answers = Counter({("GET /a", "2xx"): 3, ("POST /a", "4xx"): 2})
    return Outcome("wapiti", "person", 5, seen=answers, meant=MEANT)


def test_half_of_the_addresses_is_enough_and_less_is_not() -> None:
    assert outcome().good
    less = outcome()
    del less.seen["POST /a", "4xx"]
    less.seen["POST /a", "refused"] = 900
    assert not less.good and "1 of 4 addresses" in less.too_little[0]


def test_an_address_that_was_not_reached_is_named_with_its_reason() -> None:
    one = outcome()
    one.meant |= {"GET /stay"}
    assert one.not_reached() == [
        "GET /b: no reason is known", f"GET /stay: {WHY['GET /stay']}", "POST /b: no reason is known"]
    assert set(WHY) <= {str(line) for line in lines()}


def test_a_tool_that_asked_nothing_or_was_held_off_is_no_good() -> None:
    assert not Outcome("sqlmap", "person", 0).good
    held = outcome()
    held.seen["POST /b", "429"] = 3
    assert not held.good
    assert not Outcome("sqlmap", "planted", 9, planted=False).good


def test_a_tool_and_what_it_started_end_when_the_attack_ends(tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = ("import subprocess, sys, pathlib; p = subprocess.Popen(['sleep', '60']);"
            f"pathlib.Path({str(child)!r}).write_text(str(p.pid)); p.wait()")
    said: list[str | None] = []
    runs = threading.Thread(target=lambda: said.append(tool.run([sys.executable, "-c", code], seconds=50)))
    runs.start()
    try:
        until = time.monotonic() + 10
        while not (child.exists() and child.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        tool.stop_all()
        runs.join(10)
        assert said == [None]
        wait_until(lambda: not _alive(int(child.read_text())), 10, "the tool's child still runs")
        assert tool.run(["true"], seconds=5) is None
    finally:
        tool.stop_all()
        tool.stopped.clear()


def _alive(pid: int) -> bool:
    """A process that ended may stand in the list until its new parent asks for it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
