"""What two people, or two processes, do at the same moment: who waits for the other, and who does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from core import audit
from core.audit import CoreAction
from core.audit.chain import Chainer
from core.audit.export import not_mailed
from core.intake import judging
from core.notices import outbox
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage import prepared
from core.storage.db import db, read, session_connection
from core.storage.keys import key_ends
from core.testing.postgres import as_superuser
from core.web import sessions
from plugins.oversight import unusual
from plugins.retention import erasure, nightly
from plugins.sign_in import activation
from tests.conftest import HERTS
from tests.rows import case, person

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
Hold = Callable[..., Any]


@pytest.fixture
def held(settings: Any) -> Iterator[Hold]:
    """``held("SELECT …")``: somebody else has run this and not yet committed."""
    another = sa.create_engine(as_superuser(settings.owner_database_url))

    @contextmanager
    def hold(statement: str, **given: Any) -> Iterator[None]:
        with another.begin() as other:
            other.execute(sa.text(statement), given)
            yield

    yield hold
    another.dispose()


def lock_of(name: str) -> tuple[str, dict[str, str]]:
    return "SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))", {"name": f"{HERTS}/{name}"}


def waits(act: Callable[[], Any]) -> bool:
    """Whether *act* waits for somebody else."""
    prepared.tell(session_connection()[0], "SET LOCAL lock_timeout = '100ms'", {})
    try:
        act()
    except sa.exc.OperationalError as stopped:
        if not isinstance(stopped.orig, psycopg.errors.LockNotAvailable):
            raise
        return True
    finally:
        db.session.rollback()
    return False


ACTS: list[tuple[str, Callable[[], Any]]] = [
    ("keys", lambda: key_ends.destroy_keys(audit.write)),
    ("intake", lambda: erasure.erase_case(host().get(HERTS).force, "41/1/24")),
    ("intake", lambda: nightly.remove_overdue(db.session.commit)),
    ("intake", lambda: list(judging.hide_what_needs_care())),
    ("unusual viewing", unusual.look),
]


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize(("name", "act"), ACTS)
def test_what_must_not_happen_twice_at_once_waits(held: Hold, name: str, act: Callable[[], Any]) -> None:
    audit.write(CoreAction.CASES_LISTED, count=1)  # so that the force has keys
    db.session.commit()
    lock, given = lock_of(name)
    with held(lock, **given):
        assert waits(act)
    another, given = lock_of("something else")
    with held(another, **given):
        assert not waits(act)


@pytest.mark.usefixtures("force")
def test_of_two_officers_who_make_a_code_for_one_person_the_second_waits(held: Hold) -> None:
    one = case(None)
    who, other = person(one), person(one, "P2")
    db.session.commit()
    for somebody, waited in ((who, True), (other, False)):
        lock, given = lock_of(f"sign_in/activation/{who.id}")
        with held(lock, **given):
            made = somebody.id, one.id, uuid4()
            assert waits(lambda made=made: activation.make(*made)) is waited  # type: ignore[misc]


HERS = "SELECT locked_by FROM person WHERE id = :id FOR {}"


@pytest.mark.usefixtures("force")
def test_signing_in_waits_for_a_lock_of_this_access_and_not_for_another_browser(held: Hold) -> None:
    who = person(case(None)).id
    db.session.commit()
    for how, waited in (("UPDATE", True), ("SHARE", False)):
        with held(HERS.format(how), id=who):
            assert waits(lambda: read(sessions.LOCK_OF, person_id=who).all()) is waited
            assert waits(lambda: read(sessions.ALONE, person_id=who).all())
    assert not waits(lambda: read(sessions.ALONE, person_id=who).all())


@pytest.mark.usefixtures("force")
def test_what_another_process_has_in_hand_is_passed_over(held: Hold) -> None:
    """A head of the audit, and letters that have no job."""
    audit.write(CoreAction.CASES_LISTED, count=1)
    db.session.add(Notice(kind="entry", cause_id=uuid4(), state="due", due_at=NOW, tries=0, made_at=NOW,
                          person_id=person(case(None)).id))
    db.session.commit()
    Chainer().link_new(HERTS)
    with held("SELECT number FROM audit_head FOR UPDATE"):
        assert not waits(lambda: not_mailed(HERTS)) and not waits(lambda: Chainer().link_new(HERTS))
    with held("SELECT id FROM notice FOR UPDATE"):
        assert not waits(outbox.sweep)
    told = not_mailed(HERTS)
    assert told and told.number == 1
