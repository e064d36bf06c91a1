"""The mailbox of a unit hears of what falls due, if the force names one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.commitments import reminding
from core.commitments.jobs import remind
from core.force.model import Force
from core.force.parts import Oversight
from core.notices import letters
from core.notices.letters import Withhold, letter_for
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import db
from core.testing import allocated, officer, recorded
from tests.conftest import HERTS
from tests.core.commitments.reminders import (
    KINDS,
    MONDAY,
    due_case,
    on,
)
from tests.people import take


@pytest.fixture
def case(app: Flask) -> Flask:
    return due_case(app)


CID = "watford.cid@example.org"


@pytest.fixture
def mailboxes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the force's file name these mailboxes of units."""
    def name(**more: str) -> None:
        def the_force() -> Force:
            return host().get(HERTS).force.model_copy(update={"unit_mailboxes": more, "oversight": Oversight(
                reviewer_email=more.get("reviewer"))})
        monkeypatch.setattr(reminding, "the_force", the_force)
        monkeypatch.setattr(letters, "the_force", the_force)
    return name


def to_mailboxes(app: Flask, day: int) -> list[str]:
    """The letters to mailboxes that go on this day, each to whom."""
    with on(app, day):
        before = {*db.session.scalars(sa.select(Notice.id))}
        remind()
        found = db.session.scalars(sa.select(Notice).where(
            Notice.id.not_in(before), Notice.kind.in_(KINDS), Notice.staff_id.is_(None),
            Notice.person_id.is_(None))).all()
        return [f"{one.kind} {letter_for(one).to}" for one in found]


@pytest.mark.parametrize(("named", "told"), [
    ({}, []),
    ({"Watford CID": CID}, [f"commitments_due {CID}"]),
    ({" watford cid ": CID}, [f"commitments_due {CID}"]),  # as units are compared
    ({"Hertford CID": CID}, []),
    ({"Watford CID": "O1@example.org"}, []),  # the officer reads it as their own, and has a letter
], ids=str)
def test_a_units_mailbox_hears_once_on_the_day_and_on_no_other(
    case: Flask, mailboxes: Callable[..., None], named: dict[str, str], told: list[str]
) -> None:
    mailboxes(**named)
    with on(case, -30):
        db.session.scalars(sa.select(Staff).where(Staff.record_id == "O1")).one().email = "o1@example.org"
        db.session.commit()
    found = {day: to_mailboxes(case, day) for day in range(-5, 6)}
    assert {day: letters for day, letters in found.items() if letters} == ({0: told} if told else {})


def test_two_units_with_one_mailbox_get_one_letter_and_it_is_not_the_reviewers_second(
    case: Flask, mailboxes: Callable[..., None]
) -> None:
    mailboxes(**{"Watford CID": CID, "Hertford CID": CID.upper(), "reviewer": CID})
    with clock.travel(MONDAY):
        take(case, recorded("41/2/26", time="2026-03-02T08:00:00Z"),
             allocated("41/2/26", time="2026-03-02T08:30:00Z", officer=officer(2, unit="Hertford CID")),
             recorded("41/3/26", time="2026-03-02T08:00:00Z"))  # which nobody has
    assert to_mailboxes(case, 0) == [f"commitments_late {CID}"]


def test_a_mailbox_that_the_file_names_no_longer_gets_nothing(
    case: Flask, mailboxes: Callable[..., None]
) -> None:
    mailboxes(**{"Watford CID": CID})
    with on(case, 0):
        remind()
        [one] = db.session.scalars(sa.select(Notice).where(
            Notice.kind == "commitments_due", Notice.staff_id.is_(None)))
        mailboxes()
        with pytest.raises(Withhold, match="no longer"):
            letter_for(one)
