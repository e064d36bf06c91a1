"""What was under way when two forces became one: letters, codes, jobs, plugins' tables, a chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Case
from core.hookspecs import Channel, Delivery, DeliveryState, hookimpl
from core.intake.take_in import take_in
from core.notices.models import Notice
from core.notices.outbox import promise_code
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.storage.row_guard import Base
from core.testing import event, recorded
from plugins.eligibility.models import Demand
from plugins.mergers.checks import models
from plugins.record_feed.models import RecordFeedKey
from plugins.sign_in.models import Activation
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
from tests.rows import rows


def add(app: Flask, force: str, *rows: type[Any], **values: Any) -> None:
    with app.app_context(), force_scope(force):
        db.session.add_all([row(**values) for row in rows])
        db.session.commit()


# --- what plugins keep --------------------------------------------------------------------------


def listing(folder: Path, *names: str) -> None:
    """The successor lists these plugins too."""
    file = folder / NEW / "force.toml"
    tables = "".join(f"[plugins.{name}]\n" for name in names)
    file.write_text(file.read_text().replace("[plugins.sign_in]", f"{tables}[plugins.sign_in]"))


def test_what_a_plugin_keeps_moves_with_its_secrets_and_its_keys_to_cases(
    before: tuple[Flask, Met], start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the plugin: its models are found, and each secret is sealed with the new force's key."""
    app, met = before
    now = clock.now()
    add(app, OLD, RecordFeedKey, source="niche", secret="the plugin's secret", made_at=now)
    add(app, OLD, Activation, person_id=met.people["P1"], case_id=met.case, staff_id=met.staff,
        code_hash=b"x", made_at=now, ends_at=now)
    monkeypatch.setattr(RecordFeedKey, "__at_merger__", "move")
    monkeypatch.setattr(Activation, "__at_merger__", "move")
    (sealed,) = [row.secret_sealed for row in rows(app, RecordFeedKey, force=OLD)]
    agree(folder)
    listing(folder, "record_feed")
    app = start()
    join(app)
    with app.app_context(), force_scope(NEW):
        (moved,) = db.session.scalars(sa.select(RecordFeedKey))
        assert (moved.source, moved.secret) == ("niche", "the plugin's secret")
        assert moved.secret_sealed != sealed
        (code,) = db.session.scalars(sa.select(Activation))
        assert (code.case_id, code.staff_id) == (met.case, met.staff)
    assert (count(app, RecordFeedKey, OLD), count(app, Activation, OLD)) == (0, 0)


def test_what_a_plugin_says_is_a_senders_name_or_reads_otherwise_there_is_changed_as_it_moves(
    before: tuple[Flask, Met], start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(before[0], OLD, RecordFeedKey, source="niche", secret="of the old force", made_at=clock.now())
    monkeypatch.setattr(RecordFeedKey, "__at_merger__", "move")
    monkeypatch.setattr(RecordFeedKey, "__called_by__", (("source", "source"),))
    monkeypatch.setattr(RecordFeedKey, "as_moved", lambda row: row | {"secret": f"was {row['secret']}"})
    agree(folder)
    listing(folder, "record_feed")
    app = start()
    join(app)
    with app.app_context(), force_scope(NEW):
        [moved] = db.session.scalars(sa.select(RecordFeedKey))
        assert (moved.source, moved.secret) == ("oldshire_niche", "was of the old force")


def test_keys_codes_and_sessions_end_and_counts_of_the_past_stay(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app, met = before
    now = clock.now()
    amina = person_browser(app, met, force=OLD)
    assert amina.get(f"/case/{met.case}").status_code == 200
    add(app, OLD, RecordFeedKey, source="niche", secret="s", made_at=now)
    add(app, OLD, Demand, district="north-side", crime_type="burglary", month="2016-05",
        asked_by="public", count=3)
    agree(folder)
    app = start()
    join(app)
    assert [count(app, RecordFeedKey, force) for force in (OLD, NEW)] == [0, 0]
    assert [count(app, Demand, force) for force in (OLD, NEW)] == [1, 0]
    token = amina.client.get_cookie(f"tmc-{OLD}", path="/")
    assert token
    for name in (f"tmc-{OLD}", f"tmc-{NEW}"):
        here = Browser(app, NEW)
        here.client.set_cookie(name, token.value, path="/")
        assert here.get(f"/case/{met.case}").location == f"/{NEW}/sign-in"


def test_every_table_says_what_becomes_of_it(app: Flask) -> None:
    """So that no row is left with a key to a row that is gone."""
    assert len(models("move", "stay", "end")) == len(Base.registry.mappers)
    how = {model.__tablename__: model.__at_merger__ for model in models("move", "stay", "end")}
    for model in models("move", "stay"):
        for key in model.__table__.foreign_keys:
            assert how[key.column.table.name] == model.__at_merger__


def test_what_moves_is_decided_for_each_table_of_the_core(app: Flask) -> None:
    """A new table moves unless its model says otherwise: whoever adds one decides, and says so here."""
    plugins = tuple(f"{name}_" for name in host(app).plugins)
    named = {model.__tablename__ for model in models("move")}
    assert {name for name in named if not name.startswith(plugins)} == {
        "staff", "person", "crime_case", "record_event", "access", "entry", "message", "notice",
        "erased_case", "commitment", "contact"}
    assert "oversight_break_glass" in named


def test_a_plugin_that_the_successor_lacks_is_named_with_its_rows(
    before: tuple[Flask, Met], start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(before[0], OLD, RecordFeedKey, source="niche", secret="s", made_at=clock.now())
    monkeypatch.setattr(RecordFeedKey, "__at_merger__", "move")
    agree(folder)
    app = start()
    assert "lacks [plugins.record_feed], which keeps 1 rows of oldshire" in refused(app)
    assert join(app, closing=True).rows["record_feed_key"] == 1


def test_rows_that_would_be_there_twice_are_named_before_anything_moves(
    before: tuple[Flask, Met], start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Demand, "__at_merger__", "move")
    for force in (OLD, NEW):
        add(before[0], force, Demand, district="north-side", crime_type="burglary",
            month="2016-05", asked_by="public", count=3)
    agree(folder)
    listing(folder, "eligibility")
    app = start()
    told = refused(app)
    assert "1 rows of eligibility_demand are at both forces (district, crime_type, month" in told
    assert count(app, Case, OLD) == 1


def test_news_that_a_sender_gave_the_successor_too_early_is_named(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app = start()
    with app.app_context(), force_scope(NEW):
        take_in(host(app).get(NEW).force, "oldshire_niche", [recorded("41/9/24", **place())])
        db.session.commit()
    agree(folder)
    assert "1 rows of person are at both forces (source, record_id)" in refused(start())


# --- letters, codes and jobs --------------------------------------------------------------------


def test_a_letter_that_was_due_goes_once_from_the_successor(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app, _ = before
    take(app, event("crime.progress", time=LATER, text="News."), force=OLD, announce=True)
    (due,) = [one for one in rows(app, Notice, force=OLD) if one.kind == "entry"]
    agree(folder)
    app = start()
    join(app)
    sent = []

    @hookimpl(tryfirst=True)
    def deliver(force: Any, notice: Any) -> Delivery:
        sent.append((force.id, notice.notice_id, notice.sender_name, notice.text))
        return Delivery(DeliveryState.SENT, by="a test")

    for force in (OLD, NEW):
        host(app).get(force).manager.register(type("Post", (), {
            "CHANNELS": (Channel.EMAIL,), "deliver": staticmethod(deliver)})(), "post")
    jobs.run(app, "send_notice", OLD, notice_id=str(due.id))  # the job that was queued before
    assert sent == []
    jobs.run(app, "send_notice", NEW, notice_id=str(due.id))
    jobs.run(app, "send_notice", NEW, notice_id=str(due.id))
    ((force, _, name, text),) = sent
    assert (force, name) == (NEW, "Midshire Police")
    assert f"/{NEW}/" in text and "ldshire" not in text.replace("midshire", "")


def test_a_code_that_was_on_its_way_is_not_sent_as_it_opens_nothing_now(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app, met = before
    with app.app_context(), force_scope(OLD):
        code = promise_code(met.people["P1"], met.case, met.case, "123456")
        db.session.commit()
    agree(folder)
    app = start()
    join(app)
    with app.app_context(), force_scope(NEW):
        notice = db.session.get_one(Notice, (NEW, code))
        assert (notice.state, notice.extra) == ("failed", None)
        assert "forces merged" in str(notice.reason)


def test_the_officer_is_told_of_a_case_that_needs_care_at_the_successor_and_nobody_else(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    _, met = before
    agree(folder)
    file = folder / NEW / "force.toml"
    text = file.read_text()
    head, phase = text.split("[[phases]]")
    file.write_text(head.replace('"bicycle-theft",', '{ id = "bicycle-theft", sensitive = true },', 1)
                    + "[[phases]]" + phase.replace("bicycle-theft", "shoplifting"))
    app = start()
    assert "1 cases of bicycle-theft" in refused(app)
    merged = join(app, closing=True)
    assert (merged.closed, merged.silent) == (1, 1)
    alerts = [one for one in rows(app, Notice, force=NEW) if one.kind == "case_silent"]
    assert [(one.case_id, one.staff_id, one.person_id) for one in alerts] == [
        (met.case, met.staff, None)]
    audited = [(one.action, one.fields) for one in rows(app, AuditEntry, force=NEW)
               if one.case_id == met.case]
    assert ("case_not_shown", {"reason": "sensitive_crime_type"}) in audited
    join(app, closing=True)
    assert len([one for one in rows(app, Notice, force=NEW) if one.kind == "case_silent"]) == 1
