"""News of a right that stands unread is somebody's duty, and whoever is owed nothing is promised again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Contact, Person
from core.cli import commitment_commands
from core.commitments import jobs
from core.commitments.models import Commitment
from core.commitments.sweeping import any_unread
from core.notices.models import Notice
from core.plugin_host import jobs as job_host
from core.storage.db import db, force_scope, read
from core.testing import allocated, event, recorded
from core.testing.commands import run_command
from tests.conftest import HERTS
from tests.pages import shown
from tests.people import Met, meet, officer_browser, person_browser, take
from tests.security.audited import audited

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def arrest(app: Flask) -> Met:
    """Somebody was arrested, of which the victim is to be told, and the letter went at once."""
    return announced(app, "suspect.arrested")


def announced(app: Flask, kind: str, **more: Any) -> Met:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z"), allocated(time="2026-03-01T09:00:00Z"))
        take(app, event(kind, time="2026-03-02T09:00:00Z", **more), announce=True)
    change(app, sa.update(Notice).where(Notice.kind == "entry").values(state="sent", sent_at=MONDAY))
    return meet(app)


def change(app: Flask, statement: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        db.session.execute(statement)
        db.session.commit()


def swept(app: Flask, hours: float) -> int:
    """In how many cases somebody is to be reached, so long after the letter went."""
    with clock.travel(MONDAY + hours * HOUR), app.app_context(), force_scope(HERTS):
        asked, values = any_unread()
        due = read(asked, **values).first() is not None
        found = jobs.sweep()
        assert due >= bool(found)
        return found


def reaches(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(Commitment.state).where(Commitment.rule == "portal/reach")))


# --- news that stood unread -----------------------------------------------------------------------


def test_who_read_nothing_for_two_days_is_to_be_reached_once(app: Flask, arrest: Met) -> None:
    assert (swept(app, 47.9), reaches(app)) == (0, [])
    assert (swept(app, 48), reaches(app)) == (1, ["open"])
    assert (swept(app, 49), reaches(app)) == (0, ["open"])


def test_what_was_sent_more_than_three_days_ago_is_looked_for_no_more(app: Flask, arrest: Met) -> None:
    assert (swept(app, 71.9), reaches(app)) == (1, ["open"])
    change(app, sa.delete(Commitment).where(Commitment.rule == "portal/reach"))
    assert swept(app, 72) == 0


@pytest.mark.parametrize(("days", "found"), [(7, ["open"]), (27, ["open"]), (29, [])])
def test_what_stood_unread_while_no_worker_ran_is_found_in_the_night_after(
    app: Flask, arrest: Met, days: int, found: list[str]
) -> None:
    with clock.travel(MONDAY + timedelta(days=days)):
        for _ in range(2):
            job_host.run(app, "mend_commitments", HERTS)
            assert reaches(app) == found


def test_who_read_it_is_left_in_peace(app: Flask, arrest: Met) -> None:
    change(app, sa.update(Notice).values(read_at=MONDAY + HOUR))
    assert (swept(app, 50), reaches(app)) == (0, [])


@pytest.mark.parametrize(("reached", "found"), [(True, 0), (False, 1)])
def test_who_was_spoken_with_since_is_not_to_be_reached(
    app: Flask, arrest: Met, reached: bool, found: int
) -> None:
    with app.app_context(), force_scope(HERTS):
        db.session.add(Contact(
            case_id=arrest.case, person_id=arrest.people["P1"], way="phone", reached=reached, topics=[],
            happened_at=MONDAY + HOUR, entered_at=MONDAY + HOUR))
        db.session.commit()
    assert swept(app, 50) == found


def test_who_is_locked_out_is_not_looked_for(app: Flask, arrest: Met) -> None:
    change(app, sa.update(Person).values(locked_by="person"))
    assert swept(app, 50) == 0


SILENT = {"record": "safe_contact", "herself": "chosen_contact"}


@pytest.mark.parametrize("who", SILENT)
@pytest.mark.parametrize(("contact", "found"), [
    ('{"silent": true}', 0), ('{"channels": []}', 0), ('{"channels": ["phone"]}', 1), ("{}", 1)])
def test_whom_nobody_may_contact_nobody_is_to_reach(
    app: Flask, arrest: Met, who: str, contact: str, found: int
) -> None:
    with app.app_context(), force_scope(HERTS):
        setattr(db.session.get_one(Person, (HERTS, arrest.people["P1"])), SILENT[who], contact)
        db.session.commit()
    assert (_swept_at(app, 50), len(reaches(app))) == (found, found)


def _swept_at(app: Flask, hours: float) -> int:
    with clock.travel(MONDAY + hours * HOUR), app.app_context(), force_scope(HERTS):
        return jobs.sweep()


def test_who_chooses_not_to_be_contacted_is_looked_for_no_more_and_the_officer_reads_why(
    app: Flask, arrest: Met
) -> None:
    assert (swept(app, 50), reaches(app)) == (1, ["open"])
    case = f"/desk/case/{arrest.case}"
    with clock.travel(MONDAY + 51 * HOUR):
        assert "Reach them" in shown(officer_browser(app, arrest.staff), case)
        hers = person_browser(app, arrest)
        assert hers.post("/your-account/safe-contact", {"silent": "yes"}).status_code == 303
        told = shown(officer_browser(app, arrest.staff), case)
    assert reaches(app) == ["superseded"]
    assert "Reach them" not in told
    assert "not wanted. They look in the portal themselves. Write an update by" in told


def test_whose_access_is_locked_is_looked_for_no_more_and_the_officer_reads_why(
    app: Flask, arrest: Met
) -> None:
    assert (swept(app, 50), reaches(app)) == (1, ["open"])
    with clock.travel(MONDAY + 51 * HOUR):
        hers = person_browser(app, arrest)
        assert hers.post("/your-account/lock", {}).status_code == 303
        told = shown(officer_browser(app, arrest.staff), f"/desk/case/{arrest.case}")
    assert reaches(app) == ["superseded"]
    assert "Nobody is asked to reach them: their access is locked. Write an update by" in told


def test_one_person_is_looked_for_in_one_case_at_a_time_and_then_in_the_next(app: Flask, arrest: Met) -> None:
    with clock.travel(MONDAY + HOUR):
        take(app, recorded("41/2/26", time="2026-03-01T08:00:00Z"),
             allocated("41/2/26", time="2026-03-01T09:00:00Z"))
        take(app, event("suspect.arrested", "41/2/26", time="2026-03-02T09:30:00Z"), announce=True)
    change(app, sa.update(Notice).where(Notice.kind == "entry", Notice.sent_at.is_(None)).values(
        state="sent", sent_at=MONDAY + HOUR))
    assert (swept(app, 48), reaches(app)) == (1, ["open"])
    assert (swept(app, 49), reaches(app)) == (0, ["open"])
    assert (swept(app, 80), reaches(app)) == (0, ["open"])
    with clock.travel(MONDAY + 90 * HOUR):
        take(app, event("contact.made", time="2026-03-06T03:00:00Z", person="P1", way="phone", reached=True))
    assert reaches(app) == ["kept"]
    assert (swept(app, 91), sorted(reaches(app))) == (1, ["kept", "open"])
    assert swept(app, 92) == 0


def test_of_a_hidden_case_nobody_is_called(app: Flask, arrest: Met) -> None:
    with clock.travel(MONDAY + HOUR):
        take(app, recorded(time="2026-03-01T08:00:00Z", id="again", flags=["domestic-abuse"]))
    assert (swept(app, 50), reaches(app)) == (0, [])


def test_news_that_is_no_right_may_stand_unread(app: Flask) -> None:
    announced(app, "crime.progress", text="We looked at the pictures of the camera.")
    assert (swept(app, 50), reaches(app)) == (0, [])


@pytest.mark.parametrize("force", [("--force", HERTS), ()])
def test_by_hand_in_demo_it_is_as_if_it_were_then_and_elsewhere_the_clock_is_the_clock(
    app: Flask, arrest: Met, monkeypatch: pytest.MonkeyPatch, force: tuple[str, ...]
) -> None:
    words = ("commitments", "sweep", *force)
    at = ("--at", "2026-03-04T10:00Z")
    with monkeypatch.context() as elsewhere:
        live = SimpleNamespace(settings=SimpleNamespace(demo=False))
        elsewhere.setattr(commitment_commands, "installation", lambda: live)
        assert "--at MOMENT is for demo mode" in run_command(app, *words, *at, ends=2).output
    assert reaches(app) == []
    assert "is written like 2026-12-15T09:00Z" in run_command(app, *words, "--at", "noon", ends=2).output
    assert run_command(app, *words, *at, ends=0).output == "cases in which somebody is to be reached: 1\n"
    assert reaches(app) == ["open"]


# --- who is owed nothing --------------------------------------------------------------------------


@audited("commitments_mended")
def test_every_night_who_is_owed_nothing_is_promised_again_and_it_is_written_down(
    app: Flask, arrest: Met
) -> None:
    change(app, sa.delete(Commitment))
    with clock.travel(MONDAY + HOUR):
        run_command(app, "commitments", "check", ends=1)
        with capture_logs() as lines:
            job_host.run(app, "mend_commitments", HERTS)
        run_command(app, "commitments", "check", ends=0)
    assert [(one["event"], one["count"]) for one in lines] == [("unpromised_mended", 1)]
    assert mended(app) == [{"count": 1}]


def test_a_night_without_such_a_case_says_nothing(app: Flask, arrest: Met) -> None:
    with clock.travel(MONDAY + HOUR), capture_logs() as lines:
        job_host.run(app, "mend_commitments", HERTS)
    assert lines == []
    assert mended(app) == []


def mended(app: Flask) -> list[Any]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(
            sa.select(AuditEntry.fields).where(AuditEntry.action == "commitments_mended")))
