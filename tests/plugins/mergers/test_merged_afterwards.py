"""While forces merge nobody writes; afterwards old references, forms and a second merger are answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.cases.models import Case, Person, Staff
from core.intake.take_in import take_in
from core.notices.models import Notice
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, officer, recorded
from tests.pages import Browser
from tests.people import Met, person_browser, take
from tests.plugins.mergers.two_forces import (
    LATER,
    NEW,
    OLD,
    Start,
    agree,
    count,
    join,
    place,
    refused,
)
from tests.plugins.sign_in.ways_in import RIGHT
from tests.rows import rows


def test_nothing_moves_while_web_or_worker_could_still_write(
    before: tuple[Flask, Met], start: Start, folder: Path, settings: Any
) -> None:
    agree(folder)
    app = start()
    web = sa.create_engine(settings.database_url, connect_args={"application_name": "another"})
    with web.connect():
        assert "other processes have 1 connections to the database: stop web" in refused(app)
        assert join(app, dry_run=True).cases == 1
        assert count(app, Case, OLD) == 1
        assert join(app, stopped=True).cases == 1
    web.dispose()


# --- afterwards ---------------------------------------------------------------------------------


def test_an_old_reference_finds_the_case_at_the_successor(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    agree(folder)
    app = start()
    join(app)
    visitor = Browser(app, OLD)
    answer = visitor.get("/sign-in")
    assert answer.status_code == 308
    here = Browser(app, NEW)
    here.get("/sign-in")
    assert here.post("/sign-in", {**RIGHT, "crime_reference": "41 1 24"}).status_code == 303
    jobs.work(app)
    assert [one.kind for one in rows(app, Notice, force=NEW)].count("code") == 1


def test_a_message_written_before_and_sent_after_is_answered_kindly(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app, met = before
    amina = person_browser(app, met, force=OLD)
    amina.get(f"/case/{met.case}/messages")
    agree(folder)
    app = start()
    join(app)
    answer = Browser(app, OLD).client.post(f"/{OLD}/case/{met.case}/messages", data={"text": "Hello"})
    assert (answer.status_code, answer.location) == (308, f"/{NEW}/case/{met.case}/messages")
    here = Browser(app, NEW)
    answer = here.client.post(answer.location, data={"text": "Hello"}, follow_redirects=True)
    assert answer.status_code == 400
    assert "What you wrote was not sent" in answer.text
    assert "Hello</textarea>" in answer.text


def test_a_chain_of_two_mergers_keeps_cases_officers_and_senders_apart(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    """Oldshire goes to Midshire, and Midshire to Newshire; each has an officer O1."""
    _, met = before
    source = '\n[feed.sources.oldshire_niche]\nabsorbed_from = "oldshire"\n'
    newshire = folder / "newshire" / "force.toml"
    newshire.parent.mkdir()
    newshire.write_text((folder / NEW / "force.toml").read_text().replace(
        'id = "midshire"', 'id = "newshire"').replace("Midshire Police", "Newshire Police"))
    agree(folder, more=source)
    join(start())
    agree(folder, old=NEW, new="newshire", more=source)
    newshire.write_text(newshire.read_text().replace(
        'absorbed = ["midshire"]', 'absorbed = ["midshire", "oldshire"]'))
    app = start()
    take(app, allocated("41/8/24", time=LATER, officer=officer(1, name="Third")),
         recorded("41/8/24", **place()), force="newshire")
    join(app, old=NEW, new="newshire")
    assert {one.record_id for one in rows(app, Staff, force="newshire")} == {
        "O1", "midshire:O1", "oldshire:O1"}
    later = allocated(time=LATER, officer=officer(1, name="Sam Renamed"))
    with app.app_context(), force_scope("newshire"):
        (result,) = take_in(host(app).get("newshire").force, "oldshire_niche", [later])
        db.session.commit()
    assert result.status == "accepted"
    assert len(rows(app, Staff, force="newshire")) == 3
    assert {one.source for one in rows(app, Person, force="newshire")} == {
        "niche", "midshire_niche", "oldshire_niche"}
    for gone in (OLD, NEW):
        assert app.test_client().get(f"/{gone}/case/{met.case}").location == f"/newshire/case/{met.case}"
    page = person_browser(app, met, force="newshire").get(f"/case/{met.case}").text
    assert "Newshire Police" in page and "Midshire" not in page and "Oldshire" not in page
