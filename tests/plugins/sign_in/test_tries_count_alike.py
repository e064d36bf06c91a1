"""After hundreds of tries in vain a stranger learns nothing from the next one, nor from a look later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.base.scope import EVERYWHERE
from core.storage.db import db, force_scope
from core.testing import person, recorded
from plugins.sign_in import limits, rules
from tests.conftest import HERTS
from tests.people import take
from tests.plugins.sign_in.classes import FACTS, NOON, Answer, worker
from tests.plugins.sign_in.test_one_answer import Work
from tests.plugins.sign_in.ways_in import details
from tests.security.checklist import protection, requirement

RIGHT = FACTS | {"crime_reference": "41/1/24"}
WRONG = RIGHT | {"surname": "Nobody"}
IN_VAIN, ALTERNATING = 300, 200
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Stranger:
    """One browser at one address, with its own cookie and form token."""

    def __init__(self, app: Flask, address: str) -> None:
        self.client, self.at = app.test_client(), {"REMOTE_ADDR": address}
        found = TOKEN.search(self.client.get(f"/{HERTS}/sign-in", environ_base=self.at).text)
        assert found
        self.token = found[1]

    def posts(self, path: str, fields: dict[str, str]) -> Answer:
        return Answer.of(self.client.post(
            f"/{HERTS}{path}", data=fields | {"csrf_token": self.token}, environ_base=self.at))


def addresses(count: int) -> list[str]:
    """As many, each of another network."""
    return [f"198.{18 + number // 200}.{number % 200}.7" for number in range(count)]


def tries_in_vain(app: Flask, count: int) -> None:
    """Wrong details from everywhere, twenty from each address, as many as are counted of one."""
    with app.app_context(), force_scope(HERTS):
        for number in range(count):
            address = addresses(count)[number // 20]
            found = limits.pace(address)
            rules.begin(details(surname="Nobody"), address=address, wait=found.wait, turn=found.turn)
            db.session.commit()
    worker(app)


def tries_and_looks(
    app: Flask, stranger: Stranger, given: dict[str, str], *, at_once: bool = True,
    after: Callable[[str], Any] = lambda step: None,
) -> dict[str, Answer]:
    """One try, a look *at once*, and one after the worker came; *after* is told of each."""
    found = {"details": stranger.posts("/sign-in", given)}
    after("details")
    if at_once:
        found["at once"] = stranger.posts("/sign-in/code", {"code": "000000"})
        after("at once")
    worker(app)
    after("worker")
    with clock.travel(clock.now() + timedelta(seconds=5)):
        found["a look"] = stranger.posts("/sign-in/code", {"code": "111111"})
    after("a look")
    return found


def jobs(app: Flask) -> int:
    """How many jobs the last step left for the worker; they are taken away."""
    engine = sa.create_engine(str(installation(app).settings.owner_database_url))
    with engine.begin() as connection:
        left = connection.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs"))
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    engine.dispose()
    return int(left or 0)


def her_case(app: Flask, alike: int = 1) -> None:
    """Of so many people who have the same details."""
    with clock.travel(NOON):
        take(app, recorded("41/1/24", people=[person(number + 1) for number in range(alike)]))


@requirement("A4", "A5")
def test_after_300_tries_in_vain_right_and_wrong_details_get_one_answer_200_times(
    app: Flask, record_property: Any
) -> None:
    her_case(app)
    seen: Counter[Any] = Counter()
    with clock.travel(NOON):
        tries_in_vain(app, IN_VAIN)
        for number, address in enumerate(addresses(15 + ALTERNATING)[15:]):
            answers = tries_and_looks(
                app, Stranger(app, address), (RIGHT, WRONG)[number % 2], at_once=False)
            seen[tuple(answers.items())] += 1
    assert len(seen) == 1 and seen.total() == ALTERNATING
    (answers,) = (dict(one) for one in seen)
    assert [one.status for one in answers.values()] == [303, 400]
    with app.app_context(), force_scope(HERTS):
        ways = Counter(db.session.scalars(sa.select(rules.Attempt.state)).all())
    assert ways == {"known": ALTERNATING // 2, "unknown": IN_VAIN + ALTERNATING // 2}
    record_property("figure", ("tries with one answer after 300 in vain", ALTERNATING))


@requirement("A4", "A5")
@pytest.mark.parametrize("alike", [1, 2])
def test_right_and_wrong_details_cost_the_same_statements_and_jobs_when_the_brake_is_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch, alike: int
) -> None:
    her_case(app, alike)
    seen: dict[bool, list[dict[str, Counter[str]]]] = {True: [], False: []}
    with clock.travel(NOON):
        monkeypatch.setattr(limits, "brake_is_on", brake_over(20))
        tries_in_vain(app, 21)
        for number, address in enumerate(addresses(9)[1:]):
            stranger, right = Stranger(app, address), number % 2 == 0
            with monkeypatch.context() as patch:
                work = Work(patch)

                def after(step: str, work: Work = work) -> None:
                    before, work.now = work.now, []
                    left = jobs(app)
                    work.now = [*before, f"jobs {left}"] if step != "worker" else []
                    work.step(step)

                tries_and_looks(app, stranger, RIGHT if right else WRONG, after=after)
            if number > 1:  # the first times fill caches
                seen[right].append(work.by_step)
    assert len(seen[True]) == 3 and seen[True] == seen[False] == [seen[True][0]] * 3
    assert seen[True][0]["details"]["jobs 1"] == 1 and seen[True][0]["details"].total() > 20


def brake_over(number: int) -> Callable[[], bool]:
    return lambda: limits.so_far(limits.FAILURES, b"all", limits.MINUTES) > number


def transcript(app: Flask, plan: Iterable[bool], address: str) -> list[dict[str, Answer]]:
    """What somebody sees who goes on from one address with right (True) and wrong details."""
    stranger, seen = Stranger(app, address), []
    for number, right in enumerate(plan):
        with clock.travel(NOON + timedelta(seconds=number)):
            seen.append(tries_and_looks(app, stranger, RIGHT if right else WRONG))
    return seen


PLANS = ([True] * 12, [False] * 12, [True, False] * 6, [False, True] * 6,
         [False] * 11 + [True], [True] + [False] * 11)


@requirement("A4")
@pytest.mark.parametrize("alike", [1, 2])
def test_who_goes_on_from_one_address_sees_the_same_whatever_the_order_of_right_and_wrong(
    app: Flask, monkeypatch: pytest.MonkeyPatch, alike: int
) -> None:
    """The force's own limits are low here, so that each is crossed on the way."""
    her_case(app, alike)
    monkeypatch.setattr(limits, "FORCE_ADDRESS", limits.Scope("force/address", 9, 44))
    monkeypatch.setattr(limits, "CROWD", limits.Scope("crowd", 3))
    monkeypatch.setattr(limits, "brake_is_on", brake_over(6))
    seen = []
    for plan in PLANS:
        for force in (HERTS, EVERYWHERE):
            with app.app_context(), force_scope(force):
                db.session.execute(sa.delete(limits.Count))
                db.session.commit()
        with clock.travel(NOON):
            seen.append(transcript(app, plan, "203.0.113.9"))
    assert all(one == seen[0] for one in seen)
    statuses = {answer.status for step in seen[0] for answer in step.values()}
    assert statuses == {303, 400, 429}


@protection("A4")
def test_if_only_wrong_details_counted_the_next_try_would_tell(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    her_case(app)
    monkeypatch.setattr(limits, "CROWD", limits.Scope("crowd", 1))
    monkeypatch.setattr(limits, "brake_is_on", brake_over(20))
    real_send, counted = rules.send, limits.tried
    monkeypatch.setattr(rules.limits, "tried", lambda address: None)

    def sends(attempt_id: str) -> None:
        attempt = rules._locked([rules.UUID(attempt_id)])[0]
        if attempt.state == "unknown":
            counted(attempt.address)
        real_send(attempt_id)

    monkeypatch.setattr(rules, "send", sends)
    looks = []
    for number, given in enumerate((RIGHT, WRONG)):
        with clock.travel(NOON + timedelta(minutes=10 * number)):
            tries_in_vain(app, 20)
            tester, watcher = (Stranger(app, f"203.0.113.{last}") for last in (1, 2))
            tester.posts("/sign-in", given)
            worker(app)
            watcher.posts("/sign-in", WRONG)
            watcher.posts("/sign-in/code", {"code": "000000"})
            with app.app_context(), force_scope(HERTS):
                looks.append(limits.pace("203.0.113.2").wait)
    assert looks == [0, limits.BRAKE_WAIT]
