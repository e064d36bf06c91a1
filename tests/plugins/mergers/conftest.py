"""Two forces, and the portal started with their files as they are at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.app import create_app
from core.base.settings import Settings
from core.intake import conversation
from core.storage.db import close_connections, db, force_scope
from core.testing import allocated, event, officer, recorded
from tests.people import Met, meet, take
from tests.plugins.mergers.two_forces import NEW, OLD, Start, place, two_forces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Midshire and Oldshire, both live."""
    return two_forces(tmp_path)


@pytest.fixture
def start(settings: Settings, folder: Path, app: Flask) -> Iterator[Start]:
    """Start the portal with the files as they are now."""
    started = []

    def begin() -> Flask:
        started.append(create_app(settings.model_copy(update={"forces_dir": folder})))
        return started[-1]

    yield begin
    for one in started:
        with one.app_context():
            close_connections()


@pytest.fixture
def before(start: Start) -> tuple[Flask, Met]:
    """A case of Oldshire with an officer, news and a message; another one at Midshire."""
    app = start()
    take(app, recorded(**place()), allocated(time="2016-05-02T10:00:00Z"), event(
        "crime.progress", time="2016-05-03T10:00:00Z", text="We have your bicycle's frame number."
    ), force=OLD)
    take(app, recorded("41/2/24", **place()), allocated("41/2/24", officer=officer(1, name="Another")),
         force=NEW)
    met = meet(app, force=OLD)
    with app.app_context(), force_scope(OLD):
        conversation.post_message(
            case_id=met.case, person_id=met.people["P1"], staff_id=met.staff, from_person=True,
            text="Is there news?", form_key="once",
        )
        db.session.commit()
    return app, met
