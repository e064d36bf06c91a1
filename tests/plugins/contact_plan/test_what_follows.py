"""What the agreed plan promises, and who reads of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.hookspecs import Cause, CauseKind, CommitmentKind, Promised
from core.plugin_host.host import installed
from core.storage.db import force_scope
from core.testing import recorded
from tests.conftest import HERTS
from tests.pages import shown
from tests.people import (
    Met,
    meet,
    officer_browser,
    person_browser,
    take,
)
from tests.plugins.contact_plan.agreed import HERS, NOW, REASON, desk_page, her_page
from tests.rows import rows
from tests.security.audited import audited
from tests.statements import statements_heard

# --- what follows from it -------------------------------------------------------------------------


def cause(met: Met, kind: CauseKind = CauseKind.CONTACT) -> Cause:
    return Cause(kind, uuid4(), NOW, NOW, met.case, met.people["P1"], "bicycle-theft", "watford")


def promised(app: Flask, because: Cause, force: str = HERTS) -> list[Promised]:
    with app.app_context(), force_scope(force):
        here = installed()
        return [one for answer in here.hook.commitments_from(force=here.force, cause=because)
                for one in answer if one.rule == "plan"]


def test_the_next_contact_is_promised_by_what_was_agreed(app: Flask, met: Met) -> None:
    because, hers = cause(met), person_browser(app, met)
    [usual] = promised(app, because)
    assert (usual.kind, usual.shown, usual.due_at.date().isoformat()) == (
        CommitmentKind.CONTACT, True, "2024-04-02")
    with clock.travel(NOW + timedelta(minutes=5)):
        hers.post(her_page(met), HERS)
    [weekly] = promised(app, because)
    assert weekly.due_at.date().isoformat() == "2024-03-12"
    with clock.travel(NOW + timedelta(days=400)):
        assert promised(app, because) == [weekly], "the same facts, the same answer, whenever it is asked"


def test_of_other_causes_and_of_her_other_case_nothing_follows(app: Flask, met: Met) -> None:
    take(app, recorded("41/2/24"))
    second = meet(app, "41/2/24")
    before = promised(app, cause(second))
    person_browser(app, met).post(her_page(met), HERS)
    assert promised(app, cause(second)) == before
    others = [kind for kind in CauseKind if kind != CauseKind.CONTACT]
    assert [promised(app, cause(met, kind)) for kind in others] == [[], [], []]


def test_it_is_asked_in_one_query(app: Flask, met: Met) -> None:
    with app.app_context(), force_scope(HERTS):
        here, because = installed(), cause(met)
        here.hook.commitments_from(force=here.force, cause=because)
        with statements_heard() as heard:
            here.hook.commitments_from(force=here.force, cause=because)
    assert len([one for one in heard if "contact_plan" in one]) == 1


def test_what_is_promised_is_reckoned_anew_when_it_changes(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[list[UUID]] = []
    monkeypatch.setattr("core.commitments.settle", settled.append)
    hers = person_browser(app, met)
    for _ in range(2):
        hers.post(her_page(met), HERS)
    assert settled == [[met.case]]


@audited("contact_plan_seen", "contact_plan_changed")
def test_who_saw_and_who_changed_it_is_written_down_without_words(app: Flask, met: Met) -> None:
    hers, officers = person_browser(app, met), officer_browser(app, met.staff)
    hers.post(her_page(met), HERS)  # from the page, which is looked at first
    officers.post(desk_page(met), {**HERS, "every": "two_weekly", "reason": REASON})
    whose = str(met.people["P1"])
    written = [(one.action, one.case_id, one.fields) for one in rows(
        app, AuditEntry, AuditEntry.action.like("contact_plan_%"))]
    assert written == [
        ("contact_plan_seen", met.case, {"viewer": "person", "person": whose}),
        ("contact_plan_changed", met.case,
         {"by": "person", "every": "weekly", "way": "email", "person": whose}),
        ("contact_plan_seen", met.case, {"viewer": "officer", "person": whose}),
        ("contact_plan_changed", met.case,
         {"by": "officer", "every": "two_weekly", "way": "email", "person": whose}),
    ]


def test_it_is_all_there_in_welsh(app: Flask, met: Met) -> None:
    hers = person_browser(app, met)
    assert "Pa mor aml yr hoffech glywed gennym?" in shown(hers, f"/case/{met.case}?lang=cy")
    hers.post(her_page(met), {"every": "two_weekly", "way": "email"})
    text = shown(hers, her_page(met))
    assert "Cytunwyd: bob pythefnos, drwy e-bost." in text and "We agreed" not in text
