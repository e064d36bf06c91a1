"""She says how often and in which way, her officer may change it and says why; nobody else reads or does."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Person
from core.hookspecs import AgreedWay
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from plugins.contact_plan.models import ContactPlan
from plugins.contact_plan.plans import agree
from plugins.contact_plan.rhythm import Every
from tests.conftest import AVON, HERTS
from tests.pages import Browser, shown
from tests.people import (
    Met,
    form_on,
    meet,
    officer_browser,
    person_browser,
    sign_in_as,
    staff_id,
    take,
)
from tests.plugins.contact_plan.agreed import HERS, REASON, WAYS, desk_page, her_page
from tests.rows import rows


def plans(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context(), force_scope(HERTS):
        found = db.session.scalars(sa.select(ContactPlan).order_by(ContactPlan.id))
        return [(one.every, one.way, one.staff_id, one.reason) for one in found]


def safe_contact(app: Flask, met: Met, **safe: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        one = db.session.scalars(sa.select(Person).where(Person.id == met.people["P1"])).one()
        one.safe_contact, one.phone = json.dumps(safe), "07700 900982"
        db.session.commit()


def test_she_is_asked_on_her_case_and_a_sensible_answer_is_ticked(app: Flask, met: Met) -> None:
    hers = person_browser(app, met)
    asked = hers.get(f"/case/{met.case}").get_data(as_text=True)
    assert "How often would you like to hear from us?" in asked and hers.path(her_page(met)) in asked
    page = hers.get(her_page(met)).get_data(as_text=True)
    assert form_on(page, hers.path(her_page(met))).keys() == {"csrf_token", "every", "way", "reason"}
    ticked = dict(re.findall(r'name="(every|way)" type="radio" value="(\w+)" checked', page))
    assert ticked == {"every": "every_28_days", "way": "email"}
    assert hers.post(her_page(met), ticked).status_code == 303
    assert plans(app) == [("every_28_days", "email", None, None)]
    text = shown(hers, f"/case/{met.case}")
    assert "We agreed: every 28 days, by email." in text and "would you like to hear" not in text


def test_she_may_change_it_at_any_time_and_need_not_say_why(app: Flask, met: Met) -> None:
    hers = person_browser(app, met)
    hers.post(her_page(met), HERS)
    hers.post(her_page(met), {"every": "when_something_happens", "way": "portal", "reason": "Quiet, please."})
    text = shown(hers, her_page(met))
    assert "We agreed: only when something happens, here in the portal." in text
    assert "What was agreed before" in text and "Every week, by email" in text
    assert [one[0] for one in plans(app)] == ["weekly", "when_something_happens"], "only added to"
    assert "Quiet, please." in shown(officer_browser(app, met.staff), f"/desk/case/{met.case}")


def test_the_same_again_changes_nothing_and_another_reason_is_kept(app: Flask, met: Met) -> None:
    hers, officers = person_browser(app, met), officer_browser(app, met.staff)
    for _ in range(2):
        assert hers.post(her_page(met), HERS).status_code == 303
    assert len(plans(app)) == 1
    for reason in (REASON, REASON, "And ill until June."):
        assert officers.post(desk_page(met), {**HERS, "reason": reason}).status_code == 303
    assert [one[3] for one in plans(app)] == [None, REASON, "And ill until June."]
    hers.post(her_page(met), HERS)  # what her officer chose for her she may choose herself
    assert plans(app)[-1][2] is None and "You chose this on 5 March 2024." in shown(hers, her_page(met))


def test_her_officer_changes_it_with_a_reason_that_she_reads(app: Flask, met: Met) -> None:
    hers, officers = person_browser(app, met), officer_browser(app, met.staff)
    hers.post(her_page(met), HERS)
    assert "Agreed: every week, by email." in shown(officers, f"/desk/case/{met.case}")
    changed = officers.post(desk_page(met), {"every": "two_weekly", "way": "email", "reason": REASON})
    assert changed.status_code == 303
    assert plans(app)[-1] == ("two_weekly", "email", met.staff, REASON)
    for path in (f"/case/{met.case}", her_page(met)):
        text = shown(hers, path)
        assert "We agreed: every 2 weeks, by email." in text
        assert "Your officer changed this on 5 March 2024:" in text and REASON in text
    sealed = rows(app, ContactPlan)[-1].reason_sealed
    assert REASON.encode() not in sealed


@pytest.mark.parametrize(("reason", "why"), [
    ("", "Say why"), (" \r\n ", "Say why"), ("long " * 101, "500 characters or fewer"),
    ("\x00a", "Take it out"),
])
def test_an_officer_says_why_or_changes_nothing(app: Flask, met: Met, reason: str, why: str) -> None:
    officers = officer_browser(app, met.staff)
    answer = officers.post(desk_page(met), {**HERS, "reason": reason})
    assert answer.status_code == 400 and why in answer.get_data(as_text=True) and plans(app) == []


@pytest.mark.parametrize("filled", [
    {"every": "daily", "way": "email"}, {"every": "weekly", "way": "pigeon"}, {"every": "weekly"}, {},
    {"every": "weekly", "way": "email", "reason": "long " * 101},
])
def test_what_is_no_choice_is_explained_and_not_kept(app: Flask, met: Met, filled: dict[str, str]) -> None:
    answer = person_browser(app, met).post(her_page(met), filled)
    assert answer.status_code == 400 and "There is a problem" in answer.get_data(as_text=True)
    assert plans(app) == []


# --- whose it is ----------------------------------------------------------------------------------


@pytest.fixture
def others(app: Flask) -> dict[str, Browser]:
    """Who has nothing to do with her case, and her officer's unit."""
    take(app, recorded(), allocated(), recorded("41/2/24", people=[person(2)]),
         allocated("41/2/24", officer=officer(2, unit="Stevenage CID")))
    take(app, recorded("41/3/24", district="bristol", people=[person(3)]), allocated("41/3/24"), force=AVON)
    elsewhere = meet(app, "41/3/24", force=AVON)
    return {
        "her": person_browser(app, meet(app)), "her officer": officer_browser(app, meet(app).staff),
        "a stranger": person_browser(app, meet(app, "41/2/24"), "P2"), "nobody": Browser(app, HERTS),
        "an officer of another unit": officer_browser(app, staff_id(app, "O2")),
        "an officer of another force": sign_in_as(Browser(app, AVON), staff_id=elsewhere.staff),
        "a person of another force": sign_in_as(Browser(app, AVON), person_id=elsewhere.people["P3"]),
    }


@pytest.mark.parametrize(("who", "hers", "desk"), [
    ("her", True, False), ("her officer", False, True), ("a stranger", False, False),
    ("nobody", False, False), ("an officer of another unit", False, False),
    ("an officer of another force", False, False), ("a person of another force", False, False),
])
def test_she_and_her_officer_see_and_change_it_and_nobody_else(
    app: Flask, others: dict[str, Browser], who: str, hers: bool, desk: bool
) -> None:
    met, one = meet(app), others[who]
    for path, may, filled in ((her_page(met), hers, HERS),
                              (desk_page(met), desk, {**HERS, "reason": REASON})):
        assert (one.get(path).status_code == 200) is may
        assert may or "Staying in contact" not in one.get(path).get_data(as_text=True)
        kept = len(plans(app))
        one.post(path, filled, form_at="/safety")
        assert len(plans(app)) == kept + may


def test_nobody_can_be_reached_through_a_case_that_is_not_theirs(
    app: Flask, others: dict[str, Browser]
) -> None:
    met, other = meet(app), meet(app, "41/2/24")
    mixed = f"/desk/case/{met.case}/contact-plan/{other.people['P2']}"
    assert others["her officer"].get(mixed).status_code == 404
    sent = others["her officer"].post(mixed, {**HERS, "reason": REASON}, form_at=desk_page(met))
    assert sent.status_code == 404 and plans(app) == []
    assert others["her officer"].get(desk_page(met)).status_code == 200


def test_with_who_is_no_longer_on_the_case_nothing_is_agreed(app: Flask, met: Met) -> None:
    officers = officer_browser(app, met.staff)
    assert officers.get(desk_page(met)).status_code == 200
    take(app, event("person.amended", time="2024-03-02T10:00:00Z", person=person(), removed=True))
    assert officers.get(desk_page(met)).status_code == 404
    assert "Nobody is named on this case." in shown(officers, f"/desk/case/{met.case}")


def test_staff_never_change_it_without_a_reason(app: Flask, met: Met) -> None:
    with app.app_context(), force_scope(HERTS):
        with pytest.raises(ValueError, match="why"):
            agree(met.case, met.people["P1"], Every.WEEKLY, AgreedWay.EMAIL, staff_id=met.staff)
        agree(met.case, met.people["P1"], Every.WEEKLY, AgreedWay.EMAIL, staff_id=met.staff, reason=REASON)


def test_who_only_looks_sees_it_and_changes_nothing(app: Flask, others: dict[str, Browser]) -> None:
    met, looker = meet(app), others["an officer of another unit"]
    others["her"].post(her_page(met), HERS)
    looker.post("/desk/reason", {"reference": "41/1/24", "reason": "covering",
                                 "words": "I look after this case while its officer is on leave."})
    text = looker.get(f"/desk/case/{met.case}").get_data(as_text=True)
    assert "Agreed: every week, by email." in text and "contact-plan/" not in text
    assert looker.get(desk_page(met)).status_code == 404
    other = {**HERS, "every": "two_weekly", "reason": REASON}
    refused = looker.post(desk_page(met), other, form_at="/desk/reason")
    assert refused.status_code == 404
    assert len(plans(app)) == 1
    assert "contact-plan/" in others["her officer"].get(f"/desk/case/{met.case}").get_data(as_text=True)


# --- only what is safe ----------------------------------------------------------------------------


@pytest.mark.parametrize(("safe", "offered"), [
    ({}, {"email", "text", "call", "portal"}), ({"channels": ["email"]}, {"email", "portal"}),
    ({"channels": ["phone"]}, {"call", "portal"}), ({"channels": []}, {"portal"}),
    ({"silent": True}, {"portal"}),
])
def test_only_ways_that_are_safe_are_offered_and_taken(
    app: Flask, met: Met, safe: dict[str, Any], offered: set[str]
) -> None:
    safe_contact(app, met, **safe)
    for one, path in ((person_browser(app, met), her_page(met)),
                      (officer_browser(app, met.staff), desk_page(met))):
        page = one.get(path).get_data(as_text=True)
        assert {way for way in WAYS if f'value="{way}"' in page} == offered
        for way in WAYS:
            status = one.post(path, {"every": "weekly", "way": way, "reason": REASON}).status_code
            assert status == (303 if way in offered else 400)


def test_a_way_that_is_no_longer_safe_is_told_to_both(app: Flask, met: Met) -> None:
    hers, officers = person_browser(app, met), officer_browser(app, met.staff)
    hers.post(her_page(met), HERS)
    assert "no longer safe" not in shown(hers, f"/case/{met.case}")
    assert "not safe" not in shown(officers, desk_page(met))
    safe_contact(app, met, channels=["phone"])
    for path in (f"/case/{met.case}", her_page(met)):
        assert "Email is no longer safe for you" in shown(hers, path)
    page = hers.get(her_page(met)).get_data(as_text=True)
    assert 'value="call" checked' in page, "the best of those that are"
    for path in (f"/desk/case/{met.case}", desk_page(met)):
        assert "That way is not safe any more, or not possible. Do not use it." in shown(officers, path)
