"""Who of the staff opens which case: by leading it, by unit, by supervising, or with a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases import relations
from core.cases.models import Staff
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing import allocated, officer, recorded
from core.testing.kit import Post
from plugins.oversight.models import BreakGlass
from tests.conftest import HERTS
from tests.people import Met, meet, staff_id, take
from tests.plugins.officer_desk.one_case import at
from tests.plugins.oversight.reasons import UNITS, WORDS, browser, give_reason, written
from tests.rows import rows
from tests.security.audited import audited
from tests.security.checklist import protection, requirement


@requirement("D2")
@pytest.mark.parametrize(("number", "status"), [
    (1, 200), (2, 200), (3, 404), (4, 200), (5, 404), (6, 404), (7, 404),
])
def test_a_case_opens_to_its_officer_its_unit_and_its_supervisor_alone(
    app: Flask, met: Met, number: int, status: int
) -> None:
    assert browser(app, number).get(at(met)).status_code == status
    seen = [entry.fields["relation"] for entry in written(app, "case_seen")]
    assert seen == ({1: ["lead"], 2: ["unit"], 4: ["supervisor"]}.get(number, []))
    assert len(written(app, "refused")) == (status == 404)


@requirement("D2")
@pytest.mark.parametrize("more", [{"service_level": "enhanced"}, {"flags": ["domestic-abuse"]},
                                  {"flags": ["never-heard-of"]}])
def test_a_case_that_needs_care_is_closed_to_the_unit_but_not_to_officer_and_supervisor(
    app: Flask, met: Met, more: dict[str, Any]
) -> None:
    take(app, recorded("41/77/24", **more), allocated("41/77/24"))
    sensitive = meet(app, "41/77/24")
    opened = {n: browser(app, n).get(at(sensitive)).status_code for n in (1, 2, 4)}
    assert opened == {1: 200, 2: 404, 4: 200}
    lists = {n: browser(app, n).get("/desk/unit").text for n in (2, 4)}
    assert "41/77/24" not in lists[2]
    assert "41/1/24" in lists[2]
    assert "41/77/24" in lists[4]


def test_the_list_of_the_unit_holds_what_its_members_may_open(app: Flask, met: Met) -> None:
    listed = {n: browser(app, n).get("/desk/unit") for n in UNITS}
    assert {n: answer.status_code for n, answer in listed.items()} == {
        1: 200, 2: 200, 3: 200, 4: 200, 5: 200, 6: 404, 7: 404}
    assert {n for n in (1, 2, 3, 4, 5) if "41/1/24" in listed[n].text} == {1, 2, 4}
    assert {n for n in (1, 2, 3, 4, 5) if "41/4/24" in listed[n].text} == {3, 5}


def test_an_officer_without_a_unit_has_no_colleagues(app: Flask, met: Met) -> None:
    take(app, *(one for n in (61, 62) for one in (
        recorded(f"41/{n}/24"), allocated(f"41/{n}/24", officer=officer(n, unit=None)))))
    other = meet(app, "41/62/24")
    assert browser(app, 61).get(at(other)).status_code == 404
    assert browser(app, 62).get(at(other)).status_code == 200


@audited("break_glass_opened")
@requirement("D7", "D8")
def test_without_a_reason_a_case_of_another_unit_is_like_one_that_never_was(
    app: Flask, met: Met
) -> None:
    stranger = browser(app, 3)
    missing = stranger.get("/desk/case/00000000-0000-7000-8000-000000000000")
    theirs = stranger.get(at(met))
    assert (theirs.status_code, masked(theirs, met)) == (missing.status_code, masked(missing, met))
    for words, reason in ((WORDS, ""), ("", "covering"), ("Because.", "covering"),
                          ("a" * 40, "covering"), (WORDS, "curious")):
        answers = {
            masked(give_reason(stranger, reference, reason, words), met)
            for reference in ("41/1/24", "41/9999/24")
        }
        assert len({answer.replace("41/9999/24", "41/1/24") for answer in answers}) == 1
        assert stranger.get(at(met)).status_code == 404
    assert rows(app, BreakGlass) == []
    assert give_reason(stranger).status_code == 303
    assert stranger.get(at(met)).status_code == 200


@requirement("D8")
def test_what_is_too_long_for_a_reason_comes_back_as_far_as_a_page_holds_it(app: Flask, met: Met) -> None:
    answer = give_reason(browser(app, 3), words="y" * 2001)
    assert answer.status_code == 400
    assert ">" + "y" * 2000 + "<" in answer.text


def masked(answer: Any, met: Met) -> str:
    text = re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", answer.text)
    return text.replace(str(met.case), "ID").replace("00000000-0000-7000-8000-000000000000", "ID")


@requirement("D8")
@requirement("D8")
def test_who_chooses_the_other_language_keeps_what_they_wrote_and_opens_nothing(
    app: Flask, met: Met
) -> None:
    one = browser(app, 3)
    page = one.get("/desk/reason").text
    assert f'formaction="{one.path("/desk/reason")}?lang=cy" name="keep"' in page
    answer = one.post("/desk/reason?lang=cy", {
        "reference": "41/1/24", "reason": "linked", "words": WORDS, "keep": "1"}, form_at="/desk/reason")
    assert answer.status_code == 200 and 'lang="cy"' in answer.text
    assert WORDS in answer.text and 'value="41/1/24"' in answer.text
    assert re.search(r'value="linked"[^>]*checked', answer.text)
    assert written(app, "break_glass_opened") == written(app, "break_glass_found_nothing") == []
    assert WORDS not in one.get("/desk/reason").text, "it is kept in the page alone"
    assert give_reason(one).status_code == 303


def test_a_reason_opens_one_case_for_an_hour_to_read_only(app: Flask, met: Met) -> None:
    stranger = browser(app, 3)
    assert give_reason(stranger).headers["Location"].endswith(at(met))
    page = stranger.get(at(met)).text
    assert "closes to you in 60 minutes" in page
    assert "/update" not in page
    assert "sign-in-code" not in page
    own = f"/desk/case/{meet(app, '41/4/24').case}"
    for act in ("/update", f"/messages/{met.people['P1']}", f"/sign-in-code/{met.people['P1']}"):
        assert stranger.post(at(met) + act, {"text": "Mine"}, form_at=own).status_code == 404
    assert stranger.get(f"/desk/case/{meet(app, '41/3/24').case}").status_code == 404
    with clock.travel(clock.now() + timedelta(minutes=59)):
        assert browser(app, 3).get(at(met)).status_code == 200
    with clock.travel(clock.now() + timedelta(minutes=61)):
        assert browser(app, 3).get(at(met)).status_code == 404
    seen = [e.fields["relation"] for e in written(app, "case_seen") if e.case_id == met.case]
    assert seen == ["break_glass"] * 2


def test_a_reason_is_the_officers_own(app: Flask, met: Met) -> None:
    give_reason(browser(app, 3))
    assert browser(app, 5).get(at(met)).status_code == 404
    assert browser(app, 3).get(at(met)).status_code == 200


@audited("break_glass_ended")
def test_an_officer_closes_the_case_again_when_done(app: Flask, met: Met) -> None:
    stranger = browser(app, 3)
    give_reason(stranger)
    assert stranger.post(f"{at(met)}/leave", form_at=at(met)).status_code == 303
    assert stranger.get(at(met)).status_code == 404
    assert browser(app, 1).post(f"{at(met)}/leave", form_at="/desk/").status_code == 404
    assert len(written(app, "break_glass_ended")) == 1


@requirement("D8")
@pytest.mark.parametrize(("without", "told"), [((), {"O4"}), (("O4",), {"O6"}), (("O4", "O6"), set())])
def test_who_reviews_is_told_within_a_minute_and_nobody_reviews_themselves(
    app: Flask, met: Met, post: Post, without: tuple[str, ...], told: set[str]
) -> None:
    with app.app_context(), force_scope(HERTS):
        for one in db.session.scalars(sa.select(Staff).where(Staff.record_id.in_(without))):
            one.role, one.unit = "officer", "Elsewhere"
        db.session.commit()
    assert "a supervisor" not in browser(app, 3).get("/desk/reason").text.lower()
    give_reason(browser(app, 3))
    assert "Whoever reviews this for your force was told" in browser(app, 3).get(at(met)).text
    [opened] = rows(app, BreakGlass)
    notices = rows(app, Notice, Notice.kind == "break_glass")
    assert {n.cause_id for n in notices} == {opened.id}
    assert {n.staff_id for n in notices} == ({staff_id(app, one) for one in told} or {None})
    assert all(n.due_at <= opened.opened_at + timedelta(seconds=60) for n in notices)
    jobs.work(app)
    notices = rows(app, Notice, Notice.kind == "break_glass")
    assert {n.state for n in notices} == ({"sent"} if told else {"withheld"})
    assert {letter.to for _, letter in post.letters} == {
        f"officer{one[1:]}@example.org" for one in told}


@audited("reviews_listed")
def test_a_supervisor_who_gives_a_reason_is_reviewed_by_another(app: Flask, met: Met) -> None:
    give_reason(browser(app, 5))
    assert browser(app, 5).get("/desk/reviews").status_code == 200
    assert WORDS not in browser(app, 5).get("/desk/reviews").text
    assert WORDS in browser(app, 4).get("/desk/reviews").text


def test_nobody_is_told_of_their_own_reason(app: Flask, met: Met) -> None:
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Staff).where(Staff.record_id == "O4").values(role="officer"))
        db.session.commit()
    give_reason(browser(app, 6))
    assert [n.staff_id for n in rows(app, Notice, Notice.kind == "break_glass")] == [None]
    give_reason(browser(app, 3))
    told = [n.staff_id for n in rows(app, Notice, Notice.kind == "break_glass")]
    assert told == [None, staff_id(app, "O6")]


@audited("break_glass_reviewed")
def test_the_reviewer_reads_the_reason_and_marks_it(app: Flask, met: Met) -> None:
    give_reason(browser(app, 3))
    [opened] = rows(app, BreakGlass)
    path = f"/desk/reviews/{opened.id}"
    for number, status in ((1, 404), (3, 404), (7, 404), (6, 303), (4, 303)):
        one = browser(app, number)
        answer = one.post(path, {"verdict": "look_into"}, form_at="/desk/reviews"
                          if status == 303 else "/desk/reason")
        assert answer.status_code == status, number
    assert browser(app, 4).post(path, {"verdict": "?"}, form_at="/desk/reviews").status_code == 400
    [opened] = rows(app, BreakGlass)
    assert (opened.verdict, opened.reviewer_id) == ("look_into", staff_id(app, "O4"))
    page = browser(app, 4).get("/desk/reviews").text
    assert "To be looked into" in page
    assert "covering for the officer" in page
    assert [e.fields["verdict"] for e in written(app, "break_glass_reviewed")] == ["look_into"] * 2


def test_a_supervisor_of_neither_unit_has_nothing_to_review(app: Flask, met: Met) -> None:
    give_reason(browser(app, 2), "41/4/24")
    with app.app_context(), force_scope(HERTS):
        db.session.scalars(sa.select(Staff).where(Staff.record_id == "O5")).one().unit = "Hertford"
        db.session.commit()
    assert WORDS not in browser(app, 5).get("/desk/reviews").text
    assert WORDS in browser(app, 6).get("/desk/reviews").text


def test_the_reason_is_sealed_and_the_audit_holds_none_of_its_words(app: Flask, met: Met) -> None:
    give_reason(browser(app, 3))
    [opened] = rows(app, BreakGlass)
    assert WORDS.encode() not in opened.words_sealed
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(BreakGlass)).one().words == WORDS
    [entry] = written(app, "break_glass_opened")
    assert entry.fields == {"break_glass": str(opened.id), "reason": "covering", "minutes": 60}
    assert entry.case_id == met.case


@audited("break_glass_found_nothing")
def test_looking_for_a_case_that_is_not_there_is_written_down(app: Flask, met: Met) -> None:
    assert give_reason(browser(app, 3), "41/9999/24").status_code == 404
    assert [e.actor_id for e in written(app, "break_glass_found_nothing")] == [staff_id(app, "O3")]
    assert rows(app, BreakGlass) == []


def test_a_case_that_is_theirs_anyway_needs_no_reason(app: Flask, met: Met) -> None:
    assert give_reason(browser(app, 2)).status_code == 303
    assert rows(app, BreakGlass) == []


def test_only_the_leads_reading_takes_new_away_from_a_message(app: Flask, met: Met) -> None:
    from core.cases.models import Message
    from core.intake import conversation

    with app.app_context(), force_scope(HERTS):
        conversation.post_message(case_id=met.case, person_id=met.people["P1"], staff_id=met.staff,
                                  from_person=True, text="Any news?", form_key="1")
        db.session.commit()
    browser(app, 4).get(at(met))
    browser(app, 2).get(at(met))
    assert [m.read_at for m in rows(app, Message)] == [None]
    browser(app, 1).get(at(met))
    assert [m.read_at is None for m in rows(app, Message)] == [False]


@requirement("D11")
def test_who_runs_the_platform_finds_no_desk_and_no_door(app: Flask, met: Met) -> None:
    national = browser(app, 7)
    for path in ("/desk/", "/desk/unit", "/desk/reason", "/desk/reviews", "/desk/people.csv", at(met)):
        assert national.get(path).status_code == 404, path
    own = meet(app, "41/8/24")  # even where the record system names them as the officer
    assert own.staff == staff_id(app, "O7")
    assert national.get(at(own)).status_code == 404
    assert browser(app, 1).get("/desk/").status_code == 200


def test_a_change_of_role_tells_from_the_next_page_on(app: Flask, met: Met) -> None:
    one = browser(app, 4)
    assert one.get("/desk/reviews").status_code == 200
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Staff).where(Staff.record_id == "O4").values(role="officer"))
        db.session.commit()
    assert one.get("/desk/reviews").status_code == 404


@protection("D2")
def test_if_every_officer_led_every_case_the_stranger_would_be_in(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert browser(app, 3).get(at(met)).status_code == 404
    monkeypatch.setattr(relations, "relation", lambda me, case: "lead")
    assert "Amina Khan" in browser(app, 3).get(at(met)).text
