"""One crime is one case, however its reference is written; what a force's patterns tell apart stays apart."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Case, Entry
from core.force.model import Force
from core.force.parts import References
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.storage.db import db
from core.testing import event, recorded
from plugins.record_feed.digest import state_lines
from plugins.retention import erasure
from tests.plugins.record_feed.feed_builders import at, statuses, taken

PLAIN = "41/12345/24"
WAYS = (PLAIN, "41/0012345/24", "41/12345/2024", "41 12345 24", "4112345 24", "41/l2345/24", "41-012345-24")
OTHERS = ("41/12345/23", "41/123450/24", "41/1234/24", "42/12345/24")


def progress(subject: str, **more: Any) -> dict[str, Any]:
    return event("crime.progress", subject, text="News", time="2024-03-05T10:00:00Z", **more)


def cases(app: Flask) -> int:
    with at(app):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(Case)) or 0)


def erase(app: Flask, reference: str) -> bool:
    with at(app) as force:
        gone = erasure.erase_case(force, reference)
        db.session.commit()
        return gone is not None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("first", [PLAIN, "41/0012345/2024"])
def test_news_finds_its_case_and_opens_no_second_one(app: Flask, first: str, way: str) -> None:
    taken(app, recorded(first))
    later = recorded(way, time="2024-03-03T10:00:00Z")
    assert statuses(taken(app, progress(way), later)) == ["accepted", "accepted"]
    assert cases(app) == 1


@pytest.mark.parametrize("other", OTHERS)
def test_news_of_another_crime_waits_for_that_crime(app: Flask, other: str) -> None:
    taken(app, recorded(PLAIN))
    assert statuses(taken(app, progress(other))) == ["parked"]
    assert statuses(taken(app, recorded(other))) == ["accepted"]
    assert cases(app) == 2


def test_the_case_is_the_same_in_whatever_order_and_spelling_its_news_comes(app: Flask) -> None:
    news = [recorded(PLAIN), progress("41/0012345/24", id="a"), progress("41/12345/2024", id="b")]
    found = set()
    for order in itertools.permutations(news):
        for size in (1, 3):
            with at(app) as force:
                for start in range(0, 3, size):
                    take_in(force, "niche", list(order[start:start + size]))
                found.add("\n".join(state_lines()))
                db.session.rollback()
    (only,) = found
    assert '"parked"' not in only


@pytest.mark.parametrize("asked", WAYS)
@pytest.mark.parametrize("sent", WAYS)
def test_what_was_erased_does_not_come_back_in_another_spelling(app: Flask, asked: str, sent: str) -> None:
    taken(app, recorded(PLAIN), progress("41/0012345/24"), recorded("41/12345/23"))
    assert erase(app, asked)
    with at(app):
        assert db.session.scalars(sa.select(RecordEvent.subject_key)).all() == ["411234523"]
    assert statuses(taken(app, recorded(sent), progress(sent))) == ["rejected", "rejected"]
    assert statuses(taken(app, progress("41/12345/23"))) == ["accepted"]
    assert cases(app) == 1


def test_what_only_waits_is_erased_in_every_spelling_too(app: Flask) -> None:
    assert statuses(taken(app, progress("41/0012345/24"))) == ["parked"]
    assert not erase(app, "41/12346/24")
    assert erase(app, PLAIN)
    assert statuses(taken(app, recorded("41/12345/2024"))) == ["rejected"]


# --- what patterns tell apart --------------------------------------------------------------------

OLD, NEW = "0112345/23", "01/12345/23"


def moved(force: Force) -> Force:
    """As London's: another shape of reference before the records moved."""
    return force.model_copy(update={"references": References.model_validate({
        "template": "01/{number}/{yy}",
        "patterns": [{"pattern": r"^01/\d{1,8}/\d{2}$", "example": "01/1234567/24"},
                     {"pattern": r"^\d{7}/\d{2}$", "example": "1234567/16"}],
    })})


def fresh(force: Force) -> Force:
    """Without what was worked out of the references before."""
    for name in ("_patterns", "_template", "_reader"):
        force.__dict__.pop(name, None)
    return force


@pytest.mark.parametrize("same", [
    (NEW, "01/0012345/23", "01 12345 23", "01/12345/2023"), (OLD, "0112345 / 23"),
    ("01/1234567/24", "011234567 24"), ("1234567/16", "123456716")])
def test_two_crimes_whose_references_have_the_same_figures_stay_two(
    app: Flask, same: tuple[str, ...]
) -> None:
    with at(app) as force:
        london = fresh(moved(force))
        take_in(london, "niche", [recorded(OLD), recorded(NEW), recorded("01/1234567/24"),
                                  recorded("1234567/16")])
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 4
        results = take_in(london, "niche", [progress(one) for one in same])
        assert statuses(results) == ["accepted"] * len(same)
        assert len(set(db.session.scalars(sa.select(Entry.case_id).where(Entry.kind == "progress")))) == 1
        assert erasure.erase_case(london, same[0])
        left = {OLD, NEW, "01/1234567/24", "1234567/16"} - {same[0]}
        assert set(db.session.scalars(sa.select(Case.crime_reference))) == left
        assert statuses(take_in(london, "niche", [progress(one) for one in sorted(left)])) == ["accepted"] * 3
        db.session.rollback()
