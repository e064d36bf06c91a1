"""What could keep the chain from growing, or the check from seeing that it does not."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.audit import check as audit_check
from core.audit.export import Head, append_heads, read_file
from core.audit.models import AuditHead, AuditLink
from core.base import clock
from core.base.settings import Settings
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing.commands import run_command
from tests.conftest import AVON, HERTS
from tests.core.audit.chains import ROWS, heads_now, link_all, verify, write_rows
from tests.security.checklist import requirement


@requirement("G8")
@pytest.mark.parametrize("order", [1, -1], ids=["as it was told first", "as it was told last"])
def test_a_chain_that_was_told_in_two_ways_was_made_anew(
    app: Flask, chain: list[Head], order: int
) -> None:
    """Whoever makes the chain anew and waits until its head is told again is found out all the same."""
    other = Head(HERTS, chain[0].number, b"another link", chain[0].at + order * timedelta(hours=1))
    broken = verify(app, [*chain, other]).broken
    assert broken and (broken.what, broken.number) == ("chain rebuilt", ROWS)
    again = Head(HERTS, ROWS, chain[0].link, other.at)
    assert verify(app, [*chain, again]).ok


@requirement("G8")
def test_rows_that_nobody_links_are_a_fault_after_an_hour(app: Flask, chain: list[Head]) -> None:
    write_rows(app, rows=2)
    with clock.travel(clock.now() + timedelta(minutes=50)):
        assert verify(app, chain).ok
    with clock.travel(clock.now() + timedelta(minutes=70)):
        broken = verify(app, chain).broken
        assert broken and (broken.what, broken.action) == ("not linked", "cases_listed")
        link_all(app)
        assert verify(app, chain).ok


@requirement("G8")
def test_a_head_that_was_taken_away_is_told_and_stops_no_chain(
    app: Flask, chain: list[Head], owner: Any
) -> None:
    owner("DELETE FROM audit_head")
    broken = verify(app, chain).broken
    assert broken and "noted" in broken.why
    write_rows(app, rows=3)
    assert link_all(app) == 3
    report = verify(app, chain)
    assert (report.ok, report.linked, report.unlinked) == (True, ROWS + 3, 0)


def test_a_head_that_was_put_back_stops_no_chain(app: Flask, chain: list[Head], owner: Any) -> None:
    row = link_of(app, 4)
    owner("UPDATE audit_head SET number = 4, link = :link", link=row.link)
    broken = verify(app, chain).broken
    assert broken and broken.what == "chain rebuilt"
    write_rows(app, rows=1)
    assert link_all(app) == 1
    assert verify(app, chain).ok


def test_a_tail_that_was_cut_is_not_covered_up_by_the_next_link(
    app: Flask, chain: list[Head], owner: Any
) -> None:
    gone = [link_of(app, number).id for number in (11, 12)]
    for one in gone:
        owner("DELETE FROM audit_entry WHERE id = :id", "DELETE FROM audit_link WHERE id = :id", id=one)
    write_rows(app, rows=1)
    assert link_all(app) == 1
    broken = verify(app, []).broken
    assert broken and (broken.what, broken.number) == ("deleted", 11)


def test_a_check_while_rows_are_linked_raises_no_false_alarm(
    app: Flask, chain: list[Head], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last link that the check reads and the head, the worker may add one."""
    noted = audit_check._noted

    def later() -> AuditHead | None:
        if link_waits:
            link_waits.pop()
            write_rows(app, rows=1)
            link_all(app)
        return noted()

    link_waits = [1]
    monkeypatch.setattr(audit_check, "_noted", later)
    report = verify(app, chain)
    assert (report.ok, report.linked, link_waits) == (True, ROWS + 1, [])


@requirement("G8")
def test_a_removal_that_the_portal_did_not_write_down_is_a_theft(
    app: Flask, chain: list[Head], settings: Settings
) -> None:
    """The serving role may call what removes old rows, and write a row that asks for it; it has no key."""
    engine = sa.create_engine(settings.database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in (
            f"SELECT set_config('tmc.force', '{HERTS}', true)",
            "INSERT INTO audit_entry (force, id, at, action, actor, fields, mac, key_id) SELECT force, "
            f"'{uuid7()}', at, 'audit_cut', actor, jsonb_build_object('through', 7, 'link', ''), mac, key_id "
            "FROM audit_entry LIMIT 1",
            "SELECT audit_remove_through(7)",
        ):
            connection.execute(sa.text(statement))
    engine.dispose()
    broken = verify(app, []).broken
    assert broken and (broken.what, broken.number) == ("deleted", 1)
    assert "1 to 7 are gone" in broken.why


def link_of(app: Flask, number: int) -> Any:
    with app.app_context(), force_scope(HERTS):
        return db.session.scalars(sa.select(AuditLink).where(AuditLink.number == number)).one()


# --- the file of heads --------------------------------------------------------------------------


def test_a_machine_that_stopped_while_it_wrote_heads_makes_no_line_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "heads"
    whole = [Head(HERTS, number, b"x", clock.now()) for number in (1, 2, 3)]
    append_heads(path, whole[:1])
    one = path.read_bytes()
    append_heads(path, whole[1:2])
    two = path.read_bytes()
    for cut in range(len(one), len(two) + 1):
        path.write_bytes(two[:cut])
        append_heads(path, whole[2:])
        found = [head.number for head in read_file(path)]
        assert found in ([1, 3], [1, 2, 3]), two[:cut]
        assert (2 in found) == (cut >= len(two) - 1)


def test_a_force_that_is_a_draft_again_is_still_checked(
    app: Flask, chain: list[Head], owner: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a line in a file would hide what happened to its audit."""
    append_heads(tmp_path / "heads", [*heads_now(app), Head("gone-for-good", 1, b"x", clock.now())])
    owner("UPDATE audit_entry SET actor = 'nobody' WHERE id = :id", id=link_of(app, 3).id)
    monkeypatch.setattr("core.cli.audit_commands.audited", lambda app: [AVON])
    assert HERTS in host(app).installed
    answer = run_command(app, "audit", "verify", "--heads", str(tmp_path / "heads"))
    assert answer.exit_code == 1 and "changed: row 3" in answer.output
    assert "not checked, though heads were told: gone-for-good" in answer.output
    told = run_command(app, "audit", "verify", "--heads", str(tmp_path / "heads"), "--json", "--quiet")
    assert {one["force"] for one in json.loads(told.stdout)} == {HERTS, AVON}


@pytest.mark.parametrize("content", [None, "", "another force's"])
@requirement("G8")
def test_a_file_of_heads_that_was_emptied_or_taken_away_is_a_fault(
    app: Flask, chain: list[Head], tmp_path: Path, content: str | None
) -> None:
    """Else whoever cuts a chain and reaches the file would only have to empty it."""
    file = tmp_path / "heads"
    if content is not None:
        file.write_text("")
    if content:
        append_heads(file, [Head(AVON, 1, b"x", clock.now())])
    words = ("verify", "--force", HERTS, "--heads", str(file), "--quiet")
    if content is not None:
        assert run_command(app, "audit", *words).exit_code == 0  # the first minute
    with clock.travel(clock.now() + timedelta(minutes=20)):
        answer = run_command(app, "audit", *words)
    assert answer.exit_code == 1
    assert ("no head of this force was told" in answer.output) == (content is not None)
    append_heads(file, chain)
    with clock.travel(clock.now() + timedelta(minutes=20)):
        assert run_command(app, "audit", *words).exit_code == 0


def test_a_line_whose_moment_has_no_zone_is_refused_by_its_place(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    append_heads(file, [Head(HERTS, 1, b"x", clock.now())])
    with file.open("a") as lines:
        lines.write('{"at": "2026-01-01T00:00:00", "heads": {"hertfordshire": [1, "00"]}}\n')
    answer = run_command(app, "audit", "verify", "--heads", str(file))
    assert (answer.exit_code, "heads:2: not a line of heads" in answer.output) == (1, True)
