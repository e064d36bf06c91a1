"""What record systems send is legible in no column: sealed, or a keyed hash to be known again by."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.base.installation import installation
from core.storage.migrations.sealing import Sealer, all_forces, rewrite

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None

# Text columns of old whose content is sealed from now on.
SEALED = {
    "staff": ("collar_number",),
    "crime_case": ("incident_reference", "home_office_code"),
    "entry": ("stamp",),
}
KNOWN_BY_ID = ("staff", "person")
MORE = {"staff": ("stamps", "record_id"), "person": ("stamps", "record_id"), "access": ("stamps",),
        "crime_case": ("stamps", "flags")}
PLAIN_ID = re.compile(r"(?=.*[0-9])(?!.*[A-Za-z]{5})[A-Za-z0-9_.:/-]{1,40}")
PLAIN_REFERENCE = re.compile(r"(?=.*[0-9])(?!.*[^\W\d_]{6}).{1,40}")
STAMPED = ("staff", "crime_case", "person", "access")
FLAGS = frozenset({  # the shared list of the time
    "domestic-abuse", "hate-race", "hate-religion", "hate-sexual-orientation", "hate-disability",
    "hate-transgender", "child-sexual-abuse", "child-sexual-exploitation",
    "child-criminal-exploitation", "honour-based-abuse", "knife-crime", "online",
})
TYPES = frozenset({
    *(f"uk.police.crime.{kind}.v1" for kind in (
        "recorded", "amended", "allocated", "progress", "outcome", "reopened")),
    *(f"uk.police.suspect.{kind}.v1" for kind in (
        "arrested", "interviewed", "released", "bail_changed", "charged")),
    "uk.police.person.amended.v1", "uk.police.message.sent.v1",
})


def upgrade() -> None:
    _add()
    with all_forces("record_event", "person", "access", *SEALED):
        for table in sorted({*SEALED, *STAMPED}):
            plain = SEALED.get(table, ())
            rewrite(table, (*plain, *MORE.get(table, ())), _sealing(table, plain))
        rewrite("record_event", ("envelope_source", "event_id", "type", "subject_key"), _hashed)
    op.alter_column("record_event", "event_key", nullable=False)
    _drop()
    op.create_index("record_event_once", "record_event", ["event_key", "source", "force"], unique=True,
                    postgresql_where=sa.text("status <> 'conflict'"))
    op.create_index("entry_timeline", "entry", ["case_id", "happened_at", "force"])


def _add() -> None:
    sealed = [(table, name) for table, names in SEALED.items() for name in names]
    sealed += [(table, "stamps") for table in STAMPED]
    sealed += [("record_event", "reason"), ("crime_case", "other_flags")]
    for table, name in sealed:
        op.add_column(table, sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("record_event", sa.Column("event_key", sa.LargeBinary(), nullable=True))


def _sealing(table: str, plain: tuple[str, ...]) -> Any:
    def made(sealer: Sealer, row: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            f"{name}_sealed": sealer.seal(table, name, row.id, getattr(row, name)) for name in plain
        }
        if table in STAMPED:
            values["stamps_sealed"] = sealer.seal(table, "stamps", row.id, json.dumps(row.stamps or {}))
        if table == "crime_case":
            values |= _flags(sealer, row)
        if table in KNOWN_BY_ID:
            values["record_id"] = _known_by(sealer, row.record_id)
        return values

    return made


def _known_by(sealer: Sealer, record_id: str) -> str:
    force, colon, own = record_id.partition(":")
    if colon and force in installation().host.installed:
        return f"{force}:{_known_by(sealer, own)}"
    return record_id if PLAIN_ID.fullmatch(record_id) else f"~{sealer.lookup(record_id).hex()}"


def _flags(sealer: Sealer, row: Any) -> dict[str, Any]:
    told = {flag.strip().lower().replace("_", "-").replace(" ", "-"): flag for flag in row.flags or ()}
    others = sorted(flag for known, flag in told.items() if known not in FLAGS)
    known = sorted({*(told.keys() & FLAGS), *(["other"] if others else [])})
    text = json.dumps(others) if others else None
    return {"flags": known,
            "other_flags_sealed": sealer.seal("crime_case", "other_flags", row.id, text)}


def _hashed(sealer: Sealer, row: Any) -> dict[str, Any]:
    """The reasons of what waits are said anew by `trackmycrime feed retry`: they held what was sent."""
    return {
        "event_key": sealer.lookup(f"{row.envelope_source}\x1f{row.event_id}"),
        "type": row.type if row.type in TYPES else "other",
        "subject_key": row.subject_key if PLAIN_REFERENCE.fullmatch(row.subject_key)
        else f"~{sealer.lookup(row.subject_key).hex()}",
    }


def _drop() -> None:
    op.drop_index("record_event_once", "record_event")
    op.drop_index("entry_timeline", "entry")
    for table, names in SEALED.items():
        for name in names:
            op.drop_column(table, name)
    for table in STAMPED:
        op.drop_column(table, "stamps")
    for name in ("envelope_source", "event_id", "reason"):
        op.drop_column("record_event", name)


def downgrade() -> None:
    """The columns of old, empty: what is sealed does not become legible again."""
    op.drop_index("record_event_once", "record_event")
    op.drop_index("entry_timeline", "entry")
    empty = sa.text("''")
    for table, names in SEALED.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text(), nullable=name != "stamp",
                                           server_default=empty if name == "stamp" else None))
            op.drop_column(table, f"{name}_sealed")
    for table in STAMPED:
        op.add_column(table, sa.Column("stamps", postgresql.JSONB(), nullable=False,
                                       server_default=sa.text("'{}'")))
        op.drop_column(table, "stamps_sealed")
    op.drop_column("crime_case", "other_flags_sealed")
    for name in ("envelope_source", "event_id"):
        op.add_column("record_event", sa.Column(name, sa.Text(), nullable=False, server_default=empty))
    op.add_column("record_event", sa.Column("reason", sa.Text(), nullable=True))
    for name in ("reason_sealed", "event_key"):
        op.drop_column("record_event", name)
    op.create_index("record_event_once", "record_event",
                    ["event_id", "source", "envelope_source", "force"],
                    postgresql_where=sa.text("status <> 'conflict'"))
    op.create_index("entry_timeline", "entry", ["case_id", "stamp", "force"])
