"""One function answers for all: the way in, the sender of the news, the desk, and both pages."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from core.force.eligibility import eligibility, why_not_shown
from core.force.file.reading import build_force
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, recorded
from plugins.eligibility.questions import IN_PERSON, Question, answer
from tests.conftest import HERTS
from tests.core.force.force_texts import GOOD
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser

TABLE = [
    ("bicycle-theft", "watford", "2024-03-01", (), "offered"),
    ("bicycle-theft", "watford", "2024-03-01", ("knife-crime",), "offered"),
    ("bicycle-theft", "watford", "2016-04-01", (), "offered"),
    ("bicycle-theft", "watford", "2016-03-31", (), "not_open_yet"),
    ("bicycle-theft", "hertsmere", "2016-12-31", (), "not_open_yet"),
    ("bicycle-theft", "hertsmere", "2017-01-01", (), "offered"),
    ("shoplifting", "watford", "2016-06-01", (), "not_open_yet"),
    ("antisocial-behaviour", "watford", "2024-03-01", (), "crime_type_not_covered"),
    ("stalking", "watford", "2024-03-01", (), "sensitive_crime_type"),
    ("bicycle-theft", "watford", "2024-03-01", ("domestic-abuse",), "sensitive_flag"),
    ("bicycle-theft", "watford", "2024-03-01", ("a-mark-nobody-told-us-of",), "sensitive_flag"),
]


@pytest.mark.parametrize(("kind", "district", "day", "flags", "reason"), TABLE)
def test_everybody_hears_the_same(
    app: Flask, kind: str, district: str, day: str, flags: tuple[str, ...], reason: str
) -> None:
    force, on = host(app).get(HERTS).force, date.fromisoformat(day)
    found = eligibility(force, district, kind, flags, on)
    assert found.reason == reason

    news = [recorded(crime_type=kind, district=district, time=f"{day}T10:00:00Z", flags=list(flags)),
            allocated(time=f"{day}T11:00:00Z")]
    with app.app_context(), force_scope(HERTS):
        results = take_in(force, "niche", news)
        db.session.commit()
    assert results[0].offered is found.offered
    assert results[0].detail == (None if found.offered else f"not offered: {reason}")

    met = meet(app)
    opened = person_browser(app, met).get(f"/case/{met.case}").status_code
    assert opened == (200 if found.offered else 404)

    officer = officer_browser(app, met.staff)
    for path in ("/desk/", f"/desk/case/{met.case}"):
        assert (str(why_not_shown(reason)) in officer.get(path).text) is not found.offered

    year, month, of_month = day.split("-")
    asked = {"kind": kind, "district": district, "reported-day": of_month,
             "reported-month": month, "reported-year": year}
    if not set(flags) - {"knife-crime"}:  # the public page knows of no flag
        public = Browser(app, HERTS)
        public.get("/can-i-track", query_string=asked, follow_redirects=True)
        assert public.page and str(found.text) in public.page.text
    flagged = "yes" if reason == "sensitive_flag" else ""
    officer.get("/desk/can-they-track", query_string={**asked, "flagged": flagged})
    assert officer.page and str(found.text) in officer.page.text


def test_support_is_the_same_for_every_crime_that_needs_care(app: Flask) -> None:
    text = GOOD.replace("[[phases]]", """[[support]]
id = "for-some"
name = "For some"
phone = "0808 157 0001"
crime_types = ["rape"]

[[phases]]""", 1).replace('"bicycle-theft",\n', '"bicycle-theft", "stalking",\n', 1)
    force, today = build_force(text), date(2016, 6, 1)
    with app.test_request_context("/"):
        offers = {
            kind: [one.id for one in answer(force, Question(kind, "north-side", today), today).services]
            for kind in ("rape", "stalking", IN_PERSON)
        }
        plain = answer(force, Question("bicycle-theft", "north-side", today), today)
    assert offers["rape"] == offers["stalking"] == offers[IN_PERSON]
    assert "for-some" in offers[IN_PERSON]
    assert "for-some" not in [one.id for one in plain.services]
