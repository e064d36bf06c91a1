"""The officer's list of cases: whose they are, in which order, and how to find one."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, sign_in_as, staff_id, take
from tests.plugins.officer_desk.one_case import ask
from tests.statements import statements_heard


def cases(app: Flask, numbers: range, *, officer_number: int = 1) -> None:
    """Cases of one officer; the higher the number, the newer the news."""
    take(
        app,
        *(
            one
            for number in numbers
            for one in (
                recorded(f"41/{number}/24", people=[person(number)]),
                allocated(
                    f"41/{number}/24",
                    time=f"2024-03-02T{number // 60:02}:{number % 60:02}:00Z",
                    officer=officer(officer_number),
                ),
            )
        ),
    )


def listed(browser: Browser, path: str = "/desk/") -> list[str]:
    """The references on the page, from the top."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return re.findall(r'class="tmc-desk__title"><a [^>]*><bdi>(.*?)</bdi></a>', answer.get_data(as_text=True))


def next_page(browser: Browser) -> str | None:
    assert browser.page
    found = [link for link in browser.page.links if "after=" in link]
    return found[0] if found else None


def searched(browser: Browser, typed: str) -> list[str]:
    answer = browser.post("/desk/", {"reference": typed})
    assert answer.status_code == 303
    return listed(browser, str(answer.location))


def o1(app: Flask) -> UUID:
    return staff_id(app, "O1")


def test_an_officer_sees_their_own_cases_and_no_others(app: Flask) -> None:
    cases(app, range(1, 3))
    cases(app, range(3, 4), officer_number=2)
    assert listed(officer_browser(app, o1(app))) == ["41/2/24", "41/1/24"]
    assert listed(officer_browser(app, staff_id(app, "O2"))) == ["41/3/24"]


def test_the_other_force_has_a_list_of_its_own(app: Flask) -> None:
    cases(app, range(1, 2))
    take(app, recorded("5224000001", district="bristol"), allocated("5224000001"), force=AVON)
    avon = officer_browser(app, staff_id(app, "O1", force=AVON), force=AVON)
    assert listed(avon) == ["5224000001"]
    assert listed(officer_browser(app, o1(app))) == ["41/1/24"]


def test_somebody_who_is_no_officer_does_not_see_the_desk(app: Flask) -> None:
    cases(app, range(1, 2))
    assert Browser(app, HERTS).get("/desk/").status_code in (303, 404)
    amina = person_browser(app, meet(app, "41/1/24"))
    answer = amina.get("/desk/")
    assert answer.status_code in (303, 404)
    assert "41/1/24" not in answer.get_data(as_text=True)
    assert listed(officer_browser(app, o1(app))) == ["41/1/24"]


def test_who_waits_for_an_answer_comes_first_then_the_latest_news(app: Flask) -> None:
    cases(app, range(1, 5))
    ask(app, meet(app, "41/2/24"), "Any news?", "P2")
    ask(app, meet(app, "41/2/24"), "Hello?", "P2")
    desk = officer_browser(app, o1(app))
    assert listed(desk) == ["41/2/24", "41/4/24", "41/3/24", "41/1/24"]
    assert desk.page
    assert "2 new messages" in desk.page.text
    desk.get(f"/desk/case/{meet(app, '41/2/24').case}")
    assert listed(desk) == ["41/2/24", "41/4/24", "41/3/24", "41/1/24"]
    assert "new message" not in desk.page.text
    assert "Waits for your answer since today" in desk.page.text


def test_a_row_says_what_kind_of_crime_and_where_it_stands(app: Flask) -> None:
    cases(app, range(1, 2))
    take(app, event("crime.progress", "41/1/24", time="2024-03-04T10:00:00Z", stage="decision"))
    desk = officer_browser(app, o1(app))
    listed(desk)
    assert desk.page
    for words in ("pedal cycle", "Waiting for a decision", "4 March 2024"):
        assert words in desk.page.text


@pytest.mark.parametrize("typed", [
    "41/3/24", "41 3 24", "41-3-24", " 41/3/24 ", "41/0003/24", "41/3/2024", "4l/3/24", "41/00003/2024"])
def test_a_case_is_found_however_the_reference_is_typed(app: Flask, typed: str) -> None:
    cases(app, range(1, 5))
    desk = officer_browser(app, o1(app))
    assert searched(desk, typed) == ["41/3/24"]


def test_a_colleagues_case_is_not_found(app: Flask) -> None:
    cases(app, range(1, 2))
    cases(app, range(2, 3), officer_number=2)
    desk = officer_browser(app, o1(app))
    assert searched(desk, "41/2/24") == []
    assert desk.page
    assert "None of your cases has this reference" in desk.page.text
    assert searched(officer_browser(app, staff_id(app, "O2")), "41/2/24") == ["41/2/24"]


@pytest.mark.parametrize("typed", ["%", "_", "'", "\\", "\U0001f6b2", "\0"])
def test_odd_signs_in_the_search_do_no_harm(app: Flask, typed: str) -> None:
    cases(app, range(1, 2))
    searched(officer_browser(app, o1(app)), typed)


def test_what_an_officer_looks_for_stays_out_of_addresses_and_with_them(app: Flask) -> None:
    cases(app, range(1, 5))
    desk = officer_browser(app, o1(app))
    answer = desk.post("/desk/", {"reference": "41/3/24"})
    assert answer.location == f"/{HERTS}/desk/?found=1"
    assert len(listed(desk)) == 4
    assert listed(desk, "/desk/?found=1") == ["41/3/24"]
    assert len(listed(officer_browser(app, o1(app)), "/desk/?found=1")) == 4
    assert desk.post("/desk/", {"reference": " "}).location == f"/{HERTS}/desk/"


def test_a_long_list_comes_in_pages_without_loss_or_repeats(app: Flask) -> None:
    cases(app, range(1, 61))
    for number in (3, 7):
        ask(app, meet(app, f"41/{number}/24"), "Any news?", f"P{number}")
    desk = officer_browser(app, o1(app))
    seen = listed(desk)
    sizes = [len(seen)]
    while path := next_page(desk):
        more = listed(desk, path)
        sizes.append(len(more))
        seen += more
    assert sizes == [25, 25, 10]
    rest = [n for n in range(60, 0, -1) if n not in (3, 7)]
    assert seen == [f"41/{number}/24" for number in (7, 3, *rest)]


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "1_2_3",
        "1_2024-03-02T10:00:00_00000000000000000000000000000000",
        "__",
        "1_2024-03-02T10:00:00+00:00_zz",
    ],
)
def test_an_address_of_a_page_that_never_was_is_not_found(app: Flask, after: str) -> None:
    cases(app, range(1, 2))
    desk = officer_browser(app, o1(app))
    assert desk.get("/desk/", query_string={"after": after}).status_code == 404


def test_an_officer_without_cases_is_told_how_they_come(app: Flask) -> None:
    cases(app, range(1, 2))
    take(app, allocated("41/1/24", time="2024-03-05T10:00:00Z", officer=officer(2)))
    desk = officer_browser(app, o1(app))
    assert listed(desk) == []
    assert desk.page
    assert "You have no cases here yet" in desk.page.text


def test_the_list_leads_to_those_who_cannot_sign_in(app: Flask) -> None:
    cases(app, range(1, 2))
    desk = officer_browser(app, o1(app))
    listed(desk)
    assert desk.page
    assert f"/{HERTS}/desk/people.csv" in desk.page.links


def test_opening_the_list_leaves_a_mark_in_the_audit(app: Flask) -> None:
    cases(app, range(1, 3))
    listed(officer_browser(app, o1(app)))
    with app.app_context(), force_scope(HERTS):
        found = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "cases_listed")
        ).one()
        assert (found.actor, found.actor_id, found.fields) == ("staff", o1(app), {"count": 2})


def test_a_list_costs_the_same_number_of_queries_however_long(app: Flask) -> None:
    cases(app, range(1, 3))
    few = _statements(officer_browser(app, o1(app)))
    cases(app, range(3, 26))
    for number in range(3, 26):
        ask(app, meet(app, f"41/{number}/24"), "Any news?", f"P{number}")
    assert _statements(officer_browser(app, o1(app))) == few


def _statements(browser: Browser) -> int:
    with statements_heard() as heard:
        assert browser.get("/desk/").status_code == 200
    return len(heard)


def test_the_desk_is_there_in_welsh(app: Flask) -> None:
    cases(app, range(1, 2))
    answer = officer_browser(app, o1(app)).get("/desk/?lang=cy")
    assert answer.status_code == 200
    assert '<html lang="cy"' in answer.get_data(as_text=True)


def test_the_desk_has_no_exit_control(app: Flask) -> None:
    cases(app, range(1, 2))
    desk = officer_browser(app, o1(app))
    assert "exit-this-page" not in desk.get("/desk/").get_data(as_text=True)
    amina = sign_in_as(Browser(app, HERTS), person_id=meet(app, "41/1/24").people["P1"])
    assert "exit-this-page" in amina.get(f"/case/{meet(app, '41/1/24').case}").get_data(
        as_text=True
    )
