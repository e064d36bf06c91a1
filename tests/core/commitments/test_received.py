"""A term that counts from when news was received counts from no moment at which it cannot have been."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.clock import LONDON
from core.commitments.models import Commitment
from core.storage.db import db, force_scope
from core.testing import event, recorded
from tests.conftest import HERTS
from tests.people import take

THURSDAY = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(("received", "due"), [
    ("2026-03-03T10:00:00Z", date(2026, 3, 4)),
    (None, date(2026, 3, 3)),  # as it happened, on Monday
    ("1900-01-01T00:00:00Z", date(2026, 3, 3)),  # before it happened
    ("2026-03-05T11:00:00Z", date(2026, 3, 6)),
    ("2126-03-05T10:00:00Z", date(2026, 3, 6)),  # after it was here
], ids=str)
def test_news_of_a_hearing_is_told_a_working_day_after_it_can_have_been_received(
    app: Flask, received: str | None, due: date
) -> None:
    with clock.travel(THURSDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z"))
        take(app, event("court.hearing", time="2026-03-02T10:00:00Z", starts_at="2026-05-05T10:00:00Z",
                        received_at=received), announce=True)
    with app.app_context(), force_scope(HERTS):
        [due_at] = db.session.scalars(sa.select(Commitment.due_at).where(
            Commitment.rule == "2021/hearing_details"))
    assert due_at.astimezone(LONDON).date() == due
