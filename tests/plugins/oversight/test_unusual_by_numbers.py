"""What counts as unusual, by its numbers: how many cases, whose name or address, when it is looked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import AuditAction, CoreAction, trail
from core.audit.models import AuditEntry
from core.base import clock
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from plugins.oversight import unusual
from plugins.oversight.audit_actions import OversightAction
from plugins.oversight.unusual import Seen
from tests.conftest import HERTS
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def views(many: int, *, apart: timedelta = timedelta(seconds=1), reason: bool = False) -> list[Seen]:
    return [Seen(UUID(int=number + 1), NOW + number * apart, reason) for number in range(many)]


@pytest.mark.parametrize(("seen", "in_vain", "expected"), [
    ([], 0, {}), (views(40), 0, {}), (views(41), 0, {"many_in_an_hour": 41}), (views(41) * 3, 0, {
        "many_in_an_hour": 41}), (views(150, apart=5 * MINUTE), 0, {}),
    (views(151, apart=5 * MINUTE), 0, {"many_in_a_day": 151}), (views(2, reason=True), 0, {}),
    (views(3, reason=True), 0, {"many_reasons": 3}), (views(2, reason=True), 1, {"many_reasons": 3}),
    (views(1, reason=True) * 5, 0, {}), ([], 2, {}), ([], 3, {"many_reasons": 3}), (views(9), 2, {})],
    ids=range(13))
def test_each_limit_of_looking_by_its_number(
    portal: Flask, seen: list[Seen], in_vain: int, expected: dict[str, int]
) -> None:
    with portal.app_context(), force_scope(HERTS):
        limits = the_force().oversight
        assert (limits.cases_in_an_hour, limits.cases_in_a_day, limits.reasons_in_a_day) == (40, 150, 3)
        assert dict(unusual._found(None, sorted(seen, key=lambda one: one.at), in_vain)) == expected


NAMES: list[tuple[str | None, dict[str, Any], bool, bool]] = [
    # the officer's name; the person's; own_name on a case that is theirs, and on one with a reason
    ("PC Amina Khan", {"given": "Amina", "family": "Khan"}, True, True),
    ("amina KHAN", {"given": "AMINA Jane", "family": "khan"}, True, True),
    ("Amina Khan-Jones", {"given": "Amina", "family": "Khan Jones"}, True, True),
    ("PC Amina Khan", {"given": "Ben", "family": "Khan"}, False, True),
    ("PC Amina Khan", {"given": None, "family": "Khan"}, False, True),
    ("PC Amina Khan", {"given": "Amina", "family": "Okoro"}, False, False),
    ("Khan Amina", {"given": "Amina", "family": "Khan"}, False, False),
    ("PC Amina Khan", {"given": "Amina", "family": None}, False, False),
    ("PC Khan", {"given": "Amina", "family": "PC Amina Khan"}, False, False),
    (None, {"given": "Amina", "family": "Khan"}, False, False),
]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("name", "who", "theirs", "with_reason"), NAMES)
def test_an_own_name_is_the_full_one_or_on_a_case_of_others_the_family_name(
    name: str | None, who: dict[str, Any], theirs: bool, with_reason: bool
) -> None:
    mine, one = staff("A", name=name), case(staff("B"))
    person(one, **who)
    for reason, expected in ((False, theirs), (True, with_reason)):
        found = dict(unusual._themselves(mine, [Seen(one.id, NOW, reason)] * 2))
        assert found == ({"own_name": 1} if expected else {})


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("email", "theirs", "same"), [
    ("a@example.org", " A@Example.ORG", True), ("a@example.org", "b@example.org", False),
    (None, None, False), ("a@example.org", None, False), (None, "a@example.org", False)])
def test_an_own_email_is_one_however_it_is_written(email: str | None, theirs: str | None, same: bool) -> None:
    mine, one, two = staff("A", email=email), case(staff("B")), case(staff("B"))
    person(one, "P1", email=theirs)
    person(two, "P2", email=theirs)
    seen = [Seen(one.id, NOW, False), Seen(two.id, NOW, False)]
    assert dict(unusual._themselves(mine, seen)) == ({"own_email": 2} if same else {})


@pytest.mark.usefixtures("force")
def test_what_was_told_is_read_as_it_was_told_newest_first() -> None:
    who, other = uuid4(), uuid4()
    for minutes, one, kind in ((0, who, "own_name"), (1, other, "many_reasons")):
        with clock.travel(NOW + minutes * MINUTE):
            audit.write(OversightAction.UNUSUAL_VIEWING, staff=str(one), kind=kind, day="2024-06-12",
                        count=minutes + 3)
    assert unusual.alerts_since(NOW) == [
        unusual.Alert(other, "many_reasons", "2024-06-12", 4, NOW + MINUTE),
        unusual.Alert(who, "own_name", "2024-06-12", 3, NOW)]
    assert [one.staff_id for one in unusual.alerts_since(NOW + timedelta(seconds=1))] == [other]
    assert unusual.alerts_since(NOW + 2 * MINUTE) == []


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("at", "days"), [
    (datetime(2024, 6, 12, 12, tzinfo=UTC), ["2024-06-12"]),
    (datetime(2024, 6, 11, 23, 0, tzinfo=UTC), ["2024-06-11", "2024-06-12"]),  # midnight in London
    (datetime(2024, 6, 11, 23, 29, tzinfo=UTC), ["2024-06-11", "2024-06-12"]),
    (datetime(2024, 6, 11, 23, 30, tzinfo=UTC), ["2024-06-12"]),
    (datetime(2024, 6, 11, 22, 59, tzinfo=UTC), ["2024-06-11"])])
def test_the_day_before_is_looked_at_for_half_an_hour_more(
    at: datetime, days: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[str, datetime, datetime]] = []
    monkeypatch.setattr(unusual, "_look_at_day", lambda *what: looked.append(what))
    with clock.travel(at):
        unusual.look()
    assert [day for day, _, _ in looked] == days
    for day, since, until in looked:
        assert f"{since:%Y-%m-%dT%H:%M:%S}" == f"{day}T00:00:00"
        assert since.astimezone(UTC).hour == 23  # British Summer Time
        assert until.astimezone(UTC) - since.astimezone(UTC) == DAY


@pytest.mark.usefixtures("force")
def test_only_staff_who_looked_that_day_are_found_and_each_kind_once() -> None:
    """The edges of a day, and what is no looking by staff."""
    since, until = NOW.replace(hour=0), NOW.replace(hour=0) + DAY
    mine, other = staff("A", name="PC Amina Khan"), staff("A", name="PC Amina Khan")
    one = case(staff("B"))
    person(one, given="Amina", family="Khan")

    def looks(
        who: UUID, at: datetime, action: AuditAction = CoreAction.CASE_SEEN, actor: str = "staff"
    ) -> None:
        with clock.travel(at):
            fields = {"viewer": "officer",
                "relation": "unit"} if action == CoreAction.CASE_SEEN else {"reason": "court"}
            row = trail._row(actor, who, action, one.id if action == CoreAction.CASE_SEEN else None, fields)
            trail.insert_many(AuditEntry, [row])

    looks(mine.id, since - timedelta(seconds=1))
    looks(mine.id, until)
    looks(mine.id, NOW, actor="person")
    unusual._look_at_day("2024-06-12", since, until)
    assert unusual.alerts_since(since) == []
    looks(mine.id, since)
    looks(other.id, until - timedelta(seconds=1))
    for _ in range(3):
        looks(other.id, NOW, OversightAction.FOUND_NOTHING)
        looks(mine.id, until, OversightAction.FOUND_NOTHING)
        looks(mine.id, NOW, OversightAction.FOUND_NOTHING, actor="visitor")
    for _ in range(2):
        unusual._look_at_day("2024-06-12", since, until)
    told = {(one.staff_id, one.kind, one.count, one.day) for one in unusual.alerts_since(since)}
    assert told == {(mine.id, "own_name", 1, "2024-06-12"), (other.id, "own_name", 1, "2024-06-12"),
                    (other.id, "many_reasons", 3, "2024-06-12")}
    assert len(unusual.alerts_since(since)) == 3
    assert len(db.session.scalars(sa.select(Notice).where(Notice.kind == "unusual_viewing")).all()) == 3
    unusual._look_at_day("2024-06-13", since, until)
    assert len(unusual.alerts_since(since)) == 6  # another day is told anew
