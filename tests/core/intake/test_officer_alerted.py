"""When a case is no longer shown online because it needs care, its officer hears of it, nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.intake import judging
from core.intake.judging import JUDGED
from core.intake.take_in import take_in
from core.notices.letters import letter_for
from core.notices.models import Notice
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.people import meet, officer_browser, person_browser, take
from tests.rows import rows

FLAGGED, CLEARED = ["domestic-abuse"], list[str]()


def amended(day: int, **more: Any) -> dict[str, Any]:
    return event("crime.amended", time=f"2024-04-{day:02}T10:00:00Z", **more)


def alerts(app: Flask) -> int:
    """How many, when the officer is the only one who was promised anything."""
    found = rows(app, Notice)
    assert {one.kind for one in found} <= {"case_silent"}
    assert {one.person_id for one in found} <= {None}
    return len(found)


def audited(app: Flask) -> list[tuple[str, Any]]:
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(AuditEntry).where(
            AuditEntry.action.in_(("case_shown", "case_not_shown"))).order_by(AuditEntry.id))
        return [(row.action, row.fields) for row in rows]


@pytest.fixture
def case(app: Flask) -> None:
    """A case that people can open, with an officer."""
    take(app, recorded(), allocated())


@pytest.mark.parametrize(("change", "letters"), [
    ({"flags": FLAGGED}, 1), ({"flags": ["a-mark-nobody-told-us-of"]}, 1),
    ({"crime_type": "stalking"}, 1), ({"flags": ["knife-crime"]}, 0),
    ({"crime_type": "antisocial-behaviour"}, 0), ({"summary": "A red tandem"}, 0),
])
def test_the_officer_is_told_when_a_case_comes_to_need_care(
    app: Flask, case: None, change: dict[str, Any], letters: int
) -> None:
    take(app, amended(2, **change), announce=True)
    assert alerts(app) == letters
    assert {one.staff_id for one in rows(app, Notice)} <= {meet(app).staff}


def test_a_case_that_was_never_shown_alerts_nobody(app: Flask) -> None:
    take(app, recorded(flags=FLAGGED), allocated(), announce=True)
    take(app, amended(2, crime_type="stalking"), announce=True)
    assert alerts(app) == 0


def test_one_change_is_told_once_however_often_it_is_said(app: Flask, case: None) -> None:
    first = amended(2, flags=FLAGGED)
    take(app, first, announce=True)
    take(app, amended(3, flags=FLAGGED), announce=True)
    take(app, amended(4, crime_type="stalking"), announce=True)
    with app.app_context(), force_scope(HERTS):
        assert take_in(host().get(HERTS).force, "niche", [first])[0].status == "repeated"
    assert alerts(app) == 1


def test_the_next_change_is_told_again_and_the_way_back_is_not(app: Flask, case: None) -> None:
    for day, flags in ((2, FLAGGED), (3, CLEARED), (4, FLAGGED)):
        take(app, amended(day, flags=flags), announce=True)
    assert alerts(app) == 2
    assert [action for action, _ in audited(app)] == ["case_not_shown", "case_shown", "case_not_shown"]
    assert audited(app)[0][1] == {"reason": "sensitive_flag"}


def test_older_news_that_comes_late_alerts_nobody(app: Flask, case: None) -> None:
    take(app, amended(5, flags=CLEARED), announce=True)
    take(app, amended(2, flags=FLAGGED), announce=True)
    assert alerts(app) == 0
    take(app, amended(6, flags=FLAGGED), announce=True)
    assert alerts(app) == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_what_comes_and_goes_in_one_batch_alerts_nobody(app: Flask, case: None, turn: int) -> None:
    batch = [amended(2, flags=FLAGGED), amended(3, flags=CLEARED)]
    take(app, *batch[::turn], announce=True)
    assert alerts(app) == 0


def test_words_of_safety_in_news_that_waits_alert_the_officer_too(app: Flask, case: None) -> None:
    waiting = amended(2, crime_type="no-such-type", flags=FLAGGED)
    with app.app_context(), force_scope(HERTS):
        assert take_in(host().get(HERTS).force, "niche", [waiting])[0].status == "parked"
        db.session.commit()
    assert alerts(app) == 1


def test_news_that_is_to_be_quiet_alerts_nobody(app: Flask, case: None) -> None:
    take(app, amended(2, flags=FLAGGED), announce=False)
    assert alerts(app) == 0


def test_the_letter_says_no_case_no_name_and_no_reason(app: Flask, case: None) -> None:
    take(app, amended(2, flags=FLAGGED), announce=True)
    with app.app_context(), force_scope(HERTS):
        letter = letter_for(db.session.scalars(sa.select(Notice)).one())
    assert letter.to == "officer1@example.org"
    assert "no longer shown online" in letter.subject
    assert "People on it get no emails" in letter.text
    assert "/desk/" in letter.text
    for word in ("41/1/24", "Khan", "Amina", "bicycle", "abuse", "flag", "sensitive"):
        assert word.lower() not in f"{letter.subject}{letter.text}{letter.html}".lower()


def test_a_letter_about_a_case_that_is_shown_again_is_withheld(app: Flask, case: None) -> None:
    take(app, amended(2, flags=FLAGGED), announce=True)
    take(app, amended(3, flags=CLEARED))
    jobs.work(app)
    assert [(one.state, one.reason) for one in rows(app, Notice)] == [
        ("withheld", "the case is shown online again")]


def test_the_people_on_the_case_get_nothing_even_what_was_promised(app: Flask) -> None:
    take(app, recorded(people=[person(1), person(2)]), allocated(), announce=True)
    take(app, amended(2, flags=FLAGGED), announce=True)
    jobs.work(app)
    ends = {(one.kind, one.state) for one in rows(app, Notice) if one.person_id}
    assert ends == {("entry", "withheld")}
    assert person_browser(app, meet(app)).get(f"/case/{meet(app).case}").status_code == 404


def desk_text(app: Flask, path: str) -> str:
    answer = officer_browser(app, meet(app).staff).get(path)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_the_desk_says_why_a_case_is_not_shown_and_when_it_is_again(app: Flask, case: None) -> None:
    page = f"/desk/case/{meet(app).case}"
    for path in ("/desk/", page):
        assert "hown online" not in desk_text(app, path)
    take(app, amended(2, flags=FLAGGED))
    for path in ("/desk/", page):
        assert "Not shown online: a flag on the record says that it needs care." in desk_text(app, path)
    assert "It was taken offline on" in desk_text(app, page)
    take(app, amended(3, flags=CLEARED))
    assert "Not shown online" not in desk_text(app, "/desk/")
    assert "Shown online again since" in desk_text(app, page)
    take(app, amended(4, crime_type="stalking"))
    assert "Not shown online: crimes of this kind need care." in desk_text(app, page)


def test_the_desk_lists_a_case_that_never_opened_with_its_reason(app: Flask) -> None:
    take(app, recorded(crime_type="antisocial-behaviour"), allocated())
    assert "Not shown online: crimes of this kind are not open here." in desk_text(app, "/desk/")
    assert "taken offline" not in desk_text(app, f"/desk/case/{meet(app).case}")


def careful(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The force's file now says that bicycle theft needs care; the portal was started again."""
    found = host(app).get(HERTS)
    kinds = tuple(kind.model_copy(update={"sensitive": True}) if kind.id == "bicycle-theft" else kind
                  for kind in found.force.chosen_crime_types)
    force = found.force.model_copy(update={"chosen_crime_types": kinds})
    for name in ("crime_types", "_crime_types"):
        vars(force).pop(name, None)
    monkeypatch.setitem(host(app).installed, HERTS, replace(found, force=force))
    JUDGED.pop(app)


def test_a_file_that_comes_to_say_with_care_hides_cases_after_the_start(
    app: Flask, case: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(app, event("crime.progress", time="2024-04-02T10:00:00Z", text="News."), announce=True)
    person_on_it = person_browser(app, meet(app))
    careful(app, monkeypatch)
    jobs.run(app, "judge_cases_after_start", HERTS)
    assert person_on_it.get(f"/case/{meet(app).case}").status_code == 404
    assert audited(app) == [("case_not_shown", {"reason": "sensitive_crime_type"})]
    jobs.run(app, "judge_cases_after_start", HERTS)
    JUDGED.pop(app)
    jobs.run(app, "judge_cases_after_start", HERTS)
    assert [one.kind for one in rows(app, Notice)].count("case_silent") == 1


def test_looking_for_what_needs_care_commits_nothing(
    app: Flask, case: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job does, after each part."""
    careful(app, monkeypatch)
    with app.app_context(), force_scope(HERTS):
        assert [part.closed for part in judging.hide_what_needs_care()] == [1]
        db.session.rollback()
    assert (audited(app), rows(app, Notice)) == ([], [])


def test_a_file_that_opens_less_takes_no_case_away_by_itself(
    app: Flask, case: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = host(app).get(HERTS)
    closed = found.force.model_copy(update={"status": "closed"})
    monkeypatch.setitem(host(app).installed, HERTS, replace(found, force=closed))
    JUDGED.pop(app)
    jobs.run(app, "judge_cases_after_start", HERTS)
    assert (audited(app), rows(app, Notice)) == ([], [])
