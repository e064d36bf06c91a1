"""Who waits for a code that was lost reads it there; nobody learns by it whether details match."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.cli.processes.start import ready
from core.hookspecs import Channel, Delivery, DeliveryState, hookimpl
from core.notices import lost_codes
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import force_scope
from core.testing import recorded
from core.testing.browser import Browser
from tests.conftest import AVON, HERTS
from tests.people import take
from tests.plugins.sign_in.ways_in import details, looks_in
from tests.rows import rows

ASK_AGAIN = "Ask for a new code"


class Vague:
    """A mail service that does not say whether it took the letter."""

    def __init__(self) -> None:
        self.tried = 0

    CHANNELS = (Channel.EMAIL,)

    @hookimpl(tryfirst=True)
    def deliver(self, force: Any, notice: Any) -> Delivery:
        self.tried += 1
        return Delivery(DeliveryState.PERHAPS_SENT)


@pytest.fixture
def vague(app: Flask) -> Iterator[Vague]:
    take(app, recorded())
    ready(app)
    lost_codes.NOTED.pop(app)
    service, manager = Vague(), host(app).get(HERTS).manager
    manager.register(service, "vague")
    yield service
    manager.unregister(service)


def waits(app: Flask, force: str = HERTS, **changed: str) -> Browser:
    """A browser in which details were given, and which waits for its code."""
    browser, given = Browser(app, force), details(**changed)
    year, month, day = given.pop("date_of_birth").split("-")
    given |= {"date_of_birth-day": day, "date_of_birth-month": month, "date_of_birth-year": year}
    assert browser.post("/sign-in", given).status_code == 303
    return browser


def page(browser: Browser) -> str:
    return browser.get("/sign-in/code").get_data(as_text=True)


def test_who_waits_for_a_lost_code_is_told_to_ask_again_and_it_is_not_sent_twice(
    app: Flask, vague: Vague
) -> None:
    person = waits(app)
    assert ASK_AGAIN not in page(person)
    looks_in(app)
    assert ASK_AGAIN in page(person)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        looks_in(app)
    assert vague.tried == 1
    assert [one.state for one in rows(app, Notice)] == ["failed"]


def test_everybody_who_waits_reads_the_same_whatever_they_typed(app: Flask, vague: Vague) -> None:
    person, stranger = waits(app), waits(app, surname="Nobody")
    elsewhere = waits(app, force=AVON, crime_reference="5224012345")
    looks_in(app)
    assert vague.tried == 1
    assert all(ASK_AGAIN in page(one) for one in (person, stranger))
    assert ASK_AGAIN in page(elsewhere)


def test_who_asked_since_then_is_told_nothing(app: Flask, vague: Vague) -> None:
    waits(app)
    looks_in(app)
    assert ASK_AGAIN not in page(waits(app))


def test_a_code_that_ran_out_before_is_not_spoken_of(app: Flask, vague: Vague) -> None:
    person = waits(app)
    with clock.travel(clock.now() + timedelta(minutes=11)), app.app_context(), force_scope(HERTS):
        lost_codes.note()
    assert ASK_AGAIN not in page(person)
