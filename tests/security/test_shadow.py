"""The force in the shadow is really there, so that not seeing it means something."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from core.base.installation import installation
from core.cases.models import Case
from core.storage.db import db, force_scope
from core.testing import recorded
from core.testing.postgres import without_walls
from tests.people import meet, take
from tests.security.shadow import FORCE, WORD, Searched


def test_where_no_wall_holds_the_shadow_has_the_same_reference_and_person(app: Flask) -> None:
    take(app, recorded("41/1/24"))
    assert meet(app, "41/1/24").people.keys() == {"P1"}
    with without_walls(installation(app).settings.owner_database_url) as everything:
        cases = everything.execute(sa.text(
            "SELECT force, reference_key FROM crime_case ORDER BY force"
        )).all()
        people = everything.execute(sa.text("SELECT force FROM person WHERE record_id = 'P1'")).all()
    assert [(c.force, c.reference_key) for c in cases] == [
        ("hertfordshire", cases[0].reference_key), (FORCE, cases[0].reference_key)]
    with app.app_context(), force_scope(FORCE):
        assert db.session.scalars(sa.select(Case)).one().incident_reference == WORD
    assert len(people) == 2


def test_a_word_of_the_shadow_is_noticed_in_either_case() -> None:
    searched = Searched()
    searched.look("a page", f"<p>{WORD.upper()}</p>".encode())
    searched.look("a log", b"nothing here")
    assert searched.found == ["a page"]
    assert searched.artefacts == 2
