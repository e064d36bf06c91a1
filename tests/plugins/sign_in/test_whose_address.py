"""The address that limits count: the caller's own, or what our own proxy says; never what a caller says."""

from __future__ import annotations

from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.storage.db import db, force_scope
from core.testing import recorded
from core.web.security import trust_proxies
from plugins.sign_in import limits, rules
from plugins.sign_in.models import Count
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.ways_in import NOON, give
from tests.security.checklist import protection, requirement

CALLER = "198.51.100.1"
SPOOFS = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "Client-IP")


def steps(app: Flask, *forwarded: str, headers: tuple[str, ...] = SPOOFS) -> list[int]:
    """How often each address was counted, after details were given once with each of *forwarded*."""
    take(app, recorded())
    with clock.travel(NOON):
        for said in forwarded:
            browser = Browser(app, HERTS, address=CALLER)
            for name in headers:
                browser.client.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = said
            assert give(browser).status_code == 303
    with app.app_context(), force_scope(HERTS):
        of_address = sa.select(Count.number).where(Count.scope == "force/address/minutes")
        return sorted(db.session.scalars(of_address).all())


def behind_a_proxy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = installation(app).settings.model_copy(update={"proxies": 1})
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
    trust_proxies(app, settings)


def elsewhere(app: Flask) -> list[bytes | None]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(rules.Attempt.address).order_by(rules.Attempt.id)))


@requirement("G15", "A9")
def test_what_a_caller_says_of_the_address_changes_nothing_that_limits_count(app: Flask) -> None:
    """Three other addresses, in every header there is for it: one address, three steps."""
    assert steps(app, "203.0.113.1", "203.0.113.2", "203.0.113.3, 10.0.0.1") == [3]
    with app.app_context(), force_scope(HERTS), clock.travel(NOON):
        assert elsewhere(app) == [limits.hashed(CALLER)] * 3


@requirement("G15", "A9")
def test_behind_our_proxy_its_word_counts_and_what_the_caller_said_before_does_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind_a_proxy(app, monkeypatch)
    said = ("203.0.113.1, 192.0.2.7", "203.0.113.2, 192.0.2.7", "192.0.2.7, 192.0.2.8")
    assert steps(app, *said, headers=("X-Forwarded-For",)) == [1, 2]
    with app.app_context(), force_scope(HERTS), clock.travel(NOON):
        assert elsewhere(app) == [limits.hashed(f"192.0.2.{last}") for last in (7, 7, 8)]


@protection("G15")
def test_if_a_caller_were_believed_each_step_would_come_from_a_new_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy is trusted that is not there: limits of an address hold nobody up."""
    behind_a_proxy(app, monkeypatch)
    new = (f"203.0.113.{number}" for number in count(1))
    assert steps(app, *(next(new) for _ in range(3)), headers=("X-Forwarded-For",)) == [1, 1, 1]


@requirement("G15", "A9")
@pytest.mark.parametrize("said", [
    ("198.51.100.8:20000", "198.51.100.8:20001", "for=198.51.100.8", "[::ffff:198.51.100.8]:20002"),
    ("2001:db8:7::1", "[2001:db8:7::2]:443", "2001:db8:7:0:ffff::3%eth0"),
    ("no address", "another", "-", ""),
])
def test_however_our_proxy_writes_an_address_its_steps_count_together(
    app: Flask, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...]
) -> None:
    behind_a_proxy(app, monkeypatch)
    assert steps(app, *said, headers=("X-Forwarded-For",)) == [len(said)]
