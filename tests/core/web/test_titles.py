"""Who has several reports open sees which tab is which; who looks over a shoulder, or at the history, learns
no more than that there is a report."""

from __future__ import annotations

from typing import Any

from flask import Flask

from core.testing import allocated, recorded
from core.testing.browser import words
from tests.people import meet, officer_browser, person_browser, take

DAYS = {"41/1/24": ("2024-03-01T12:00:00Z", "1 March 2024", "1 Mawrth 2024"),
        "41/2/24": ("2024-02-03T12:00:00Z", "3 February 2024", "3 Chwefror 2024")}


def title_at(browser: Any, path: str) -> str:
    assert browser.get(path).status_code == 200
    return words(browser.page.title)


def test_pages_of_two_cases_have_two_titles_which_name_neither_reference_nor_crime(app: Flask) -> None:
    for reference, (day, *_) in DAYS.items():
        take(app, recorded(reference, time=day), allocated(reference))
    cases = {reference: meet(app, reference) for reference in DAYS}
    met = cases["41/1/24"]
    amina, officer = person_browser(app, met), officer_browser(app, met.staff)
    for at, reader in (("/case/{}", amina), ("/case/{}/messages", amina), ("/desk/case/{}", officer)):
        for language, place in (("en", 1), ("cy", 2)):
            titles = {}
            for reference, day in DAYS.items():
                path = at.format(cases[reference].case)
                titles[reference] = title_at(reader, f"{path}?lang={language}")
                assert day[place] in titles[reference]
                assert reference not in titles[reference]
                assert "icycle" not in titles[reference]
            assert len(set(titles.values())) == 2, titles
