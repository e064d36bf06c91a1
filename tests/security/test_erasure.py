"""A case that is erased is gone, and stays gone; a force that is erased can be read by nobody."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core import (
    audit,
    clock,
    crypto,
    db,
    erasure,
    force_scope,
    host,
    take_in,
)
from core.cli import root
from core.db import Base
from core.models import AuditEntry, Case, Message, Person, RecordEvent
from core.sealing import keyring, rotation
from core.sealing.force_keys import PURPOSES, ForceErased
from core.sealing.keyring import ERASED, ForceKey, forces_with_keys, keys, unwrapped
from core.settings import Settings
from plugins.sign_in.models import Attempt
from tests.builders import allocated, event, person, recorded
from tests.conftest import AVON, HERTS
from tests.people import form_on, meet, person_browser, take
from tests.postgres import Addresses
from tests.security.audited import audited
from tests.security.checklist import requirement
from tests.security.test_storage import dumped

CANARY = "canary-of-the-erased"
GONE = "41/1/24"
STAYS = "41/2/24"


def rows_of(app: Flask, force: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of a force, as it is stored."""
    found = {}
    with app.app_context(), force_scope(force):
        for mapper in sorted(Base.registry.mappers, key=lambda m: str(m.local_table)):
            table = mapper.local_table
            statement = sa.select(*table.c).where(table.c.force == sa.bindparam("force", type_=sa.Text))
            found[str(table)] = [dict(row._mapping) for row in db.session.execute(
                statement, {"force": force}, execution_options={"tmc_checked": True})]
        db.session.rollback()
    return found


def digest(rows: dict[str, list[dict[str, Any]]]) -> str:
    flat = sorted(f"{table}{sorted(row.items(), key=str)}" for table, many in rows.items() for row in many)
    return hashlib.sha256("\n".join(flat).encode()).hexdigest()


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Amina is on both cases, Ben on the one that goes; each case has all that a case can have."""
    for subject, people in ((GONE, [person(1), person(2, email=f"{CANARY}@example.com")]),
                            (STAYS, [person(1)])):
        take(app, recorded(subject, people=people, summary=f"{CANARY} {subject}"), allocated(subject),
             event("crime.progress", subject, text=f"{CANARY} {subject}", time="2024-03-05T10:00:00Z"))
        met = meet(app, subject)
        browser = person_browser(app, met)
        path = browser.path(f"/case/{met.case}/messages")
        form = form_on(browser.get(f"/case/{met.case}/messages").text, path)
        assert browser.client.post(path, data=form | {"text": CANARY}).status_code == 303
    met = meet(app, GONE)
    with app.app_context(), force_scope(HERTS):
        now = clock.now()
        db.session.add(Attempt(
            details=CANARY, account=b"x", person_id=met.people["P2"], case_id=met.case, made_at=now,
            ends_at=now))
        db.session.commit()
    return app


def run(app: Flask, *words: str, code: int = 0, **more: Any) -> str:
    answer = app.test_cli_runner().invoke(root, list(words), **more)
    assert answer.exit_code == code, (answer.output, answer.exception)
    return str(answer.output)


def erase(app: Flask, reference: str = GONE) -> str:
    return run(app, "cases", "erase", "--force", HERTS, "--reference", reference, "--confirm", reference)


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
        rotation.make_keys(["lookup"], again=True)
        held = keys()
        assert len(held.chains["lookup"]) == 2
    assert sent(recorded(GONE), recorded("41/3/24")) == ["rejected", "accepted"]
    with filled.app_context(), force_scope(HERTS):
        stored = db.session.scalars(sa.select(RecordEvent.subject_key)).all()
        assert "41124" not in stored
        assert GONE not in db.session.scalars(sa.select(Case.crime_reference)).all()


def test_a_case_that_is_not_there_is_told_and_nothing_is_erased(filled: Flask) -> None:
    before = digest(rows_of(filled, HERTS))
    said = run(filled, "cases", "erase", "--force", HERTS, "--reference", "41/9/24", "--confirm",
               "41/9/24", code=1)
    assert "has no case 41/9/24" in said
    said = run(filled, "cases", "erase", "--force", HERTS, "--reference", GONE, code=1, input="41/2/24\n")
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
        kept = [one.reference_hash for one in db.session.scalars(sa.select(erasure.ErasedCase))]
        if keys_changed:
            rotation.make_keys(["lookup"], again=True)
        db.session.execute(sa.delete(erasure.ErasedCase))
        db.session.commit()
    take(filled, recorded(GONE, people=[person(2)]))
    with filled.app_context(), force_scope(HERTS):
        db.session.add_all(erasure.ErasedCase(reference_hash=one, erased_at=clock.now()) for one in kept)
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
        assert erasure.keep_open([]) == 0
        db.session.commit()
    assert digest(rows_of(filled, HERTS)) == before


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


# --- a force --------------------------------------------------------------------------------


@pytest.fixture
def two(filled: Flask) -> Flask:
    take(filled, recorded(district="bristol", crime_type="bicycle-theft"), force=AVON)  # type: ignore[call-arg]
    return filled


def as_closed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(host(app).get(HERTS).force.__dict__, "status", "closed")


@audited("force_erased")
@requirement("D12")
def test_an_erased_force_leaves_nothing_and_others_all_they_had(
    two: Flask, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(rows_of(two, AVON))
    assert CANARY.encode() not in b"".join(_strings(rows_of(two, AVON)))
    with two.app_context(), force_scope(HERTS):
        opened = [one.summary for one in db.session.scalars(sa.select(Case))]
        assert all(CANARY in str(text) for text in opened)
    as_closed(two, monkeypatch)
    said = run(two, "forces", "erase", HERTS, "--confirm", HERTS)
    assert "2 crime_case" in said
    with two.app_context(), force_scope(HERTS):
        [erased] = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "force_erased"))
        assert {name: erased.fields["rows"][name] for name in ("crime_case", "person", "message")} == {
            "crime_case": 2, "person": 2, "message": 2}
    after = rows_of(two, HERTS)
    left = {table: len(many) for table, many in after.items() if many}
    assert left.keys() <= {"audit_entry", "audit_link", "audit_head", "force_key"}
    assert {row["purpose"] for row in after["force_key"]} == {"audit", "audit-chain", "erased"}
    assert digest(rows_of(two, AVON)) == before
    with two.app_context():
        assert HERTS not in forces_with_keys() and AVON in forces_with_keys()


@requirement("D12")
@pytest.mark.parametrize("look_every", [keyring.LOOK_EVERY, -1.0], ids=["as ever", "always"])
def test_once_its_keys_are_destroyed_a_forces_data_opens_for_nobody(
    two: Flask, look_every: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the rows are still there, as in a copy of the database; and however soon a process
    looks at the keys again."""
    monkeypatch.setattr(keyring, "LOOK_EVERY", look_every)
    with two.app_context(), force_scope(HERTS):
        copies = [(row.id.bytes, row.summary_sealed) for row in db.session.scalars(sa.select(Case))]
        erasure.destroy_keys()
        for row, value in copies:
            assert value
            with pytest.raises(crypto.Unreadable):
                keys().open("crime_case", "summary", row, value)
        with pytest.raises(ForceErased):
            keys().seal("crime_case", "summary", copies[0][0], "anew")
        two.extensions["tmc_keys"].clear()
        assert keys().erased
        rows = db.session.scalars(sa.select(AuditEntry)).all()
        columns = [{c.name: getattr(row, c.name) for c in AuditEntry.__table__.columns} for row in rows]
        assert rows and all(audit.fits(row) for row in columns)
    with two.app_context(), force_scope(AVON):
        assert db.session.scalars(sa.select(Person)).first().family == "Khan"  # type: ignore[union-attr]


Cells = list[tuple[str, str, bytes, bytes]]


def sealed(app: Flask, force: str) -> Cells:
    """(table, column, row, value) of all that is sealed of a force, as a copy of the database has it."""
    return [
        (table, name.removesuffix("_sealed"), row["id"].bytes, value)
        for table, many in rows_of(app, force).items() for row in many
        for name, value in row.items() if name.endswith("_sealed") and value is not None
    ]


def keys_left(app: Flask) -> list[bytes]:
    """Every key that this installation has: those of all forces, unwrapped, and of the key files."""
    left = [*app.extensions["tmc_master"].in_use(), *app.extensions["tmc_secret"].in_use()]
    with app.app_context():
        for force in host().installed:
            with force_scope(force):
                rows = db.session.scalars(sa.select(ForceKey).where(ForceKey.purpose != ERASED))
                left += [unwrapped(force, row) for row in rows]
                db.session.rollback()
    return left


def read_with(held: list[bytes], cells: Cells) -> list[str]:
    """What of the cells can be read with any of the keys."""
    found = []
    for key in held:
        opener = crypto.DataKey(HERTS, b"", key)
        for cell in cells:
            with suppress(crypto.Unreadable):
                found.append(opener.open(*cell))
    return found


@requirement("D12")
def test_with_the_keys_that_are_left_nothing_of_an_erased_force_can_be_read_anywhere(
    two: Flask, settings: Settings, database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a dump, nor in the data folder, nor in a copy of the rows from before."""
    copy, words = sealed(two, HERTS), [CANARY.encode(), b"41/2/24", b"41224"]
    before = read_with(keys_left(two), copy)
    assert len(before) == len(copy) > 20 and CANARY in "".join(before)
    assert [word in dumped(database) for word in words[1:]] == [True, True]
    as_closed(two, monkeypatch)
    run(two, "forces", "erase", HERTS, "--confirm", HERTS)
    left = keys_left(two)
    assert len(left) > len(PURPOSES) and read_with(left, copy) == []
    assert sealed(two, HERTS) == []
    files = [file.read_bytes() for file in settings.data_dir.rglob("*") if file.is_file()]
    assert [word for word in words if word in b"".join([dumped(database), *files])] == []


def test_erasing_that_was_cut_off_goes_on(two: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    as_closed(two, monkeypatch)
    with two.app_context(), force_scope(HERTS), monkeypatch.context() as patch:
        patch.setattr(erasure, "MANY", 1)

        def killed(rows: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            erasure.erase_force(killed)
    run(two, "forces", "erase", HERTS, "--confirm", HERTS)
    with two.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0
        marks = sa.select(sa.func.count()).select_from(ForceKey).where(ForceKey.purpose == "erased")
        assert db.session.scalar(marks) == 1


def test_a_force_that_is_open_is_not_erased(two: Flask) -> None:
    before = digest(rows_of(two, HERTS))
    said = run(two, "forces", "erase", HERTS, "--confirm", HERTS, code=1)
    assert 'must say status = "closed"' in said
    assert digest(rows_of(two, HERTS)) == before


def _strings(rows: dict[str, list[dict[str, Any]]]) -> list[bytes]:
    return [str(value).encode() for many in rows.values() for row in many for value in row.values()]
