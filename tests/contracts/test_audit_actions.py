"""Actions of the audit are enumerations, each in one table of docs/audit.md, and never a bare string."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_type_hints

import pytest
from flask import Flask

from core import audit
from core.base.audit_actions import AuditAction, CoreAction
from core.plugin_host.host import host
from core.storage.db import force_scope
from core.storage.keys.key_ends import Note
from tests.conftest import HERTS
from tests.contracts.bare_kinds import bare_actions
from tests.security.audited import declared

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/audit.md"
FIELD = re.compile(r"`(\w+)`")


def code_of_the_portal() -> list[Path]:
    return [path for folder in ("core", "plugins", "forces")
            for path in sorted((ROOT / folder).rglob("*.py"))]


def documented_actions(document: str) -> dict[str, tuple[str, set[str]]]:
    """Action -> who writes it, and its fields, as the table says."""
    table = document.split("<!-- actions -->\n")[1].split("<!-- /actions -->")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert all(len(row) == 4 and all(row) for row in rows)
    return {row[0].strip("`"): (row[1], set(FIELD.findall(row[3]))) for row in rows}


def owner_of(action: AuditAction) -> str:
    room, name, *_ = type(action).__module__.split(".")
    return name if room == "plugins" else room


def of_the_portal() -> dict[str, AuditAction]:
    return {text: one for text, one in declared().items()
            if type(one).__module__.split(".")[0] in ("core", "plugins")}


def test_every_action_stands_in_the_table_with_its_owner_and_fields(portal: Flask) -> None:
    assert host(portal).plugins.keys() >= {"sign_in", "passkeys"}, "all are loaded"
    actions = of_the_portal()
    assert len(actions) > 50
    assert documented_actions(DOCUMENT.read_text()) == {
        text: (owner_of(one), set(one.fields)) for text, one in actions.items()}


def test_the_core_declares_none_that_only_one_plugin_writes() -> None:
    """What it declares it writes itself, or several plugins do: getting in, and lists that staff see."""
    written: dict[str, set[str]] = {}
    for path in code_of_the_portal():
        room, name, *_ = path.relative_to(ROOT).parts
        for member in re.findall(r"\bCoreAction\.(\w+)", path.read_text()):
            written.setdefault(member, set()).add(name if room == "plugins" else room)
    shared = {"SIGN_IN", "CODE_SENT", "CODE_WITHHELD", "PEOPLE_LISTED"}
    assert {one.name for one in CoreAction} == written.keys()
    assert {name for name, owners in written.items() if owners != {"core"} and "core" not in owners} == shared


def test_no_action_is_a_bare_string() -> None:
    files = code_of_the_portal()
    assert len(files) > 300
    found = [f"{path.relative_to(ROOT)}:{line}: {text}" for path in files
             for line, text in bare_actions(path.read_text())]
    assert found == []


@pytest.mark.parametrize("takes", [audit.write, Note.__call__], ids=["write", "note"])
def test_whoever_hands_on_a_bare_string_hears_it_of_mypy_and_of_the_audit(
    takes: Callable[..., object], app: Flask
) -> None:
    assert get_type_hints(takes)["action"] is AuditAction
    with app.app_context(), force_scope(HERTS), pytest.raises(audit.UndeclaredAudit, match="'case_seen'"):
        audit.write("case_seen")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [
    'audit.write("case_seen", viewer="person")', 'audit.write("case_seen" if a else KNOWN)',
    'trail.write("audit_cut")', 'note("keys_made", purposes=[])', 'self.note("keys_made")',
    'audit.write_many([("case_shown", one.id, {}) for one in turned])',
    'trail.signed([(KNOWN, None, {}), ("case_shown", None, {})])',
    'sa.select(AuditEntry.id).where(AuditEntry.action == "case_seen")',
    'AuditEntry.action.in_(("case_shown", KNOWN))', 'found = row.action in {"case_shown"}',
    'made = "case_shown" != row["action"]', 'action = "case_opened" if new else KNOWN',
    'Kept("sessions", noted="sessions_removed")',
    'def note_refusal(source, action="record_feed_refused"): pass',
    'def note_refusal(source, *, action: str = "record_feed_refused"): pass', 'row = {"action": "case_seen"}',
    'action: str = "case_seen"',
])
def test_one_that_is_would_be_found(code: str) -> None:
    assert len(list(bare_actions(code))) == 1


@pytest.mark.parametrize("code", [
    "audit.write(CoreAction.CASE_SEEN, viewer='person')", 'file.write("case_seen")',
    'click.echo("case_seen")', 'note("a sentence of somebody else")',
    'AuditEntry.action == CoreAction.CASE_SEEN', 'sa.text("action = \'case_seen\'")', 'label = "action"',
    'audit.write_many([(CoreAction.CASE_SHOWN, None, {"reason": "locked"})])',
])
def test_what_is_none_is_not(code: str) -> None:
    assert list(bare_actions(code)) == []
