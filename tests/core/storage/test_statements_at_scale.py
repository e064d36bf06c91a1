"""No page, delivery or job reads a force through: their statements are planned over thousands of cases.

The tables are filled and analysed, so that PostgreSQL would choose an index if there were one that
serves. A plan is refused in which a large table is read from end to end, or through an index by its
force only. Plans are looked at, and no time is taken: it is the same on any machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.chain import Chainer
from core.base import clock
from core.cases.models import Case, Staff
from core.plugin_host import jobs
from core.storage.db import close_connections, db, force_scope, insert_many
from core.storage.row_guard import Base
from core.testing import allocated, event, person, recorded
from core.testing.browser import Browser
from core.testing.kit import make_app, settings_for
from core.testing.postgres import Addresses
from plugins.retention.erasure import remove_cases
from tests.bench.filler import fill
from tests.bench.history import rows_beside
from tests.people import take
from tests.security.walk import FORCE, Walk, begin

COPIES = 3000
LARGE = 1000  # rows
# A few rows for each force, or none of any case: they may be read through.
SMALL = {
    "audit_head", "eligibility_demand", "erased_case", "force_file", "force_key", "outgoing",
    "contact_plan_agreed",  # read by case and person, by an index of its own
    # as many as a force has staff, who sign in now and then
    "staff_sign_in_attempt", "staff_sign_in_identity", "staff_sign_in_secret", "staff_sign_in_setup",
    "staff_sign_in_visit",
    "police_uk_crime", "record_feed_key", "record_feed_quota", "sign_in_alike",
}
# What has to look at every case of a force, and why.
WHOLE = {
    "the job judge_cases_after_start": "once in a worker's life: the force's file may be another",
    "the job mend_commitments": "once a night, every open case: is anybody owed nothing in it?",
    **dict.fromkeys(
        ("promises_kept.shown as supervisor", "promises_kept.shown as force_admin"),
        "figures of all that was promised, for the few who answer for the force"),
}
FORCE_TERM = re.compile(r"\(?(\w+\.)?force = [^()]+?(?=\) AND|\)$|$)")


@dataclass
class Heard:
    """Every statement that can be planned, with its first values and who asked it."""

    statements: dict[str, tuple[Any, str]] = field(default_factory=dict)
    asked_by: str = "the start"

    def note(self, query: Any, values: Any) -> None:
        if isinstance(query, str) and re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", query.lstrip()):
            self.statements.setdefault(query, (values, self.asked_by))


@contextmanager
def hearing() -> Iterator[Heard]:
    heard = Heard()
    execute, executemany = psycopg.Cursor.execute, psycopg.Cursor.executemany

    def one(self: Any, query: Any, values: Any = None, **more: Any) -> Any:
        heard.note(query, values)
        return execute(self, query, values, **more)

    def many(self: Any, query: Any, rows: Any, **more: Any) -> Any:
        rows = list(rows)
        heard.note(query, rows[0])
        return executemany(self, query, rows, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", one)
        patch.setattr(psycopg.Cursor, "executemany", many)
        yield heard


# --- what is looked at in a plan ------------------------------------------------------------------


def begin_planning(connection: Any) -> None:
    """Without the ways that serve a small table better: is there an index at all?"""
    connection.execute("SELECT set_config('tmc.force', %s, false)", (FORCE,))
    for way in ("seqscan", "hashjoin", "mergejoin"):
        connection.execute(f"SET enable_{way} = off")


def _conninfo(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Planner:
    """Plans of PostgreSQL for the force, as the serving role."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(_conninfo(url), autocommit=True)
        begin_planning(self.connection)
        self.large = {name for name, in self.connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", (LARGE,))}
        self.table_of = dict(self.connection.execute("SELECT indexname, tablename FROM pg_indexes"))

    def read_through(self, query: str, values: Any) -> list[str]:
        """What of the plan reads a large table, or a force of it, from end to end."""
        (told,), = self.connection.execute(f"EXPLAIN (FORMAT JSON) {query}", values)
        return [what for node in _nodes(told[0]["Plan"]) if (what := self._offence(node))]

    def _offence(self, node: dict[str, Any]) -> str | None:
        kind = node["Node Type"]
        table = node.get("Relation Name") or self.table_of.get(node.get("Index Name", ""))
        if table not in self.large:
            return None
        if kind == "Seq Scan":
            return f"{table} from end to end"
        if "Index" in kind and not FORCE_TERM.sub("", node.get("Index Cond", "")).strip("() AND"):
            return f"{table} through {node['Index Name']} by its force only"
        return None


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


# --- the portal -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Large:
    app: Flask
    walk: Walk
    planner: Planner
    owner: str


@pytest.fixture(scope="module")
def large(database: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    """One case that opens among thousands, at four forces, in a database of its own."""
    made = database.new_database("large")
    app = make_app(settings_for(made, tmp_path_factory.mktemp("large")))
    walk = begin(app)
    with app.app_context(), force_scope(FORCE):
        for model, rows in rows_beside([(walk.met.case, walk.met.people["P1"], walk.met.staff)]):
            insert_many(model, rows)
        db.session.execute(sa.update(Case).values(stage="closed").where(Case.id == walk.met.case))
        db.session.commit()
    with app.app_context():
        Chainer().link_new(FORCE)
        close_connections()
    superuser = database.server.url(database="large")
    fill(superuser, copies=COPIES, forces=[FORCE, "avon-and-somerset", FORCE, "essex"], before=600)
    planner = Planner(made.serving)
    yield Large(app, walk, planner, _conninfo(made.owner))
    planner.connection.close()
    with app.app_context():
        close_connections()


def set_role(large: Large, role: str) -> None:
    with large.app.app_context(), force_scope(FORCE):
        db.session.execute(sa.update(Staff).values(role=role).where(Staff.id == large.walk.met.staff))
        db.session.commit()


def every_page(large: Large, heard: Heard) -> None:
    """As the person, and as the officer in each role that has a desk."""
    pages = [rule for rule in large.walk.rules("GET") if rule.endpoint not in ("pages.leave", "static")]
    for role in ("person", "officer", "supervisor", "force_admin"):
        if role != "person":
            set_role(large, role)
        browser = large.walk.person() if role == "person" else large.walk.officer()
        for rule in pages:
            heard.asked_by = f"{rule.endpoint} as {role}"
            answer = browser.client.get(large.walk.url(rule), buffered=True)
            assert answer.status_code < 500, heard.asked_by


def what_people_send(large: Large, heard: Heard) -> None:
    case = large.walk.met.case
    set_role(large, "supervisor")
    sends: list[tuple[Callable[[], Browser], str, dict[str, str]]] = [
        (large.walk.person, f"/case/{case}/messages", {"text": "Is there any news?"}),
        (large.walk.officer, "/desk/", {"reference": "24/41/1"}),
        (large.walk.officer, "/desk/unit", {"reference": "24/41/1"}),
        (large.walk.officer, "/desk/reason", {"reference": "41/1/24", "reason": "court",
                                              "words": "A hearing is tomorrow and I stand in."}),
        (large.walk.visitor, "/sign-in", {
            "crime_reference": "41/1/24", "surname": "Khan", "date_of_birth-day": "17",
            "date_of_birth-month": "5", "date_of_birth-year": "1980", "postcode": "WD17 1AA"}),
    ]
    for who, path, fields in sends:
        heard.asked_by = f"POST {path}"
        browser = who()
        browser.get(path)
        answer = browser.post(path, fields)
        assert answer.status_code in (303, 200), (path, answer.status_code)
        browser.get(path)


def what_a_record_system_sends(large: Large, heard: Heard) -> None:
    heard.asked_by = "the record feed"
    take(large.app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24"),
         event("crime.progress", "41/2/24", text="News", time="2024-03-05T10:00:00Z"),
         event("crime.outcome", "41/2/24", outcome="18", time="2024-03-07T10:00:00Z"))


def jobs_of_the_clock(large: Large, heard: Heard) -> None:
    """What removes looks from a day on which little is old, as it does every night."""
    for name in jobs.registry(large.app).periodic:
        heard.asked_by = f"the job {name}"
        then = clock.now() - timedelta(days=0 if name == "oversight_unusual_viewing" else 350)
        with clock.travel(then):
            jobs.with_work(large.app, name, [FORCE])
            jobs.run(large.app, name, FORCE)
    heard.asked_by = "the audit's chain"
    with large.app.app_context():
        Chainer().link_new(FORCE)
    heard.asked_by = "a case is removed"
    with large.app.app_context(), force_scope(FORCE):
        remove_cases([large.walk.met.case])
        db.session.rollback()


@pytest.fixture(scope="module")
def heard(large: Large) -> Heard:
    with hearing() as found:
        every_page(large, found)
        what_people_send(large, found)
        what_a_record_system_sends(large, found)
        jobs_of_the_clock(large, found)
    return found


def test_every_table_is_large_or_known_to_be_small(large: Large) -> None:
    tables = {name for name in Base.metadata.tables if name not in large.planner.large}
    assert tables == SMALL


def test_no_statement_reads_a_force_through(large: Large, heard: Heard) -> None:
    assert len(heard.statements) >= 100
    found = [
        f"{asked_by} reads {', '.join(what)}: {' '.join(query.split())}"
        for query, (values, asked_by) in heard.statements.items()
        if not query.startswith("INSERT") and asked_by not in WHOLE
        and (what := large.planner.read_through(query, values))
    ]
    if found:
        pytest.fail("\n".join(found))


@pytest.mark.parametrize(("spoil", "query", "said"), [
    ("DROP INDEX message_thread", "SELECT id FROM message WHERE force = %(force)s AND case_id = %(id)s "
     "AND person_id = %(id)s", None),  # another index serves
    ("DROP INDEX message_thread; DROP INDEX message_unread; DROP INDEX message_person; "
     "ALTER TABLE message DROP CONSTRAINT message_case_id_person_id_form_key_force_key",
     "SELECT id FROM message WHERE force = %(force)s AND case_id = %(id)s", "message"),
    ("DROP INDEX crime_case_closed", "SELECT id FROM crime_case WHERE force = %(force)s "
     "AND stage = 'closed' AND latest_at < now() - interval '355 days'", "crime_case"),
    ("SELECT 1", "SELECT id FROM staff WHERE force = %(force)s AND lower(record_id) = 'o1'", "staff"),
    ("SELECT 1", "SELECT id FROM person WHERE force = %(force)s ORDER BY id LIMIT 25", "person"),
    ("SELECT 1", "SELECT count(*) FROM entry WHERE force = %(force)s", "entry"),
    ("SELECT 1", "SELECT id FROM entry WHERE force = %(force)s AND id = %(id)s", None),
    ("SELECT 1", "UPDATE notice SET tries = 1 WHERE force = %(force)s AND cause_id = %(id)s", "notice"),
])
def test_a_statement_that_reads_a_force_through_is_refused(
    large: Large, spoil: str, query: str, said: str | None
) -> None:
    values = {"force": FORCE, "id": UUID(int=1)}
    with psycopg.connect(large.owner) as owner, pytest.MonkeyPatch.context() as patch:
        owner.execute(spoil)
        begin_planning(owner)
        patch.setattr(large.planner, "connection", owner)
        found = large.planner.read_through(query, values)
        owner.rollback()
    assert [one.split()[0] for one in found] == ([said] if said else [])
