"""Every request of one force sent again at its twin, which has the same ids, references and names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.base.scope import current_force_id, scope_of
from core.cases.models import PortalSession
from core.notices.models import Notice
from core.notices.outbox import tell_staff
from core.plugin_host import jobs
from core.storage import prepared
from core.storage.ciphers import Unreadable
from core.storage.db import db, force_scope, lock
from core.storage.keys.keyring import force_keys
from core.storage.keys.purposes import ForceKeys
from core.storage.row_guard import ForceSession, refuse_unguarded
from core.testing.postgres import as_superuser
from core.web import sessions
from tests.conftest import AVON, HERTS
from tests.security.checklist import protection, requirement
from tests.security.table import Line, lines
from tests.security.world import TWIN_WORD, WORD, World

INSIDE = ("own", "lead", "supervisor", "force_admin")
NAMED = {  # a force is named wherever a request has room for a name
    "query": {"query_string": {"force": AVON, "tenant": AVON, "host": AVON}},
    "headers": {"headers": {
        "X-Force": AVON, "X-Tenant": AVON, "X-Forwarded-Prefix": f"/{AVON}",
        "X-Forwarded-Host": "track.avonandsomerset.police.uk", "X-Original-URL": f"/{AVON}/desk/",
        "X-Rewrite-URL": f"/{AVON}/desk/", "Forwarded": f"host={AVON}"}},
    "form": {"form": {"force": AVON, "tenant": AVON}},
}
READING = [line for line in lines() if line.method == "GET"]


def foreign(world: World, line: Line, **how: Any) -> list[str]:
    """Those to whom the word of the twin is said at Hertfordshire."""
    found = []
    for actor in INSIDE:
        form = {**line.form, **how.get("form", {})}
        more = {key: value for key, value in how.items() if key != "form"}
        answer = world.ask(actor, line.method, world.path(line.path, actor), form=form, **more)
        if TWIN_WORD in answer.text or TWIN_WORD in str(answer.headers):
            found.append(actor)
    return found


def with_copied_cookies(world: World, line: Line) -> list[str]:
    """Those who learn the twin's word by its address and the session of Hertfordshire."""
    found = []
    client = world.app.test_client()
    for actor in INSIDE:
        client.set_cookie(f"tmc-{AVON}", world.tokens[HERTS][actor])
        client.set_cookie(f"tmc-{HERTS}", world.tokens[HERTS][actor])
        path = f"/{AVON}{world.path(line.path, actor)}"
        answer = client.open(path, method=line.method, data=line.form or None, buffered=True)
        world.requests += 1
        if TWIN_WORD in answer.text and not line.path.startswith("/demo/"):
            found.append(actor)  # a demo shows its sample officers to everybody
    return found


@requirement("D4")
def test_no_request_brings_anything_of_the_twin(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", False)
    for line in sorted(lines(), key=lambda line: line.path in ("/leave", "/sign-out")):
        for name, how in NAMED.items():
            assert foreign(world, line, **how) == [], f"{line}, named in the {name}"
        assert with_copied_cookies(world, line) == [], line
    record_property("figure", ("requests replayed at a twin force", world.requests))


def test_each_twin_reads_its_own_words_at_the_same_address(world: World) -> None:
    for force, own, others in ((HERTS, WORD, TWIN_WORD), (AVON, TWIN_WORD, WORD)):
        for actor in ("own", "lead"):
            rule = "/case/<uuid:case_id>" if actor == "own" else "/desk/case/<uuid:case_id>"
            text = world.ask(actor, "GET", world.path(rule, actor), force=force).text
            assert own in text
            assert others not in text


@protection("D4")
def test_if_sessions_were_of_every_force_the_twins_word_would_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = next(line for line in READING if line.path == "/desk/case/<uuid:case_id>")
    assert with_copied_cookies(world, line) == []
    opened_by = sessions.opened_by

    def anywhere(token: str, at: Any = None) -> Any:
        here = opened_by(token, at)
        if here.row_id is None and current_force_id() == AVON:
            with scope_of(HERTS), ForceSession(db=db) as other:
                row = other.connection().execute(
                    sessions.BY_TOKEN, {"token_hash": sessions.token_hash(token), "force": HERTS},
                    execution_options={"tmc_checked": True}).first()
            return sessions.ServerSession(row) if row else here
        return here

    monkeypatch.setattr(sessions, "opened_by", anywhere)
    assert set(with_copied_cookies(world, line)) == {"lead", "supervisor"}


@protection("D4")
def test_if_neither_statements_nor_rows_nor_keys_were_of_one_force_the_twins_word_would_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch, walls_down: sa.Engine
) -> None:
    line = next(line for line in READING if line.path == "/desk/case/<uuid:case_id>")
    real = prepared.run

    def of_the_other(connection: Any, compiled: Any, values: dict[str, Any]) -> Any:
        asked = "FROM crime_case" in compiled.sql and "incident_reference" in compiled.sql
        return real(connection, compiled, {**values, "force": AVON} if asked else values)

    monkeypatch.setattr(prepared, "run", of_the_other)
    assert world.ask("lead", "GET", world.path(line.path, "lead")).status_code == 500  # the second wall
    monkeypatch.setattr(ForceSession, "get_bind", lambda *a, **k: walls_down)
    assert foreign(world, line) == []  # what is sealed opens with its own force's keys only
    with world.app.app_context(), scope_of(AVON):
        twins = force_keys()
    open_own = ForceKeys.open

    def open_any(self: ForceKeys, *cell: Any) -> str:
        try:
            return open_own(self, *cell)
        except Unreadable:
            return open_own(twins, *cell)

    monkeypatch.setattr(ForceKeys, "open", open_any)
    assert foreign(world, line) == ["lead", "supervisor"]


@pytest.fixture
def walls_down(app: Flask) -> Iterator[sa.Engine]:
    """A role that row-level security does not hold."""
    engine = sa.create_engine(
        as_superuser(str(installation(app).settings.owner_database_url)))
    sa.event.listen(engine, "before_cursor_execute", refuse_unguarded)
    yield engine
    engine.dispose()


# --- the same key at both ---------------------------------------------------------------------


@requirement("D13")
def test_a_lock_of_one_force_does_not_hold_the_other(app: Flask) -> None:
    got: dict[str, threading.Event] = {force: threading.Event() for force in (HERTS, AVON)}

    def take_it(force: str) -> None:
        with app.app_context(), force_scope(force):
            lock("the same name")
            got[force].set()
            db.session.rollback()

    with app.app_context(), force_scope(HERTS):
        lock("the same name")
        others = [threading.Thread(target=take_it, args=(force,)) for force in got]
        for one in others:
            one.start()
        assert got[AVON].wait(60)
        assert not got[HERTS].wait(0.2)
        db.session.rollback()
    for one in others:
        one.join(60)
    assert got[HERTS].is_set()


@requirement("D13")
def test_a_job_of_one_force_leaves_the_others_row_of_the_same_id_alone(world: World) -> None:
    cause = world.ids["reason open"]
    for force in (HERTS, AVON):
        with world.app.app_context(), force_scope(force):
            tell_staff("break_glass", cause, world.ids["case theirs"], [])
            db.session.flush()
            found = db.session.scalars(sa.select(Notice).where(Notice.cause_id == cause)).one()
            kept = found.id
            found_id = world.ids["reason over"]
            db.session.execute(sa.update(Notice).where(Notice.id == kept).values(id=found_id))
            db.session.commit()
    jobs.run(world.app, "send_notice", HERTS, notice_id=str(world.ids["reason over"]))
    states = {}
    for force in (HERTS, AVON):
        with world.app.app_context(), force_scope(force):
            states[force] = db.session.scalars(
                sa.select(Notice.state).where(Notice.cause_id == cause)).one()
    assert states == {HERTS: "withheld", AVON: "due"}


@requirement("D13")
def test_a_token_that_both_forces_have_opens_each_its_own(world: World) -> None:
    with world.app.app_context(), force_scope(AVON):
        db.session.add(PortalSession(
            token_hash=sessions.token_hash(world.tokens[HERTS]["lead"]), made_at=clock.now(),
            seen_at=clock.now(), ends_at=clock.now() + sessions.ABSOLUTE, notes={},
            person_id=world.ids["person 1"]))
        db.session.commit()
    client = world.app.test_client()
    for force in (HERTS, AVON):
        client.set_cookie(f"tmc-{force}", world.tokens[HERTS]["lead"])
    case = world.ids["case theirs"]
    assert client.get(f"/{HERTS}/desk/case/{case}").status_code == 200
    assert client.get(f"/{AVON}/desk/case/{case}").status_code == 303
    assert client.get(f"/{AVON}/case/{case}").status_code == 200


@requirement("D13")
def test_opened_keys_are_kept_for_each_force(world: World) -> None:
    from core.storage.keys.keyring import force_keys

    made = []
    for force in (HERTS, AVON):
        with world.app.app_context(), force_scope(force):
            made.append(force_keys())
            assert force_keys() is made[-1]
    assert made[0] is not made[1]
