"""A simulated day at a force: what is planted is found, and an ordinary day raises nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import CoreAction, trail
from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Case, Staff
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from plugins.oversight import unusual
from plugins.oversight.audit_actions import OversightAction
from tests.conftest import AVON, HERTS
from tests.people import officer_browser, staff_id, take
from tests.security.audited import audited
from tests.security.checklist import requirement

MORNING = datetime(2024, 6, 5, 7, tzinfo=UTC)  # eight o'clock in London
ORDINARY, PLANTED = range(1, 9), range(11, 17)
CASES = 60


@pytest.fixture
def staff(app: Flask) -> dict[str, Any]:
    """Sixty cases; eight officers on an ordinary day, six who do what they should not; ids by name."""
    names = {11: "Pat Harrier", 12: "Pat Daybird", 13: "Pat Reasons", 14: "PC Amina Khan",
             15: "DC Ruth Mail", 16: "PC Jo Khan"}
    emails = {15: "Amina7@Example.com"}
    events = []
    for number in range(1, CASES + 1):
        leads = (*ORDINARY, *PLANTED)[number % 14]
        named = officer(leads, name=names.get(leads, f"Officer Number{leads}"),
                        **({"email": emails[leads]} if leads in emails else {}))
        who = person(number, **({} if number in (7, 8, 9) else
                                {"name": {"given": "Bo", "family": f"Victim{number}"}}))
        events += [recorded(f"41/{number}/24", people=[who]),
                   allocated(f"41/{number}/24", officer=named)]
    take(app, *events)
    with app.app_context(), force_scope(HERTS):
        db.session.add(Staff(record_id="S1", role="supervisor", unit="Watford CID",
                             email="supervisor@example.org"))
        db.session.commit()
    return {"S1": staff_id(app, "S1"),
            **{f"O{n}": staff_id(app, f"O{n}") for n in (*ORDINARY, *PLANTED)}}


@pytest.fixture
def cases(app: Flask, staff: Any) -> list[Any]:
    """Ids of the cases, from the first reference on."""
    with app.app_context(), force_scope(HERTS):
        found = {c.crime_reference: c.id for c in db.session.scalars(sa.select(Case))}
    return [found[f"41/{number}/24"] for number in range(1, CASES + 1)]


def sees(who: Any, case: Any, minute: float, relation: str = "unit") -> None:
    """What the desk writes when somebody looks at a case."""
    with clock.travel(MORNING + timedelta(minutes=minute)):
        row = trail._row(
            "staff", who, CoreAction.CASE_SEEN, case, {"viewer": "officer", "relation": relation})
        trail.insert_many(AuditEntry, [row])


@pytest.fixture
def day(app: Flask, staff: Any, cases: Any) -> None:
    """Everybody's ordinary work: a case every quarter of an hour, each several times over."""
    with app.app_context(), force_scope(HERTS):
        for number in ORDINARY:
            for quarter in range(32):
                case = cases[(number * 7 + quarter % 12) % CASES]
                sees(staff[f"O{number}"], case, quarter * 15 + number)
                sees(staff[f"O{number}"], case, quarter * 15 + number + 1)
        # a reason or two, which a supervisor hears of anyway
        sees(staff["O1"], cases[20], 100, "break_glass")
        sees(staff["O1"], cases[21], 200, "break_glass")
        db.session.commit()


def plant(app: Flask, staff: Any, cases: Any) -> set[tuple[Any, str]]:
    """Six people, and what is to be found of them."""
    with app.app_context(), force_scope(HERTS):
        for number in range(41):
            sees(staff["O11"], cases[number + 10], 60 + number)
        for number in range(55):
            sees(staff["O12"], cases[(number + 9) % CASES], number * 12)
        for number in (30, 31, 32):
            sees(staff["O13"], cases[number], number * 10, "break_glass")
        sees(staff["O14"], cases[6], 30, "lead")  # Amina Khan's, by PC Amina Khan
        sees(staff["O15"], cases[6], 40)  # her own email
        sees(staff["O16"], cases[7], 50, "break_glass")  # a Khan's, by another Khan
        db.session.commit()
    return {
        (staff["O11"], "many_in_an_hour"), (staff["O12"], "many_in_a_day"),
        (staff["O13"], "many_reasons"), (staff["O14"], "own_name"), (staff["O15"], "own_email"),
        (staff["O16"], "own_name"),
    }


def look(app: Flask, at: datetime, force: str = HERTS) -> None:
    with clock.travel(at):
        jobs.run(app, "oversight_unusual_viewing", force)


def alerts(app: Flask, force: str = HERTS) -> list[tuple[Any, str]]:
    with app.app_context(), force_scope(force):
        return [(one.staff_id, one.kind) for one in unusual.alerts_since(MORNING - timedelta(days=2))]


@pytest.fixture
def lower_limits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The force says that fifty cases are many for a day, so that sixty cases are enough to test."""
    from core.plugin_host.host import host

    force = host(app).get(HERTS).force
    limits = force.oversight.model_copy(update={"cases_in_a_day": 50})
    monkeypatch.setitem(vars(force), "oversight", limits)


@audited("unusual_viewing")
@requirement("D10")
@pytest.mark.usefixtures("day", "lower_limits")
def test_all_that_is_planted_in_a_day_is_found_and_nothing_else(
    app: Flask, staff: Any, cases: Any, record_property: Any
) -> None:
    planted = plant(app, staff, cases)
    look(app, MORNING + timedelta(hours=13))
    found = alerts(app)
    assert set(found) == planted
    assert len(found) == len(planted)
    record_property("figure", ("planted cases of unusual viewing found", len(found)))
    with app.app_context(), force_scope(HERTS):
        notices = db.session.scalars(sa.select(Notice).where(Notice.kind == "unusual_viewing")).all()
        assert [n.staff_id for n in notices] == [staff["S1"]] * len(planted)


@requirement("D10")
@pytest.mark.usefixtures("day", "lower_limits")
def test_an_ordinary_day_raises_nothing(app: Flask, staff: Any) -> None:
    for hour in range(0, 30, 3):
        look(app, MORNING + timedelta(hours=hour))
    assert alerts(app) == []


@pytest.mark.usefixtures("day", "lower_limits")
def test_each_kind_is_told_once_a_day_and_again_the_next(
    app: Flask, staff: Any, cases: Any
) -> None:
    planted = plant(app, staff, cases)
    for minutes in (0, 10, 20):
        look(app, MORNING + timedelta(hours=13, minutes=minutes))
    assert len(alerts(app)) == len(planted)
    with app.app_context(), force_scope(HERTS):
        sees(staff["O14"], cases[6], 24 * 60)
        db.session.commit()
    look(app, MORNING + timedelta(hours=25))
    assert len(alerts(app)) == len(planted) + 1


def test_what_is_done_just_before_midnight_is_found_after_it(
    app: Flask, staff: Any, cases: Any
) -> None:
    with app.app_context(), force_scope(HERTS):
        sees(staff["O14"], cases[6], (23 - 8) * 60 + 59)
        db.session.commit()
    look(app, MORNING + timedelta(hours=16, minutes=5))
    assert alerts(app) == [(staff["O14"], "own_name")]


def test_another_forces_day_is_its_own(app: Flask, staff: Any, cases: Any) -> None:
    plant(app, staff, cases)
    look(app, MORNING + timedelta(hours=13), AVON)
    assert alerts(app) == []
    assert alerts(app, AVON) == []
    look(app, MORNING + timedelta(hours=13))
    assert alerts(app)


def test_the_supervisor_reads_the_alert_and_the_officer_does_not(
    app: Flask, staff: Any, cases: Any
) -> None:
    with app.app_context(), force_scope(HERTS):
        row = trail._row("staff", staff["O14"], CoreAction.CASE_SEEN, cases[6],
                         {"viewer": "officer", "relation": "lead"})
        trail.insert_many(AuditEntry, [row])
        db.session.commit()
    jobs.run(app, "oversight_unusual_viewing", HERTS)
    supervisor = officer_browser(app, staff["S1"])
    assert "someone of their own name" in supervisor.get("/desk/reviews").text
    assert officer_browser(app, staff["O14"]).get("/desk/reviews").status_code == 404


# Who there is, and whose alerts they are shown (None: no such page); one alert is about each of them.
WHO_SEES: list[tuple[str, str | None, set[int] | None]] = [
    ("officer", "Watford CID", None), ("supervisor", " watford cid", {0, 6}),
    ("supervisor", "Stevenage CID", {5}), ("supervisor", None, set()),
    ("force_admin", None, {0, 1, 2, 3, 5, 6}), ("force_admin", "Stevenage CID", {0, 1, 2, 3, 4, 6}),
    ("national_admin", "Watford CID", None)]


@requirement("D10")
def test_each_role_sees_the_alerts_it_is_to_review_and_nobody_their_own(app: Flask) -> None:
    """Who is suspected does not read it, though they review others."""
    with app.app_context(), force_scope(HERTS):
        staff = [Staff(record_id=f"{role} of {unit}", role=role, unit=unit, name=f"Name {n}")
                 for n, (role, unit, _) in enumerate(WHO_SEES)]
        db.session.add_all(staff)
        db.session.flush()
        for one in staff:
            audit.write(OversightAction.UNUSUAL_VIEWING, staff=str(one.id), kind="own_email",
                        day="2024-06-05", count=1)
        ids = [one.id for one in staff]
        db.session.commit()
    for number, (_, _, sees) in enumerate(WHO_SEES):
        answer = officer_browser(app, ids[number]).get("/desk/reviews")
        assert answer.status_code == (404 if sees is None else 200)
        shown = {int(n) for n in re.findall(r"Name (\d)", answer.get_data(as_text=True))}
        assert shown == (sees or set())


@pytest.mark.parametrize(("minutes", "most"), [([], 0), ([0, 59], 2), ([0, 60], 1), ([0, 5, 62], 2)])
def test_an_hour_is_sixty_minutes_wherever_it_begins(minutes: list[int], most: int) -> None:
    from uuid import UUID

    views = [unusual.Seen(UUID(int=n), MORNING + timedelta(minutes=m), False)
             for n, m in enumerate(minutes)]
    assert unusual.busiest_hour(views) == most


@requirement("D10")
def test_who_tries_reference_after_reference_is_found_though_none_is_there(
    app: Flask, staff: Any
) -> None:
    """Every try is with a reason, and with none of them a case was opened that a reviewer hears of."""
    with clock.travel(MORNING):
        browser = officer_browser(app, staff["O1"])
        for number in range(10):
            answer = browser.post("/desk/reason", {
                "reference": f"41/99{number}/24", "reason": "linked",
                "words": "I look for a case that is linked to mine."})
            assert answer.status_code == 404
    look(app, MORNING + timedelta(minutes=5))
    assert alerts(app) == [(staff["O1"], "many_reasons")]
    look(app, MORNING + timedelta(minutes=15))
    assert len(alerts(app)) == 1
