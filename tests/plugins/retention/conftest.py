"""Two cases with a canary in each text."""

from __future__ import annotations

import pytest
from flask import Flask

from core.base import clock
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.sign_in.models import Attempt
from tests.conftest import HERTS
from tests.people import form_on, meet, person_browser, take
from tests.plugins.retention.erased import CANARY, GONE, STAYS


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Amina is on both cases, Ben on the one that goes; each case has all that a case can have."""
    for subject, people in ((GONE, [person(1), person(2, email=f"{CANARY}@example.com")]),
                            (STAYS, [person(1)])):
        take(app, recorded(subject, people=people, summary=f"{CANARY} {subject}"), allocated(subject),
             event("crime.progress", subject, text=f"{CANARY} {subject}", time="2024-03-05T10:00:00Z"))
        met = meet(app, subject)
        browser = person_browser(app, met)
        path = browser.path(f"/case/{met.case}/messages")
        form = form_on(browser.get(f"/case/{met.case}/messages").text, path)
        assert browser.client.post(path, data=form | {"text": CANARY}).status_code == 303
    met = meet(app, GONE)
    with app.app_context(), force_scope(HERTS):
        now = clock.now()
        db.session.add(Attempt(
            details=CANARY, account=b"x", person_id=met.people["P2"], case_id=met.case, made_at=now,
            ends_at=now))
        db.session.commit()
    return app
