"""The desk's lists: who stands in which, and in what order; and what an officer types."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from uuid6 import uuid7

from core import audit
from core.base import clock
from core.base.scope import scope_of
from core.cases import relations
from core.cases.models import Case, Staff
from core.cases.relations import ROLES, WORK_ON_CASES, Member, list_of_unit
from core.intake import conversation
from core.storage.db import db
from core.storage.keys import rotation
from plugins.officer_desk import cases, forms
from plugins.officer_desk.forms import CaseForm
from plugins.oversight.break_glass import open_until
from plugins.oversight.models import BreakGlass
from tests.conftest import HERTS
from tests.rows import NOW, case, member, message, person, staff

HOUR = timedelta(hours=1)
UNITS = ("Watford CID", " watford cid", "Stevenage CID", None, "")


def opened(of: Case, who: Staff, ends_at: datetime) -> None:
    """This case was opened for a reason, until then."""
    db.session.add(BreakGlass(case_id=of.id, staff_id=who.id, reason="court", words="w",
                              opened_at=NOW - 3 * HOUR, ends_at=ends_at))
    db.session.flush()


def all_pages(me: Member, name: str, sizes: list[int] | None = None) -> list[Any]:
    """The rows of a list, page by page; how many each page has goes into *sizes*."""
    rows, after = [], ""
    while True:
        page = cases.listed(me, name, after=after)
        rows += page.rows
        if sizes is not None:
            sizes.append(len(page.rows))
        if page.after is None:
            return rows
        after = page.after


# --- whose a case is ----------------------------------------------------------------------------

CARE: list[dict[str, Any]] = [
    {}, {"service_level": "enhanced"}, {"flags": ["online"]}, {"flags": ["domestic-abuse"]},
    {"flags": ["online", "never-heard-of"]}, {"crime_type": "domestic-abuse"},
    {"crime_type": "no-longer-there"}]


@pytest.mark.usefixtures("force")
def test_a_list_holds_exactly_the_cases_whose_relation_says_so() -> None:
    """The conditions of the lists and the rule for one case are one decision, told twice."""
    leads: list[Staff | None] = [None, *(staff(unit) for unit in UNITS)]
    all_cases = [case(lead, **care) for lead, care in product(leads, CARE)]
    for role, unit in product(ROLES, UNITS):
        mine = staff(unit, role)
        own = case(mine, flags=["domestic-abuse"])
        me = member(mine.id, role, unit)
        related = {one.id: relations.case_for(me, one.id)[1] for one in [*all_cases, own]}
        assert related[own.id] == (None if role == "national_admin" else "lead")
        may = {"own": {"lead"}, "unit": {"lead", "unit"}, "supervised": {"lead", "supervisor"}}
        name = list_of_unit(me)
        assert (name is None) == (role not in WORK_ON_CASES or not (unit or "").strip())
        if name:
            assert name == ("supervised" if role == "supervisor" else "unit")
        for one in filter(None, ("own" if role != "national_admin" else None, name)):
            found = {row.id for row in all_pages(me, one)}
            assert found == {which for which, told in related.items() if told in may[one]}, (role, unit, one)
        db.session.delete(own)
        db.session.flush()


@pytest.mark.usefixtures("force")
def test_a_unit_is_the_same_before_and_after_the_key_of_its_hash_is_changed() -> None:
    """An officer whom no news named since is known by the former key."""
    lead, before = staff("CID"), staff("cid")
    one = case(lead)
    rotation.make_keys(["lookup"], note=audit.write, again=True)
    db.session.commit()
    with clock.travel(NOW + 24 * HOUR):  # by then every process makes hashes with the new key
        after = staff(" CID")
    assert after.unit_key != lead.unit_key == before.unit_key
    late = case(after)
    for mine in (before, after):
        me = relations.member(mine.id)
        assert me is not None
        assert {row.id for row in all_pages(me, "unit")} == {one.id, late.id}
        assert [relations.case_for(me, each.id)[1] for each in (one, late)] == [
            "unit", "lead" if mine is after else "unit"]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("role", "unit", "of_unit", "care", "expected"), [
    ("officer", "CID", "cid ", False, "unit"), ("officer", "CID", "cid", True, None),
    ("officer", "CID", "Response", False, None), ("officer", None, None, False, None),
    ("officer", "", "", False, None), ("supervisor", "CID", "CID", False, "supervisor"),
    ("supervisor", "CID", "CID", True, "supervisor"), ("supervisor", "CID", "Response", False, None),
    ("supervisor", None, None, True, None), ("force_admin", "CID", "CID", False, None),
    ("national_admin", "CID", "CID", False, None)])
@pytest.mark.parametrize("ends", [None, -1, 0, 1])
def test_a_relation_by_role_unit_care_and_an_open_reason(
    role: str, unit: str | None, of_unit: str | None, care: bool, expected: str | None, ends: int | None
) -> None:
    mine, one = staff(unit, role), case(staff(of_unit), service_level="enhanced" if care else "standard")
    me = member(mine.id, role, unit)
    if ends is not None:
        opened(one, mine, NOW + timedelta(seconds=ends))
    if expected is None and ends == 1 and role != "national_admin":
        expected = "break_glass"
    found, relation = relations.case_for(me, one.id)
    assert relation == expected
    row = SimpleNamespace(**found._mapping)
    assert relations.relation(me, row) == expected
    row.staff_id = me.id
    assert relations.relation(me, row) == (None if role == "national_admin" else "lead")


@pytest.mark.usefixtures("force")
def test_of_several_reasons_the_one_that_lasts_longest_counts() -> None:
    lead, mine, other = staff("A"), staff("B"), staff("C")
    one = case(lead)
    for who, ends in ((mine, -HOUR), (mine, HOUR), (mine, -2 * HOUR), (other, 9 * HOUR)):
        opened(one, who, NOW + ends)
    _, relation = relations.case_for(member(mine.id, "officer", "B"), one.id)
    assert (open_until(mine.id, one.id), relation) == (NOW + HOUR, "break_glass")
    assert relations.case_for(member(staff("D").id, "officer", "D"), one.id)[1] is None
    assert relations.case_for(member(mine.id, "officer", "B"), uuid4()) == (None, None)


# --- the order of a list ------------------------------------------------------------------------


@pytest.mark.usefixtures("force")
def test_who_waits_first_then_the_latest_then_the_newest_case_and_only_what_people_wrote_counts() -> None:
    lead = staff("CID", name="Sam Officer")
    made = {name: case(lead, NOW - age * HOUR, key=name) for name, age in
            (("old", 9), ("waits", 8), ("answered", 7), ("read", 6), ("twin", 5), ("twin again", 5),
             ("unread", 4), ("new", 1))}
    for name, mine, hours, read, answered in (
        ("waits", True, 3, None, None), ("waits", True, 5, None, NOW), ("waits", True, 4, NOW, None),
        ("answered", False, 1, None, None), ("answered", True, 1, NOW, NOW), ("read", True, 2, NOW, None),
        ("unread", True, 1, None, NOW),
    ):
        who = person(made[name], f"{name} {uuid4()}")
        message(made[name], who, mine=mine, at=NOW - hours * HOUR, read=read, answered=answered)
    me = member(lead.id, "officer", "CID")
    found = cases.listed(me, "own")
    assert [row.crime_reference for row in found.rows] == [
        "unread", "read", "waits", "new", "twin again", "twin", "answered", "old"]
    assert [(row.unread, row.unanswered, row.waits) for row in found.rows] == [
        (1, None, 1), (0, NOW - 2 * HOUR, 1), (2, NOW - 4 * HOUR, 1), *[(0, None, 0)] * 5]
    assert found.after is None
    assert [row.crime_reference for row in cases.listed(me, "own", wanted="twin").rows] == [
        "twin again", "twin"]
    assert [row.crime_reference for row in cases.listed(me, "own", wanted="again").rows] == ["twin again"]
    assert cases.listed(me, "own", wanted="nothing").rows == ()
    assert cases.names_of({lead.id}) == {lead.id: "Sam Officer"}
    assert cases.names_of(set()) == {}


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("many", [24, 25, 26, 51])
def test_pages_follow_each_other_without_loss_wherever_one_ends(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between cases of the same moment, and between those that wait and the others."""
    lead = staff("CID")
    made = [case(lead, NOW - (number // 3) * HOUR, key=f"{number:02}") for number in range(many)]
    for one in made[:: max(1, many // 5)]:
        message(one, person(one, one.crime_reference), mine=True)
    me, sizes = member(lead.id, "officer", "CID"), []
    seen = [row.crime_reference for row in all_pages(me, "own", sizes)]
    assert sizes == [25] * (many // 25) + ([many % 25] if many % 25 or many < 25 else [])
    assert sorted(seen) == [f"{number:02}" for number in range(many)]
    waiting = [one.crime_reference for one in made[:: max(1, many // 5)]]
    assert set(seen[: len(waiting)]) == set(waiting)


@pytest.mark.parametrize("after", [
    "x", "__", "1_2", f"1_{NOW:%Y-%m-%dT%H:%M:%S}_{UUID(int=0).hex}", f"1_{NOW.isoformat()}_zz",
    f"1_{NOW.isoformat()}_{UUID(int=0).hex}_1", f"1_yesterday_{UUID(int=0).hex}"])
def test_what_is_no_place_is_none(after: str) -> None:
    with pytest.raises(cases.NoSuchPlace):
        cases._place_of(after)


# --- what an officer types ----------------------------------------------------------------------


BOXES = ("stage", "text", "next_step", "nothing_more", "contact_line",
         "next_update_by-day", "next_update_by-month", "next_update_by-year")


def given(**more: str) -> dict[str, str]:
    return {**dict.fromkeys(BOXES, ""), **more}


@pytest.mark.parametrize(("day", "month", "year", "expected"), [
    ("", "", "", None), (" ", "", " ", None), ("5", "3", "2024", date(2024, 3, 5)),
    (" 05 ", "03", "2024", date(2024, 3, 5)), ("29", "2", "2024", date(2024, 2, 29))])
def test_day_month_and_year_make_a_date(day: str, month: str, year: str, expected: date | None) -> None:
    typed = given(text="x", stage="decision", next_step="y", **{
        "next_update_by-day": day, "next_update_by-month": month, "next_update_by-year": year})
    form = CaseForm(typed)
    assert form.validate()
    found = form.update
    assert (found.stage, found.text, found.next_step, found.next_update_by) == ("decision", "x", "y",
        expected)


@pytest.mark.parametrize(("day", "month", "year"), [
    ("30", "2", "2024"), ("1", "13", "2024"), ("1", "", "2024"), ("", "1", "2024"), ("1", "1", ""),
    ("x", "1", "2024"), ("1", "1", "99999999999999999999"), ("0", "1", "2024")])
def test_what_is_no_date_is_said_to_be_none(
    portal: Flask, day: str, month: str, year: str
) -> None:
    form = CaseForm(given(**{
        "next_update_by-day": day, "next_update_by-month": month, "next_update_by-year": year}))
    with scope_of(HERTS), portal.test_request_context(f"/{HERTS}/"):
        assert not form.validate()
        assert set(form.errors) == {"next_update_by"}


def test_a_key_of_ours_is_kept_and_any_other_is_replaced_by_a_new_one() -> None:
    ours = uuid7()
    assert forms.form_key(str(ours)) == ours
    for other in (str(uuid4()), "", "nonsense"):
        made = forms.form_key(other)
        assert made.version == 7
        assert str(made) != other


def test_only_the_fields_of_the_form_are_taken_and_a_missing_one_is_empty() -> None:
    form = CaseForm({"text": "New", "staff_id": "x"})
    assert form.written() == given(text="New")
    assert form.form_key.data.version == 7


def explained(field: str, problem: str) -> str:
    form = CaseForm({})
    form.explain({field: problem})
    [(box, words)] = form.problems
    assert box == field
    return words


def test_every_slip_is_explained_in_words_of_its_own(portal: Flask) -> None:
    with scope_of(HERTS), portal.test_request_context(f"/{HERTS}/"):
        problems = ("unknown", "nothing_new", "needs_reasons", "too_long", "unreadable", "not_a_date",
            "not_a_year", "past",
                    "too_far")
        words = [explained("text", one) for one in problems]
        assert len(set(words)) == len(problems)
        assert "2000" in explained("text", "too_long")
        assert "500" in explained("next_step", "too_long")
        said = [forms.message_problem(one) for one in (
            conversation.EmptyMessage(), conversation.MessageTooLong(), ValueError("x"))]
        assert said == ["Write your answer", "The answer must be 4000 characters or fewer",
                        "The answer has a sign that cannot be shown. Take it out."]
