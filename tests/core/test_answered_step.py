"""An upgrade finds out of what was written before whether people have their answer."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.settings import Settings
from core.cases.models import Entry, Message
from core.intake import conversation
from core.storage.db import db, force_scope
from tests.builders import allocated, event, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.people import Met, meet, take
from tests.plugins.officer_desk.one_case import NOON, ask

STEP = importlib.import_module("core.storage.migrations.versions.core_0014_answered")
HOUR = timedelta(hours=1)
# What somebody of the force did, how many hours after a person wrote, and whether that is an answer.
DID: list[tuple[str, int, bool]] = [
    ("nothing", 1, False), ("wrote to them", 1, True), ("wrote to them", -1, False),
    ("wrote to somebody else", 1, False), ("wrote an update", 1, True), ("wrote an update", -1, False),
    ("changed the stage on the record", 1, False)]


def do(app: Flask, met: Met, what: str) -> None:
    if what == "changed the stage on the record":
        take(app, event("crime.progress", stage="decision", time=clock.now().isoformat()))
    with app.app_context(), force_scope(HERTS):
        if what.startswith("wrote to"):
            whom = met.people["P1" if what == "wrote to them" else "P2"]
            conversation.post_message(case_id=met.case, person_id=whom, staff_id=met.staff,
                                      from_person=False, text="Yes", form_key="a")
        elif what == "wrote an update":
            db.session.add(Entry(case_id=met.case, staff_id=met.staff, kind="progress",
                                 happened_at=clock.now()))
        db.session.commit()


def upgraded(settings: Settings) -> None:
    """The step's sentence, as the owner of the tables says it."""
    engine = sa.create_engine(str(settings.owner_database_url))
    with engine.begin() as owner:
        for table in ("message", "entry"):
            owner.execute(sa.text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
        owner.execute(sa.text("UPDATE message SET answered_at = NULL"))
        owner.execute(sa.text(STEP.ANSWERED))
        for table in ("message", "entry"):
            owner.execute(sa.text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    engine.dispose()


@pytest.mark.parametrize(("what", "hours", "answered"), DID)
def test_what_was_answered_before_the_upgrade_waits_no_more(
    app: Flask, settings: Settings, what: str, hours: int, answered: bool
) -> None:
    take(app, recorded(people=[person(1), person(2)]), allocated())
    take(app, recorded("5224000001", district="bristol"), allocated("5224000001", officer=officer(2)),
         force=AVON)
    met = meet(app)
    with clock.travel(NOON):
        ask(app, met, "Have you found my bicycle?")
    with clock.travel(NOON + hours * HOUR):
        do(app, met, what)
    upgraded(settings)
    with app.app_context(), force_scope(HERTS):
        asked = db.session.scalars(sa.select(Message).where(Message.from_person)).one()
        assert asked.answered_at == (NOON + hours * HOUR if answered else None)
