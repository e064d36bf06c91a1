"""Two forces with the same references, names and ids: nobody sees the other force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.scope import NoForceInScope, scope_of
from core.cases.models import Case, Entry, Message, Person
from core.storage.db import (
    WallError,
    change,
    check_force_filters,
    db,
    force_scope,
    insert_many,
    read,
    update_many,
)
from core.storage.walls import owned
from tests.conftest import AVON, HERTS
from tests.isolation.conftest import CANARIES
from tests.isolation.past_the_wall import see_everything
from tests.pages import Browser
from tests.people import sign_in_as


def other(force: str) -> str:
    return AVON if force == HERTS else HERTS


@pytest.mark.parametrize("force", [HERTS, AVON])
def test_a_person_sees_their_own_force_and_nothing_of_the_other(
    app: Flask, twins: Any, force: str
) -> None:
    browser = Browser(app, force)
    sign_in_as(browser, person_id=twins[force]["person"])
    seen = "".join(
        browser.get(path).text
        for path in (
            "/your-reports",
            f"/case/{twins[force]['case']}",
            f"/case/{twins[force]['case']}/messages",
        )
    )
    assert CANARIES[force] in seen
    assert CANARIES[other(force)] not in seen


@pytest.mark.parametrize("force", [HERTS, AVON])
def test_the_other_forces_case_is_not_found_whoever_asks(
    app: Flask, twins: Any, force: str
) -> None:
    case = twins[other(force)]["case"]
    for who in ({"person_id": twins[force]["person"]}, {"staff_id": twins[force]["staff"]}):
        browser = Browser(app, force)
        sign_in_as(browser, **who)
        path = f"/case/{case}" if "person_id" in who else f"/desk/case/{case}"
        own = path.replace(str(case), str(twins[force]["case"]))
        stranger = browser.get(path)
        assert stranger.status_code == 404
        assert CANARIES[other(force)] not in stranger.text
        assert browser.get(own).status_code == 200


@pytest.mark.parametrize("force", [HERTS, AVON])
def test_an_officer_of_one_force_with_a_copied_cookie_is_nobody_at_the_other(
    app: Flask, twins: Any, force: str
) -> None:
    browser = Browser(app, force)
    sign_in_as(browser, staff_id=twins[force]["staff"])
    token = browser.client.get_cookie(f"tmc-{force}").value
    stranger = Browser(app, other(force))
    stranger.client.set_cookie(f"tmc-{other(force)}", token)
    answer = stranger.get("/desk/")
    assert answer.status_code == 303
    assert browser.get("/desk/").status_code == 200


# --- the first wall -----------------------------------------------------------------------------


@pytest.mark.parametrize("force", [HERTS, AVON])
def test_the_row_guard_shows_the_rows_of_the_force_in_scope_only(
    app: Flask, twins: Any, force: str
) -> None:
    """Asked on a connection for which row-level security is off: the guard alone must hold."""
    with app.app_context(), force_scope(force):
        see_everything(app)
        assert db.session.scalars(sa.select(Case.id)).all() == [twins[force]["case"]]
        assert db.session.get(Case, (other(force), twins[other(force)]["case"])) is None
        assert db.session.query(Person).count() == 1
        changed = db.session.execute(sa.update(Case).values(summary_sealed=None))
        assert changed.rowcount == 1
        gone = db.session.execute(sa.delete(Message))
        assert gone.rowcount == 1
        db.session.rollback()


def test_with_no_force_in_scope_asking_is_an_error(app: Flask, twins: Any) -> None:
    with app.app_context():
        with pytest.raises(NoForceInScope):
            db.session.scalars(sa.select(Case)).all()
        with force_scope(HERTS):
            assert len(db.session.scalars(sa.select(Case)).all()) == 1


def test_a_row_of_another_force_cannot_be_written(app: Flask, twins: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        db.session.add(Person(force=AVON, source="x", record_id="y", language="en", made_up=False))
        with pytest.raises(WallError, match="would be written for"):
            db.session.flush()
        db.session.rollback()
        db.session.add(Person(source="x", record_id="y", language="en", made_up=False))
        db.session.flush()


def test_bulk_inserts_and_updates_stay_in_the_force(app: Flask, twins: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        see_everything(app)
        update_many(Case, [{"id": twins[AVON]["case"], "stage": "closed"}])
        insert_many(
            Person,
            [
                {
                    "id": UUID(int=5),
                    "force": AVON,
                    "source": "x",
                    "record_id": "y",
                    "language": "en",
                    "made_up": False,
                }
            ],
        )
        db.session.commit()
    with app.app_context(), force_scope(AVON):
        assert db.session.scalars(sa.select(Case.stage)).one() == "investigating"
        assert db.session.query(Person).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(Case.id),
        sa.select(Case.id).where(Case.force == "hertfordshire"),
        sa.select(Case.id).where(sa.or_(owned(Case), sa.true())),
        sa.select(Case.id).join(Entry, Entry.case_id == Case.id).where(owned(Case)),
        sa.select(Case.id).where(
            owned(Case), sa.exists(sa.select(Entry.id).where(Entry.case_id == Case.id))
        ),
        sa.select(Case.__table__.alias().c.id),
        sa.union(sa.select(Case.id).where(owned(Case)), sa.select(Entry.id)),
        sa.select(sa.select(Entry.id).subquery().c.id),
        # the left side of an outer join keeps every row, whatever stands in its condition
        sa.select(Case.id).outerjoin(Entry, sa.and_(owned(Case), owned(Entry))),
        sa.select(Case.id).join(Entry, sa.and_(owned(Case), owned(Entry)), full=True),
        sa.select(sa.func.count()).select_from(sa.tablesample(Case.__table__, 50)),
    ],
)
def test_a_core_statement_without_its_force_term_is_refused(
    app: Flask, twins: Any, statement: Any
) -> None:
    with (
        app.app_context(),
        force_scope(HERTS),
        pytest.raises(WallError, match="no `force = :force`"),
    ):
        read(statement)


@pytest.mark.parametrize("statement", [
    sa.text("SELECT * FROM crime_case"),
    sa.text("SELECT id FROM crime_case").columns(sa.column("id")),
    sa.select(sa.text("* FROM crime_case")),
    sa.select(sa.column("id")).select_from(sa.text("crime_case")),
    sa.select(sa.literal_column("(SELECT string_agg(stage, ',') FROM crime_case)")),
    sa.select(sa.table("crime_case", sa.column("id")).c.id),
    sa.select(sa.delete(Case).returning(Case.id).cte().c.id),
    sa.select(sa.update(Case).values(stage="closed").returning(Case.id).cte().c.id),
    sa.select(sa.func.set_config("tmc.force", AVON, True)),
    sa.select(sa.func.query_to_xml("SELECT * FROM crime_case", True, True, "")),
    sa.delete(Case), sa.update(Case).values(stage="closed"),
], ids=str)
def test_a_core_statement_that_nobody_can_look_through_is_refused(
    app: Flask, twins: Any, statement: Any
) -> None:
    with app.app_context(), force_scope(HERTS), pytest.raises(WallError):
        read(statement)


def test_a_core_statement_with_its_force_term_runs(app: Flask, twins: Any) -> None:
    alias = Case.__table__.alias()
    for statement in (
        sa.select(Case.id).where(owned(Case)),
        sa.select(Case.id)
        .join(Entry, sa.and_(Entry.case_id == Case.id, owned(Entry)))
        .where(owned(Case))
        .distinct(),
        sa.select(alias.c.id).where(owned(alias)),
        sa.select(Case.id).outerjoin(
            Entry, sa.and_(Entry.case_id == Case.id, owned(Entry))).where(owned(Case)).distinct(),
        sa.select(Case.id).join(Entry, sa.and_(owned(Case), owned(Entry))).distinct(),
    ):
        with app.app_context(), force_scope(HERTS):
            check_force_filters(statement)
            assert read(statement).scalars().all() == [twins[HERTS]["case"]]


@pytest.mark.parametrize("statement", [
    sa.update(Case).values(stage="closed"),
    sa.update(Case).where(Case.stage == "recorded").values(stage="closed"),
    sa.update(Case).where(sa.or_(owned(Case), Case.stage == "recorded")).values(stage="closed"),
    sa.update(Case).where(owned(Case)).values({Case.force: sa.literal(AVON)}),
    sa.update(Case).where(owned(Case)).ordered_values((Case.force, sa.literal(AVON))),
    sa.update(Case).where(owned(Case)).values(stage=sa.select(Entry.stage).limit(1).scalar_subquery()),
    sa.update(Case).where(owned(Case), Entry.case_id == Case.id).values(stage="closed"),
    sa.update(Case).where(owned(Case)).values(stage=sa.literal_column("(SELECT stage FROM entry LIMIT 1)")),
    sa.update(Case).where(owned(Case)).values(stage=sa.func.set_config("tmc.force", AVON, True)),
    sa.select(Case.id).where(owned(Case)), sa.delete(Case).where(owned(Case)),
    sa.text("DELETE FROM crime_case"),
])
def test_a_change_that_could_touch_or_read_more_than_rows_of_its_force_is_refused(
    app: Flask, twins: Any, statement: Any
) -> None:
    with app.app_context(), force_scope(HERTS), pytest.raises(WallError):
        change(statement)
    with app.app_context(), force_scope(AVON):
        assert read(sa.select(Case.stage).where(owned(Case))).scalars().all() == ["investigating"]


def test_a_change_of_the_rows_of_its_force_tells_how_many_and_leaves_the_others(
    app: Flask, twins: Any
) -> None:
    longer = sa.update(Case).where(owned(Case), Case.stage == sa.bindparam("was")).values(
        stage=Case.stage + sa.bindparam("more", type_=sa.Text))
    with app.app_context(), force_scope(HERTS):
        assert [change(longer, was="investigating", more="!") for _ in range(2)] == [1, 0]
        assert read(sa.select(Case.stage).where(owned(Case))).scalars().all() == ["investigating!"]
        db.session.commit()
    with app.app_context(), force_scope(AVON):
        assert read(sa.select(Case.stage).where(owned(Case))).scalars().all() == ["investigating"]


def test_no_other_way_to_the_database_is_open(app: Flask, twins: Any) -> None:
    ways = [
        lambda: db.session.execute(sa.text("SELECT * FROM crime_case")),
        lambda: db.session.execute(sa.select(Case.__table__.c.id)),
        lambda: db.session().connection().execute(sa.text("SELECT 1")),
        lambda: db.session().connection().exec_driver_sql("SELECT * FROM person"),
        lambda: db.engine.connect().execute(sa.select(Case.__table__)),
        lambda: db.session.execute(sa.insert(Person).values(force=AVON)),
    ]
    for way in ways:
        with app.app_context(), force_scope(HERTS), pytest.raises(WallError):
            way()


@pytest.mark.parametrize("ask", [
    lambda: read(sa.select(Case.id).where(owned(Case))),
    lambda: update_many(Case, [{"id": UUID(int=1), "stage": "closed"}]),
    lambda: insert_many(Case, [{"id": UUID(int=1)}]),
    lambda: db.session.scalars(sa.select(Case)).all(),
])
def test_a_session_at_work_for_one_force_is_not_used_for_another(
    app: Flask, twins: Any, ask: Any
) -> None:
    with app.app_context(), force_scope(HERTS):
        read(sa.select(Case.id).where(owned(Case)))
        with scope_of(AVON), pytest.raises(WallError, match="is used for"):
            ask()
        db.session.rollback()
