"""The database goes away and comes back while somebody is signed in."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.testing import recorded
from core.web import sessions
from tests.conftest import HERTS
from tests.people import meet, person_browser, take


def test_somebody_signed_in_is_told_that_the_service_is_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(app, recorded())
    browser = person_browser(app, meet(app))

    def away(token: str, at: Any) -> Any:
        raise sa.exc.OperationalError("SELECT", None, ConnectionError("gone"))

    monkeypatch.setattr(sessions, "opened_by", away)
    answer = browser.get("/your-reports")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_connections_that_the_server_ended_are_not_used_again(app: Flask, settings: Any) -> None:
    take(app, recorded())
    met = meet(app)
    browser = person_browser(app, met)
    assert browser.get(f"/case/{met.case}").status_code == 200
    owner = sa.create_engine(
        settings.owner_database_url.replace("tmc_owner", "postgres", 1),
        isolation_level="AUTOCOMMIT",
    )
    with owner.connect() as connection:
        connection.execute(sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tmc_serving'"
        ))
        gone = sa.text("SELECT count(*) FROM pg_stat_activity WHERE usename = 'tmc_serving'")
        while connection.execute(gone).scalar():
            time.sleep(0.01)
    owner.dispose()
    assert browser.get(f"/case/{met.case}").status_code == 200
    assert app.test_client().get(f"/{HERTS}/").status_code == 200
