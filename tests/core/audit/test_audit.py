"""Who saw what is written down, and nothing is shown before it is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import CoreAction, trail
from core.audit.models import AuditEntry
from core.storage.db import db, force_scope
from core.storage.keys.keyring import force_keys
from core.testing import allocated, event, recorded
from tests.conftest import HERTS
from tests.people import meet, officer_browser, person_browser, take
from tests.security.audited import audited

CANARY = "canary-of-the-timeline"


@pytest.fixture
def case(app: Flask) -> str:
    take(
        app,
        recorded(),
        allocated(),
        event("crime.progress", text=CANARY, time="2024-03-05T10:00:00Z"),
    )
    return f"/case/{meet(app).case}"


def written(app: Flask) -> list[AuditEntry]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


@audited("case_changed", "case_seen")
def test_every_view_of_a_case_is_written_down(app: Flask, case: str) -> None:
    met = meet(app)
    person_browser(app, met).get(case)
    officer_browser(app, met.staff).get(f"/desk{case}")
    seen = [
        (row.actor, row.actor_id, row.case_id, row.fields)
        for row in written(app)
        if row.action == "case_seen"
    ]
    assert seen == [
        ("person", met.people["P1"], met.case, {"viewer": "person"}),
        ("staff", met.staff, met.case, {"viewer": "officer", "relation": "lead"}),
    ]


def test_a_refused_look_is_written_down_too(app: Flask, case: str) -> None:
    take(app, recorded("41/2/24", people=[{**recorded()["data"]["people"][0], "id": "P2"}]))
    stranger = person_browser(app, meet(app, "41/2/24"), "P2")
    assert stranger.get(case).status_code == 404
    assert [row.fields for row in written(app) if row.action == "refused"] == [
        {"rule": "person_of_case"}
    ]


def test_nothing_is_shown_when_the_audit_cannot_be_written(
    app: Flask, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = person_browser(app, meet(app))
    with monkeypatch.context() as broken:

        def fail(*anything: object, **more: object) -> None:
            raise OSError("disk full")

        broken.setattr("core.audit.trail.insert_many", fail)
        answer = browser.get(case)
        assert answer.status_code == 503
        assert CANARY not in answer.text
    assert CANARY in browser.get(case).text


def test_a_changed_row_no_longer_fits_its_mac(app: Flask, case: str) -> None:
    with app.app_context(), force_scope(HERTS):
        for row in written(app):
            columns = {c.name: getattr(row, c.name) for c in AuditEntry.__table__.columns}
            assert force_keys().mac("audit", trail.canonical(columns)) == row.mac
            columns["action"] = "sign_out"
            assert force_keys().mac("audit", trail.canonical(columns)) != row.mac


def test_an_undeclared_action_or_field_is_an_error(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        with pytest.raises(audit.UndeclaredAudit):
            audit.write("snooped")  # type: ignore[arg-type]
        with pytest.raises(audit.UndeclaredAudit):
            audit.write(CoreAction.CASE_SEEN, words="what the victim wrote")
        audit.write(CoreAction.CASE_SEEN, viewer="person")
