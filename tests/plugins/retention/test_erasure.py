"""A case that is erased is gone, and stays gone."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Case, Person
from core.intake import erased
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.storage.keys import rotation
from core.storage.keys.keyring import force_keys
from core.testing import event, person, recorded
from core.testing.commands import run_command
from plugins.retention import erasure
from tests.conftest import HERTS
from tests.people import meet, person_browser, take
from tests.plugins.retention.erased import CANARY, GONE, STAYS, digest, rows_of
from tests.security.audited import audited
from tests.security.checklist import requirement


def erase(app: Flask, reference: str = GONE) -> str:
    return run_command(app, "cases", "erase", "--force", HERTS, "--reference", reference, "--confirm",
                       reference, ends=0).output


@audited("case_erased")
@requirement("D12")
def test_a_case_goes_with_all_that_hangs_on_it(filled: Flask) -> None:
    going, staying = meet(filled, GONE), meet(filled, STAYS)
    said = erase(filled)
    assert "1 crime_case" in said and "1 sign_in_attempt" in said
    after = rows_of(filled, HERTS)
    gone = {going.case, going.people["P2"]}
    left = [
        (table, name) for table, many in after.items() for row in many for name, value in row.items()
        if isinstance(value, UUID) and value in gone and table not in ("audit_entry", "audit_link")
    ]
    assert left == []
    assert [row["subject_key"] for row in after["record_event"]] == ["41224"] * 3
    assert [row["id"] for row in after["person"]] == [staying.people["P1"]]
    browser = person_browser(filled, staying)
    assert CANARY in browser.get(f"/case/{staying.case}").text
    assert browser.get(f"/case/{going.case}").status_code == 404


@requirement("D12")
def test_what_stays_in_the_audit_is_ids_only(filled: Flask) -> None:
    erase(filled)
    with filled.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry)).all()
        assert [row.action for row in rows].count("case_erased") == 1
        told = json.dumps([[row.action, row.actor, row.fields] for row in rows])
    assert not any(word in told for word in (CANARY, "Khan", "41/1/24", "41124", "amina"))


@requirement("D12")
def test_a_record_event_does_not_bring_an_erased_case_back(filled: Flask) -> None:
    """Neither under today's keys nor after they were changed; another case is taken as ever."""
    erase(filled)

    def sent(*events: dict[str, Any]) -> list[str]:
        with filled.app_context(), force_scope(HERTS):
            results = take_in(host().get(HERTS).force, "niche", list(events))
            db.session.commit()
            return [one.status for one in results]

    assert sent(recorded(GONE), event("crime.progress", "41 1 24", text="x")) == ["rejected"] * 2
    with filled.app_context(), force_scope(HERTS):
        rotation.make_keys(["lookup"], note=audit.write, again=True)
        db.session.commit()
        held = force_keys()
        assert len(held.chains["lookup"]) == 2
    assert sent(recorded(GONE), recorded("41/3/24")) == ["rejected", "accepted"]
    with filled.app_context(), force_scope(HERTS):
        stored = db.session.scalars(sa.select(RecordEvent.subject_key)).all()
        assert "41124" not in stored
        assert GONE not in db.session.scalars(sa.select(Case.crime_reference)).all()


@requirement("D12")
def test_each_event_of_a_batch_has_its_own_answer_and_an_erased_case_is_named_as_such(filled: Flask) -> None:
    erase(filled)
    sent = [recorded("41/3/24"), "nonsense", event("crime.progress", GONE, text="x"),
            event("crime.progress", "41/3/24", text="y"), recorded(GONE)]
    with filled.app_context(), force_scope(HERTS):
        results = take_in(host().get(HERTS).force, "niche", sent)
        db.session.commit()
    assert [one.status for one in results] == ["accepted", "rejected", "rejected", "accepted", "rejected"]
    assert ["erased here for good" in str(one.detail) for one in results] == [
        False, False, True, False, True]
    assert [one.pointer for one in results][2::2] == ["/subject", "/subject"]


def test_a_case_that_is_not_there_is_told_and_nothing_is_erased(filled: Flask) -> None:
    before = digest(rows_of(filled, HERTS))
    said = run_command(filled, "cases", "erase", "--force", HERTS, "--reference", "41/9/24", "--confirm",
                       "41/9/24", ends=1).output
    assert "has no case 41/9/24" in said
    said = run_command(filled, "cases", "erase", "--force", HERTS, "--reference", GONE, ends=1,
                       typed="41/2/24\n").output
    assert "nothing was erased" in said
    assert digest(rows_of(filled, HERTS)) == before


@requirement("D12")
def test_what_only_waits_for_its_crime_is_erased_too(filled: Flask) -> None:
    """News that was parked names people as well; and the crime does not come in after all."""
    waits = "41/8/24"
    with filled.app_context(), force_scope(HERTS):
        results = take_in(host().get(HERTS).force, "niche", [
            event("crime.progress", waits, text=CANARY), event("person.amended", waits, person=person(9))])
        db.session.commit()
        assert [one.status for one in results] == ["parked", "parked"]
    before = rows_of(filled, HERTS)
    assert "2 record_event" in erase(filled, waits)
    after = rows_of(filled, HERTS)
    assert {row["id"] for row in after["record_event"]} == {
        row["id"] for row in before["record_event"] if row["subject_key"] != "41824"}
    assert {name: len(many) for name, many in after.items() if name not in (
        "record_event", "erased_case", "audit_entry")} == {
        name: len(many) for name, many in before.items() if name not in (
            "record_event", "erased_case", "audit_entry")}
    with filled.app_context(), force_scope(HERTS):
        (result,) = take_in(host().get(HERTS).force, "niche", [recorded(waits)])
        assert result.status == "rejected"
        [row] = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case_erased"))
        assert (row.case_id, row.fields) == (None, {"rows": {"record_event": 2}})


@requirement("D12")
@pytest.mark.parametrize("keys_changed", [False, True])
def test_what_came_back_beside_the_portals_rules_is_erased_a_second_time(
    filled: Flask, keys_changed: bool
) -> None:
    """A case that is there although it was erased, as after a merger or from a restored copy."""
    erase(filled)
    with filled.app_context(), force_scope(HERTS):
        kept = [one.reference_hash for one in db.session.scalars(sa.select(erased.ErasedCase))]
        if keys_changed:
            rotation.make_keys(["lookup"], note=audit.write, again=True)
            db.session.commit()
        db.session.execute(sa.delete(erased.ErasedCase))
        db.session.commit()
    take(filled, recorded(GONE, people=[person(2)]))
    with filled.app_context(), force_scope(HERTS):
        db.session.add_all(erased.ErasedCase(reference_hash=one, erased_at=clock.now()) for one in kept)
        db.session.commit()
    assert "1 crime_case" in erase(filled)
    with filled.app_context(), force_scope(HERTS):
        assert GONE not in db.session.scalars(sa.select(Case.crime_reference)).all()
        (result,) = take_in(host().get(HERTS).force, "niche", [recorded(GONE)])
        assert result.status == "rejected"


@requirement("D12")
def test_erasing_twice_and_with_nothing_says_that_there_is_nothing_and_changes_nothing(
    filled: Flask
) -> None:
    erase(filled)
    before = digest(rows_of(filled, HERTS))
    with filled.app_context(), force_scope(HERTS):
        for reference in (GONE, "41/9/24", "41124"):
            assert erasure.erase_case(host().get(HERTS).force, reference) is None
        assert not erasure.remove_cases([])
        assert erasure.delete_rows(Case, []) == 0
        assert erased.keep_open([]) == 0
        db.session.commit()
    assert digest(rows_of(filled, HERTS)) == before


@requirement("D12")
def test_cases_that_are_here_are_not_held_to_be_erased_and_how_many_is_told(filled: Flask) -> None:
    erase(filled)
    with filled.app_context(), force_scope(HERTS):
        key = host().get(HERTS).force.normalise_reference(GONE)
        assert erased.keep_open(["another", "one more"]) == 0
        assert erased.keep_open(["another", key]) == 1
        assert erased.keep_open([key]) == 0
        db.session.commit()


@requirement("D12")
def test_of_two_cases_that_go_together_the_people_on_both_go_and_those_on_a_third_stay(
    filled: Flask
) -> None:
    take(filled, recorded("41/3/24", people=[person(2), person(3)]), recorded(
        "41/4/24", people=[person(3), person(4)]))
    two = [meet(filled, GONE), meet(filled, "41/3/24")]
    with filled.app_context(), force_scope(HERTS):
        gone = erasure.remove_cases([one.case for one in two])
        db.session.commit()
        left = set(db.session.scalars(sa.select(Person.record_id)))
        cases = set(db.session.scalars(sa.select(Case.crime_reference)))
    assert (left, cases) == ({"P1", "P3", "P4"}, {STAYS, "41/4/24"})
    assert (gone["crime_case"], gone["person"], gone["access"]) == (2, 1, 4)
