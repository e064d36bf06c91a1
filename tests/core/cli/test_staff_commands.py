"""An operator sets who supervises, and is told where nobody reviews."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.cases.models import Staff
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated
from core.testing.commands import run_command
from tests.conftest import AVON, HERTS
from tests.people import Met
from tests.security.audited import audited


def staff_command(app: Flask, *words: str, force: str = HERTS) -> tuple[int, str]:
    done = run_command(app, "staff", words[0], "--force", force, *words[1:])
    return done.exit_code, done.output


def roles(app: Flask, force: str = HERTS) -> dict[str, str]:
    with app.app_context(), force_scope(force):
        return {one.record_id: one.role for one in db.session.scalars(sa.select(Staff))}


def test_nobody_has_a_role_but_officer_until_somebody_gives_it(
    app: Flask, met: Met
) -> None:
    assert roles(app) == {"O1": "officer"}
    assert roles(app, AVON) == {}
    code, text = staff_command(app, "list")
    assert code == 0
    assert "O1" in text
    assert "nobody is told when staff open a case that is not theirs" in text
    assert "Sam" not in text


@audited("role_set")
def test_a_role_is_given_and_written_down(app: Flask, met: Met) -> None:
    assert staff_command(app, "set-role", "O1", "supervisor") == (0, "O1: supervisor, Watford CID\n")
    assert roles(app) == {"O1": "supervisor"}
    with app.app_context(), force_scope(HERTS):
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "role_set")).one()
        assert (entry.actor, entry.fields["role"], entry.fields["before"]) == (
            "system", "supervisor", "officer")
    assert "nobody" not in staff_command(app, "list")[1]


def test_somebody_the_record_system_does_not_know_is_added_on_purpose_only(
    app: Flask, met: Met
) -> None:
    code, text = staff_command(app, "set-role", "A1", "force_admin")
    assert code == 1
    assert "add --new" in text
    assert staff_command(app, "set-role", "A1", "force_admin", "--new", "--name", "Al Admin",
                "--email", "al@example.org")[0] == 0
    assert staff_command(app, "set-role", "A1", "officer", "--new")[0] == 1
    assert roles(app) == {"O1": "officer", "A1": "force_admin"}


@pytest.mark.parametrize(("option", "value", "why"), [
    ("--email", "none", "has no @"), ("--email", "o’brien@example.com", "no address that letters can be"),
    ("--email", "al@☕.example", "none by IDNA 2008"), ("--email", "al@localhost", "no letter reaches"),
    ("--name", "A\x07l", "holds a control character"), ("--name", "x" * 501, "longer than 500"),
    ("--unit", "North\u2028South", "holds a line break"),
])
def test_a_reviewer_whom_no_letter_would_reach_is_refused_and_nothing_changes(
    app: Flask, met: Met, option: str, value: str, why: str
) -> None:
    for words in (("O1", "supervisor"), ("A1", "supervisor", "--new")):
        code, text = staff_command(app, "set-role", *words, option, value)
        assert code == 2 and f"{option} " in text and why in text and value not in text
    assert roles(app) == {"O1": "officer"}


def test_what_is_given_to_a_role_is_kept_as_record_systems_news_is(
    app: Flask, met: Met
) -> None:
    assert staff_command(app, "set-role", "A1", "supervisor", "--new", "--name", " Al  Admin ",
                "--email", "al@straße.example ", "--unit", " ")[0] == 0
    with app.app_context(), force_scope(HERTS):
        one = db.session.scalars(sa.select(Staff).where(Staff.record_id == "A1")).one()
        assert (one.name, one.email, one.unit) == ("Al Admin", "al@straße.example", None)


def test_a_role_that_is_not_there_is_refused(app: Flask, met: Met) -> None:
    assert staff_command(app, "set-role", "O1", "chief")[0] == 2
    with app.app_context(), force_scope(HERTS), pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(Staff).values(role="chief"))
    assert roles(app) == {"O1": "officer"}


def test_the_record_system_cannot_raise_a_role(app: Flask, met: Met) -> None:
    """What it says of an officer's role, a rank say, means nothing here."""
    from core.testing import officer

    staff_command(app, "set-role", "O1", "supervisor")
    news = allocated(officer=officer(1, role="force_admin"), time="2024-03-05T09:00:00Z")
    with app.app_context(), force_scope(HERTS):
        assert [one.status for one in take_in(host().get(HERTS).force, "niche", [news])] == ["accepted"]
        db.session.commit()
    assert roles(app) == {"O1": "supervisor"}
