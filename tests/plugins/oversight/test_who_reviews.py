"""Who hears of a reason, and who reviews what: by unit, role, contact, and never oneself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.units import comparable_unit
from core.cases.models import Staff
from core.cases.relations import REVIEW, ROLES, Member, reviews
from core.storage.db import db, force_scope
from plugins.oversight import break_glass
from tests.conftest import HERTS
from tests.security.checklist import requirement

ME, OTHER, SOMEBODY = UUID(int=1), UUID(int=2), UUID(int=3)
OURS = ("Watford CID", "watford cid", "  WATFORD CID ")
THEIRS = ("Stevenage CID", "Watford", "CID", "WatfordCID")
NONE = (None, "", "   ")


def key(unit: str | None) -> bytes | None:
    """As the table has it, but for the secret in the hash."""
    return comparable_unit(unit).encode() or None


def member(role: str, unit: str | None) -> Member:
    """Whose force has changed its keys once."""
    found = key(unit)
    return Member(ME, role, frozenset({found, b"former " + found} if found else ()))


def one(number: int, role: str, unit: str | None) -> Any:
    return SimpleNamespace(id=UUID(int=number), role=role, unit_key=key(unit))


def reviewers(*staff: Any, unit: str | None = "Watford CID", but: UUID = SOMEBODY) -> list[int]:
    units = member("officer", unit).unit_keys
    return [found.int for found in break_glass.reviewers_among(staff, units, but=but)]


@requirement("D8")
@pytest.mark.parametrize("theirs", OURS)
@pytest.mark.parametrize("of_case", OURS)
def test_the_supervisors_of_the_unit_hear_of_it_however_it_is_written(of_case: str, theirs: str) -> None:
    staff = one(11, "supervisor", theirs), one(12, "supervisor", theirs), one(13, "force_admin", theirs)
    assert reviewers(*staff, unit=of_case) == [11, 12]


@requirement("D8")
@pytest.mark.parametrize("theirs", [*THEIRS, *NONE])
def test_supervisors_of_another_unit_or_of_none_do_not_and_the_force_admins_do(theirs: str | None) -> None:
    staff = [one(11, "supervisor", theirs), one(13, "force_admin", theirs), one(14, "force_admin", None)]
    assert reviewers(*staff) == [13, 14]


@requirement("D8")
@pytest.mark.parametrize("of_case", NONE)
@pytest.mark.parametrize("theirs", [*NONE, *OURS])
def test_no_unit_is_not_a_unit_that_somebody_else_without_one_is_of(
    of_case: str | None, theirs: str | None
) -> None:
    assert reviewers(one(11, "supervisor", theirs), one(13, "force_admin", None), unit=of_case) == [13]


@requirement("D8")
def test_who_has_no_email_would_hear_of_nothing_so_somebody_who_has_one_does(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        def reviewers_now() -> list[str | None]:
            named = dict(db.session.execute(sa.select(Staff.id, Staff.record_id)).all())
            return [named[found] for found in break_glass.reviewers(Staff.unit.sought("CID"), but=SOMEBODY)]

        def joins(record_id: str, role: str, email: str | None = "somebody@example.org") -> None:
            db.session.add(Staff(record_id=record_id, role=role, unit="CID", email=email))
            db.session.flush()

        joins("S1", "supervisor", None)
        joins("A1", "force_admin", None)
        assert reviewers_now() == []
        joins("A2", "force_admin")
        assert reviewers_now() == ["A2"]
        joins("S2", "supervisor")
        assert reviewers_now() == ["S2"]


@requirement("D8")
def test_nobody_hears_of_their_own_reason_and_the_next_in_line_does() -> None:
    staff = one(11, "supervisor", "Watford CID"), one(13, "force_admin", None)
    assert reviewers(*staff) == [11]
    assert reviewers(*staff, but=UUID(int=11)) == [13]
    assert reviewers(*staff, one(14, "supervisor", "Watford CID"), but=UUID(int=11)) == [14]
    assert reviewers(one(13, "force_admin", None), but=UUID(int=13)) == []


@requirement("D8")
@pytest.mark.parametrize("role", sorted(set(ROLES) - REVIEW))
def test_who_does_not_review_hears_of_nothing(role: str) -> None:
    assert reviewers(one(11, role, "Watford CID"), one(12, role, None)) == []


@requirement("D8")
def test_the_table_of_staff_says_the_same(app: Flask) -> None:
    """Each role with and without an email, of the unit and of another."""
    with app.app_context(), force_scope(HERTS):
        for role in ROLES:
            for unit in ("Watford CID", "Stevenage CID", None):
                for email in (None, "somebody@example.org"):
                    named = f"{role} of {unit} {'with' if email else 'without'} email"
                    db.session.add(Staff(record_id=named, role=role, unit=unit, email=email))
        db.session.commit()
        names = dict(db.session.execute(sa.select(Staff.id, Staff.record_id)).all())

        def of(unit: str | None, but: UUID = SOMEBODY) -> list[str]:
            return [names[found] for found in break_glass.reviewers(Staff.unit.sought(unit), but=but)]

        assert of(" watford cid") == ["supervisor of Watford CID with email"]
        admins = [f"force_admin of {unit} with email" for unit in ("Watford CID", "Stevenage CID", None)]
        assert of("Hertford") == of(None) == of("") == admins
        first = break_glass.reviewers(Staff.unit.sought("Watford CID"), but=SOMEBODY)[0]
        assert of("Watford CID", but=first) == admins


# --- who reviews what ---------------------------------------------------------------------------

UNITS_OF_ROW = [
    (("Watford CID", None), True), ((None, "WATFORD cid "), True), (("Watford CID", "Stevenage CID"), True),
    (("Stevenage CID", "Watford CID"), True), (("Watford CID",), True), (("Stevenage CID",), False),
    (("Stevenage CID", "Hertford"), False), ((None, None), False), (("", " "), False), ((), False),
]


@requirement("D8", "D10")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("units", "of_mine"), UNITS_OF_ROW)
def test_each_role_reviews_what_it_is_for_and_nobody_reviews_themselves(
    role: str, units: tuple[str | None, ...], of_mine: bool
) -> None:
    me, keys = member(role, "Watford CID"), [key(unit) for unit in units]
    expected = {"supervisor": of_mine, "force_admin": True}.get(role, False)
    assert reviews(me, OTHER, *keys) is expected
    assert reviews(me, OTHER, *(found and b"former " + found for found in keys)) is expected
    assert reviews(me, ME, *keys) is False


@requirement("D8", "D10")
@pytest.mark.parametrize("mine", NONE)
@pytest.mark.parametrize("units", [(None,), ("",), (" ", None), ("Watford CID",)])
def test_a_supervisor_without_a_unit_reviews_nothing_and_a_force_admin_without_one_all(
    mine: str | None, units: tuple[str | None, ...]
) -> None:
    keys = [key(unit) for unit in units]
    assert reviews(member("supervisor", mine), OTHER, *keys) is False
    assert reviews(member("force_admin", mine), OTHER, *keys) is True


@pytest.mark.parametrize(("unit", "compared"), [
    (None, ""), ("", ""), (" ", ""), ("CID", "cid"), (" Watford CID\t", "watford cid"),
])
def test_units_are_one_but_for_case_and_white_space(unit: str | None, compared: str) -> None:
    assert comparable_unit(unit) == compared
