"""No victim's data leaves before the row of the audit that says so is committed."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, Response, stream_with_context

from core import audit
from core.audit import CoreAction
from core.audit.models import AuditEntry
from core.cases import timeline
from core.cases.models import Case, Staff
from core.intake import conversation
from core.storage.ciphers import key_id_of
from core.storage.db import db, force_scope
from core.storage.keys.keyring import force_keys
from core.storage.sealed import unseal
from core.testing.browser import Browser
from core.web.security import ShownWithoutAudit
from tests.security.checklist import protection, requirement
from tests.security.walk import CANARY, FORCE, Walk, begin

VIEWS = {
    "case_seen", "cases_listed", "messages_seen", "people_listed", "your_account_person_seen",
    "contact_plan_seen",
}
# The least: a page added here that shows nothing of a case, or one lost, is seen at once.
SHOWN_TO = {
    "person": {"pages.case_page", "messages.thread"},
    "officer": {"officer_desk.case", "sign_in.people_csv", "sign_in.offer_activation"},
}


@pytest.fixture
def walk(app: Flask) -> Walk:
    return begin(app)


def rows(app: Flask) -> list[Any]:
    with app.app_context(), force_scope(FORCE):
        return db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()  # type: ignore[return-value]


def shown(walk: Walk, browser: Browser) -> dict[str, Any]:
    """The answers of every page, by endpoint: each asked in one new visit to it."""
    return {
        rule.endpoint: browser.client.get(walk.url(rule), buffered=True)
        for rule in walk.rules("GET") if rule.endpoint not in ("pages.leave", "static")
    }


def with_the_word(answers: dict[str, Any]) -> set[str]:
    return {name for name, answer in answers.items() if CANARY in answer.get_data(as_text=True)}


def break_the_audit(patch: pytest.MonkeyPatch) -> None:
    def fail(model: type[Any], rows: Any, **more: Any) -> Any:
        raise OSError("disk full")

    patch.setattr("core.audit.trail.insert_many", fail)


def forget_the_audit(patch: pytest.MonkeyPatch) -> None:
    for place in ("core.audit", "core.audit.trail"):
        patch.setattr(f"{place}.write_many", lambda entries: None)


@requirement("G9", "D9")
@pytest.mark.parametrize("who", ["person", "officer"])
def test_every_page_that_shows_something_of_a_case_leaves_its_row(
    app: Flask, walk: Walk, who: str
) -> None:
    seen = set()
    browser: Browser = getattr(walk, who)()
    for rule in walk.rules("GET"):
        before = {row.id for row in rows(app)}
        if rule.endpoint in ("pages.leave", "static"):
            continue
        answer = browser.client.get(walk.url(rule), buffered=True)
        if CANARY not in answer.get_data(as_text=True):
            continue
        seen.add(rule.endpoint)
        new = [row for row in rows(app) if row.id not in before]
        assert VIEWS & {row.action for row in new}, f"{rule.endpoint} shows a case and writes no row"
        assert {row.actor for row in new} == {"person" if who == "person" else "staff"}
    assert seen >= SHOWN_TO[who]


@requirement("D9")
@pytest.mark.parametrize("who", ["person", "officer"])
@pytest.mark.parametrize("spoil", [break_the_audit, forget_the_audit], ids=lambda f: f.__name__)
def test_without_the_row_no_page_shows_anything_of_a_case(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, who: str, spoil: Callable[..., None]
) -> None:
    browser = getattr(walk, who)()
    usual = with_the_word(shown(walk, browser))
    assert usual >= SHOWN_TO[who]
    with monkeypatch.context() as patch:
        spoil(patch)
        answers = shown(walk, browser)
        assert with_the_word(answers) == set()
        assert {name: answers[name].status_code for name in usual} == dict.fromkeys(usual, 503)
        assert all(re.search("<strong><bdi>[0-9A-F]{8}<", answers[name].text) for name in usual)
    assert with_the_word(shown(walk, browser)) == usual


@requirement("D9")
def test_a_form_that_is_shown_again_needs_its_row_too(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = walk.person(), f"/case/{walk.met.case}/messages"
    assert CANARY in browser.post(path, {"text": ""}).text
    with monkeypatch.context() as patch:
        token = {"csrf_token": browser.page.forms[-1]["fields"]["csrf_token"]}  # type: ignore[union-attr]
        break_the_audit(patch)
        answer = browser.client.post(browser.path(path), data={"text": "", **token})
        assert (answer.status_code, CANARY in answer.text) == (503, False)


@protection("D9")
@pytest.mark.parametrize("who", ["person", "officer"])
def test_without_the_last_look_a_view_that_forgets_its_row_shows_the_case(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    forget_the_audit(monkeypatch)
    monkeypatch.setattr("core.storage.opened.is_missing", lambda: False)
    assert with_the_word(shown(walk, getattr(walk, who)())) >= SHOWN_TO[who]


@protection("D9")
def test_without_the_refusal_to_go_on_a_failing_audit_shows_the_case(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that is lost without a word, and nobody who looks whether it is there."""
    monkeypatch.setattr("core.audit.trail.insert_many", lambda model, rows: set())
    monkeypatch.setattr("core.storage.opened.is_missing", lambda: False)
    assert "pages.case_page" in with_the_word(shown(walk, walk.person()))


@requirement("D9")
def test_a_row_that_was_taken_back_does_not_count(
    app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written, but the transaction that wrote it did not last."""
    browser = walk.person()
    undone = SimpleNamespace(session=SimpleNamespace(commit=db.session.rollback))
    monkeypatch.setattr("core.web.pages.db", undone)
    answer = browser.client.get(f"/{FORCE}/case/{walk.met.case}")
    assert (answer.status_code, CANARY in answer.text) == (503, False)


# --- every way to what is sealed ------------------------------------------------------------------


def sealed_summary(case_id: UUID) -> tuple[UUID, bytes]:
    row = db.session.execute(sa.select(Case.id, Case.summary_sealed).where(Case.id == case_id)).one()
    return row.id, row.summary_sealed


def by_the_key_itself(case: UUID, person: UUID) -> str:
    row_id, value = sealed_summary(case)
    return force_keys().data[key_id_of(value)].open("crime_case", "summary", row_id.bytes, value)


def by_the_keys(case: UUID, person: UUID) -> str:
    row_id, value = sealed_summary(case)
    return force_keys().open("crime_case", "summary", row_id.bytes, value)


def by_the_keys_together(case: UUID, person: UUID) -> str:
    row_id, value = sealed_summary(case)
    return "".join(force_keys().open_many("crime_case", "summary", [(row_id.bytes, value)]))


def by_unseal(case: UUID, person: UUID) -> str | None:
    return unseal(Case, "summary", *sealed_summary(case))


def by_the_attribute(case: UUID, person: UUID) -> str:
    return str(db.session.scalars(sa.select(Case).where(Case.id == case)).one().summary)


def by_the_timeline(case: UUID, person: UUID) -> str:
    return " ".join(entry.words or "" for entry in timeline.entries_of(case))


def by_the_thread(case: UUID, person: UUID) -> str:
    return " ".join(said.text for said in conversation.thread(case, person))


OPENINGS = [by_the_key_itself, by_the_keys, by_the_keys_together, by_unseal, by_the_attribute,
            by_the_timeline, by_the_thread]


@requirement("D9")
@pytest.mark.parametrize("opening", OPENINGS, ids=lambda one: one.__name__)
def test_a_view_that_shows_one_thing_only_is_withheld_without_its_row(
    app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch, opening: Callable[..., str]
) -> None:
    browser, case = walk.officer(), f"/desk/case/{walk.met.case}"
    policy = app.view_functions["officer_desk.case"].tmc_policy  # type: ignore[attr-defined]
    for written in (True, False):
        def view(case_id: UUID, written: bool = written) -> str:
            if written:
                audit.write(CoreAction.CASE_SEEN, case_id=case_id, viewer="officer", relation="lead")
                db.session.commit()
            return f"shown: {opening(case_id, walk.met.people['P1'])}"

        view.tmc_policy = policy  # type: ignore[attr-defined]
        monkeypatch.setitem(app.view_functions, "officer_desk.case", view)
        answer = browser.client.get(browser.path(case))
        assert (answer.status_code, CANARY in answer.text) == ((200, True) if written else (503, False))


@requirement("D9")
def test_an_officers_name_needs_no_row(
    app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is of no case, and stands on pages that show none."""
    browser = walk.officer()

    def view(case_id: UUID) -> str:
        return str(db.session.scalars(sa.select(Staff)).first().name)  # type: ignore[union-attr]

    view.tmc_policy = app.view_functions["officer_desk.case"].tmc_policy  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "officer_desk.case", view)
    assert browser.client.get(browser.path(f"/desk/case/{walk.met.case}")).status_code == 200


# --- answers that are made while they go out ----------------------------------------------------


def streamed(*, audited: bool) -> Callable[..., Any]:
    """A view that opens what is sealed only when its answer is on its way."""
    def view(case_id: UUID) -> Response:
        if audited:
            audit.write(CoreAction.CASE_SEEN, case_id=case_id, viewer="officer", relation="lead")
            db.session.commit()

        def parts() -> Any:
            yield "begun "
            with force_scope(FORCE):  # the request's own has ended
                row = db.session.scalars(sa.select(Case).where(Case.id == case_id)).one()
                yield str(row.summary)

        return Response(stream_with_context(parts()))

    return view


@requirement("D9")
def test_an_answer_that_streams_breaks_off_where_it_would_show_what_no_row_speaks_of(
    app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, case = walk.officer(), f"/desk/case/{walk.met.case}"
    for written in (True, False):
        view = streamed(audited=written)
        view.tmc_policy = app.view_functions["officer_desk.case"].tmc_policy  # type: ignore[attr-defined]
        monkeypatch.setitem(app.view_functions, "officer_desk.case", view)
        answer = browser.client.get(browser.path(case))
        if written:
            assert answer.text.startswith("begun ") and len(answer.text) > len("begun ")
        else:
            with pytest.raises(ShownWithoutAudit):
                answer.get_data()
        answer.close()
