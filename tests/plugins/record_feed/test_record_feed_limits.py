"""A source may send so much; what goes beyond is told when to come back, at once, and stores nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.force.model import Force
from core.force.parts import FeedSource
from core.intake.models import RecordEvent
from core.storage.db import db
from core.testing import recorded
from core.web.apart import apart_views
from plugins.record_feed import limits
from tests.conftest import AVON, HERTS
from tests.plugins.record_feed.feed_builders import BATCH, Sender, at
from tests.security.audited import audited
from tests.security.checklist import requirement

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
Limit = Callable[..., None]


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """``limited(events_per_minute=…, burst=…, at_once=…)``: what niche of Hertfordshire may send."""
    of_file = Force.feed_sources.fget  # type: ignore[attr-defined]

    def limit(**given: int) -> None:
        def sources(self: Force) -> Any:
            own = {"niche": FeedSource.model_construct(**given)} if self.id == HERTS else {}
            return {**of_file(self), **own}

        monkeypatch.setattr(Force, "feed_sources", property(sources))

    return limit


@pytest.fixture
def held(database: Any) -> Iterator[Callable[..., Any]]:
    """``held("name")``: somebody else has this lock of Hertfordshire."""
    another = sa.create_engine(database.owner)

    @contextmanager
    def hold(*names: str) -> Iterator[None]:
        with another.begin() as other:
            for name in names:
                other.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
                              {"name": f"{HERTS}/{name}"})
            yield

    yield hold
    another.dispose()


def events(first: int, number: int = 1) -> list[dict[str, Any]]:
    return [recorded(f"41/{first + one}/24", id=f"e{first + one}") for one in range(number)]


def stored(app: Flask, force: str = HERTS) -> int:
    with at(app, force):
        return int(db.session.scalar(sa.select(sa.func.count(RecordEvent.id))) or 0)


def refused(answer: Any, name: str) -> int:
    """The seconds to wait."""
    assert answer.content_type == "application/problem+json", answer.text
    assert answer.get_json()["type"] == f"urn:trackmycrime:feed:{name}"
    assert answer.status_code == answer.get_json()["status"] == {"too-many": 429, "busy": 503}[name]
    return int(answer.headers["retry-after"])


# --- the quota -----------------------------------------------------------------------------------


@requirement("F11")
def test_who_sends_more_than_the_quota_is_told_when_to_come_back(
    app: Flask, niche: Sender, limited: Limit
) -> None:
    limited(events_per_minute=60, burst=3, at_once=4)
    with clock.travel(NOON):
        assert niche.post_batch(events(1, 3)).status_code == 202
        assert refused(niche.post(events(4)[0]), "too-many") == 1
        assert refused(niche.post_batch(events(4, 3)), "too-many") == 3
        assert stored(app) == 3
    with clock.travel(NOON + timedelta(seconds=1)):
        assert niche.post(events(4)[0]).status_code == 202
        assert refused(niche.post(events(5)[0]), "too-many") == 1
    with clock.travel(NOON + timedelta(seconds=4)):
        assert niche.post_batch(events(5, 3)).status_code == 202
    assert stored(app) == 7


@requirement("F11")
@audited("record_feed_limited")
def test_who_keeps_trying_is_not_kept_out_for_longer_and_fills_no_audit(
    app: Flask, niche: Sender, limited: Limit
) -> None:
    limited(events_per_minute=60, burst=2, at_once=4)
    with clock.travel(NOON):
        assert niche.post_batch(events(1, 2)).status_code == 202
        for _ in range(12):
            assert refused(niche.post_batch(events(3, 2)), "too-many") == 2
    with clock.travel(NOON + timedelta(seconds=2)):
        assert niche.post_batch(events(3, 2)).status_code == 202
    with at(app):
        rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "record_feed_limited"))
        assert [row.fields for row in rows] == [{"source": "niche"}]


@requirement("F11")
def test_repeats_and_what_is_not_understood_count_too(app: Flask, niche: Sender, limited: Limit) -> None:
    limited(events_per_minute=60, burst=4, at_once=4)
    with clock.travel(NOON):
        for sent in (events(1)[0], events(1)[0], {**events(2)[0], "type": "uk.police.unheard.of.v1"}):
            assert niche.post(sent).status_code == 202
        assert niche.post({"id": "no event"}).status_code == 400
        assert refused(niche.post(events(3)[0]), "too-many") == 1


@requirement("F11", "H11")
def test_the_quota_is_of_one_source_of_one_force(app: Flask, niche: Sender, limited: Limit) -> None:
    others = Sender(app, "athena"), Sender(app, "niche", AVON)
    limited(events_per_minute=60, burst=1, at_once=1)
    with clock.travel(NOON):
        assert niche.post(events(1)[0]).status_code == 202
        assert refused(niche.post(events(2)[0]), "too-many") == 1
        assert [one.post(events(2)[0]).status_code for one in others] == [202, 202]


@requirement("F11")
def test_a_stranger_learns_nothing_of_the_quota_and_uses_none(
    app: Flask, niche: Sender, limited: Limit
) -> None:
    limited(events_per_minute=60, burst=1, at_once=1)
    unsigned = {"webhook_signature": "v1,AAAA"}
    with clock.travel(NOON):
        assert [niche.post(events(1)[0], **unsigned).status_code for _ in range(3)] == [401] * 3
        assert niche.post(events(1)[0]).status_code == 202
        assert niche.post(events(2)[0], **unsigned).status_code == 401


@requirement("F11")
def test_what_is_too_many_is_refused_before_it_is_read(
    app: Flask, niche: Sender, limited: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(events_per_minute=60, burst=1, at_once=1)
    broken = json.dumps(events(1, 5)).encode()[:-1]
    assert refused(niche.post_bytes(broken, content_type=BATCH), "too-many") > 0


@requirement("F11")
def test_a_clock_that_leapt_back_shuts_nobody_out(app: Flask, niche: Sender, limited: Limit) -> None:
    limited(events_per_minute=60, burst=3, at_once=1)
    with clock.travel(NOON + timedelta(days=30)):
        assert niche.post_batch(events(1, 3)).status_code == 202
    with clock.travel(NOON):
        assert refused(niche.post(events(4)[0]), "too-many") == 1


@requirement("F11")
def test_a_quiet_time_saves_up_no_more_than_the_burst(app: Flask, niche: Sender, limited: Limit) -> None:
    limited(events_per_minute=60, burst=2, at_once=1)
    with clock.travel(NOON):
        assert niche.post(events(1)[0]).status_code == 202
    with clock.travel(NOON + timedelta(days=30)):
        assert niche.post_batch(events(2, 2)).status_code == 202
        assert refused(niche.post(events(4)[0]), "too-many") == 1


# --- turns ---------------------------------------------------------------------------------------


@requirement("F11")
@pytest.mark.parametrize("places", [1, 3])
def test_when_all_places_of_a_source_are_taken_the_next_hears_so_at_once(
    app: Flask, niche: Sender, limited: Limit, held: Any, places: int
) -> None:
    """One is taken in and the others wait: nobody waits beside them."""
    limited(events_per_minute=60, burst=100, at_once=places)
    athena = Sender(app, "athena")
    with held("feed/niche", *(f"feed/niche/{place}" for place in range(1, places))):
        answer = niche.post(events(1)[0])
        assert refused(answer, "busy") == 1 and "of this source" in answer.get_json()["detail"]
        assert refused(niche.post_bytes(b"is not read"), "busy") == 1
        assert athena.post(events(9)[0]).status_code == 202
    with held(*(f"feed/niche/{place}" for place in range(1, places))):
        assert niche.post(events(1)[0]).status_code == 202
    assert stored(app) == 2


@requirement("F11")
@pytest.mark.parametrize(("places", "others"), [
    (3, ["feed/niche", "feed/niche/1"]), (2, ["feed/niche"]),
    (1, ["intake"]), (2, ["intake", "feed/niche/1"]),
])
def test_who_has_a_place_waits_for_the_turn(
    app: Flask, niche: Sender, limited: Limit, held: Any, monkeypatch: pytest.MonkeyPatch,
    places: int, others: list[str],
) -> None:
    """Also the only one of its source, while the force takes in what another source sent."""
    monkeypatch.setattr(limits, "SOON", 0.05)
    limited(events_per_minute=60, burst=100, at_once=places)
    with held(*others):
        answer = niche.post(events(1)[0])
    assert refused(answer, "busy") == 1 and "of this source" not in answer.get_json()["detail"]


@requirement("F11", "H11")
def test_a_source_waits_for_its_own_deliveries_first_and_holds_no_other_up(
    app: Flask, niche: Sender, held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOON", 0.05)
    athena = Sender(app, "athena")
    with held("feed/niche"):
        assert refused(niche.post(events(1)[0]), "busy") == 1
        assert athena.post(events(2)[0]).status_code == 202
    assert niche.post(events(1)[0]).status_code == 202


@requirement("F11", "H11")
def test_a_force_whose_turn_does_not_come_holds_no_other_force_up(
    app: Flask, niche: Sender, held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not taken in is not counted either: after ten tries the quota is as it was."""
    monkeypatch.setattr(limits, "SOON", 0.05)
    abroad = Sender(app, "niche", AVON)
    with held("intake"):
        assert [refused(niche.post(events(1)[0]), "busy") for _ in range(3)] == [1] * 3
        assert abroad.post(events(1)[0]).status_code == 202
    assert (stored(app), stored(app, AVON)) == (0, 1)
    with at(app):
        assert db.session.scalar(sa.select(sa.func.count(limits.RecordFeedQuota.id))) == 0
    assert niche.post(events(1)[0]).status_code == 202


# --- threads apart -------------------------------------------------------------------------------


@requirement("F11", "H11")
@pytest.mark.parametrize("path", [
    "/hertfordshire/feed/v1/niche/events", "/feed/v1/niche/events", "//hertfordshire//feed/v1/niche/events",
    "/hertfordshire/%66eed/v1/niche/events", "/hertfordshire/feed/v1/", "/hertfordshire/feed/v1/x/other",
])
def test_every_way_to_write_the_feeds_address_leads_to_its_own_threads(app: Flask, path: str) -> None:
    apart_of = apart_views(app)
    assert apart_of
    apart = apart_of(path)
    assert apart is not None and apart.threads > 0
    sent: list[Any] = []
    body = b"".join(apart.busy({"REQUEST_METHOD": "POST"}, lambda *given: sent.extend(given)))
    headers = dict(sent[1])
    assert sent[0].startswith("503 ") and headers["Retry-After"] == "1"
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["type"] == "urn:trackmycrime:feed:busy"


def test_pages_have_the_threads_of_pages(app: Flask) -> None:
    apart_of = apart_views(app)
    assert apart_of
    paths = [rule.rule for rule in app.url_map.iter_rules() if "record_feed" not in rule.endpoint]
    assert len(paths) > 50
    assert [path for path in paths if apart_of(path) or apart_of(f"/{HERTS}{path}")] == []
