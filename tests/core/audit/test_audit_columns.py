"""Whatever of the audit is changed no longer fits: each column in turn, those to come among them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit import CoreAction, chain, trail
from core.audit.chain import Chainer, link_fits
from core.audit.models import AuditEntry, AuditLink
from core.storage.db import db, force_scope
from plugins.oversight.audit_actions import OversightAction
from plugins.retention.audit_actions import RetentionAction
from tests.conftest import AVON, HERTS
from tests.security.checklist import requirement

# PostgreSQL writes it when the row is there; it says where the chainer looks, and no link is made by it.
OUTSIDE = {AuditEntry: {"written_in"}, AuditLink: {"linked_at"}}
SECTION = {"viewer": "officer", "relation": "lead"}


def columns(model: Any) -> set[str]:
    return {column.name for column in model.__table__.columns} - {"force"}


@pytest.fixture(scope="module")
def rows(portal: Flask, settings: Any) -> dict[Any, dict[str, Any]]:
    """A row with something in every column, and its link."""
    with portal.app_context(), force_scope(HERTS):
        made = trail._row("staff", uuid4(), CoreAction.CASE_SEEN, uuid4(), dict(SECTION))
        link: list[dict[str, Any]] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(chain, "insert_many", lambda model, many: link.extend(many))
            chain._append(6, b"the link before", [made])
        db.session.rollback()
    assert columns(AuditEntry) - made.keys() == OUTSIDE[AuditEntry]
    assert all(value is not None for value in made.values())
    assert columns(AuditLink) == link[0].keys()
    return {AuditEntry: made, AuditLink: link[0]}


def others(value: Any) -> Iterator[Any]:
    """Values of the same kind that are not this one."""
    if isinstance(value, UUID):
        yield from (UUID(int=value.int ^ 1), UUID(int=value.int ^ (1 << 127)))
    elif isinstance(value, bytes):
        yield from (bytes([value[0] ^ 1]) + value[1:], value[:-1] + bytes([value[-1] ^ 1]), value[:-1])
    elif isinstance(value, dict):
        for key in value:
            yield {name: said for name, said in value.items() if name != key}
            yield {**value, key: f"{value[key]}s"}
            yield {**value, key: 1}
        yield {**value, "more": "words"}
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield from (f"{value}s", value[:-1], value.upper())
    else:
        yield from (value + timedelta(microseconds=1), value - timedelta(days=1))


CASES = [(model, name) for model in OUTSIDE for name in sorted(columns(model) - OUTSIDE[model])]


@requirement("G8")
@pytest.mark.parametrize(("model", "name"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_a_row_or_link_with_one_column_changed_does_not_fit_and_as_it_was_it_does(
    portal: Flask, rows: Any, model: Any, name: str
) -> None:
    fits, row = (audit.fits if model is AuditEntry else link_fits), rows[model]
    with portal.app_context(), force_scope(HERTS):
        assert fits(row)
        for value in others(row[name]):
            assert not fits({**row, name: value}), value
        if name in ("actor_id", "case_id"):
            assert not fits({**row, name: None})


@requirement("G8")
def test_nobody_did_it_is_not_the_same_as_somebody_did(portal: Flask) -> None:
    """An empty column is part of what is signed too."""
    with portal.app_context(), force_scope(HERTS):
        row = trail._row("system", None, CoreAction.CASES_LISTED, None, {"count": 1})
        assert audit.fits(row)
        for name in ("actor_id", "case_id"):
            assert not audit.fits({**row, name: uuid4()})
        assert not audit.fits({**row, "actor_id": row["case_id"], "case_id": uuid4()})


@requirement("G8")
def test_ids_that_change_places_do_not_fit(portal: Flask, rows: Any) -> None:
    row = rows[AuditEntry]
    with portal.app_context(), force_scope(HERTS):
        assert not audit.fits({**row, "actor_id": row["case_id"], "case_id": row["actor_id"]})
        assert not audit.fits({**row, "action": row["actor"], "actor": row["action"]})


@requirement("G8")
def test_a_row_of_one_force_is_none_of_another(portal: Flask, rows: Any) -> None:
    with portal.app_context(), force_scope(HERTS):
        bytes_of = trail.canonical(rows[AuditEntry]), chain.canonical(7, b"x", rows[AuditLink])
    with portal.app_context(), force_scope(AVON):
        assert not audit.fits(rows[AuditEntry])
        assert not link_fits(rows[AuditLink])
        theirs = trail.canonical(rows[AuditEntry]), chain.canonical(7, b"x", rows[AuditLink])
    assert bytes_of[0] != theirs[0] and bytes_of[1] != theirs[1]


def test_what_the_database_gives_back_is_what_was_signed(app: Flask) -> None:
    """Every kind of value that stands in an audit row survives the way into its columns and back."""
    with app.app_context(), force_scope(HERTS):
        audit.write(CoreAction.CASE_SEEN, case_id=uuid4(), viewer="person")
        audit.write(RetentionAction.CASES_REMOVED, rows={"crime_case": 2, "entry": 10})
        audit.write(CoreAction.KEYS_MADE, purposes=["audit", "feed"])
        audit.write(OversightAction.OPENED, minutes=60, reason="court", break_glass=str(uuid4()))
        db.session.commit()
        Chainer().link_new(HERTS)
    with app.app_context(), force_scope(HERTS):
        for model, fits in ((AuditEntry, audit.fits), (AuditLink, link_fits)):
            found = db.session.scalars(sa.select(model)).all()
            assert len(found) == 4
            assert all(fits({name: getattr(one, name) for name in columns(model)}) for one in found)
