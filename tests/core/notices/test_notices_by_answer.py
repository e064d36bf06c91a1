"""What a plugin answers when it is handed a notice, and what becomes of it: the same by every channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Case, Person
from core.hookspecs import Channel, Delivery, DeliveryState, RenderedNotice, hookimpl
from core.notices.models import Notice
from core.notices.outbox import promise_account, promise_code
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import person, recorded
from tests.conftest import HERTS
from tests.core.notices.outbox import send, shown, waiting
from tests.people import take

WORDS = {Channel.EMAIL: ("mail service", "letters"), Channel.TEXT: ("text service", "texts")}


class Provider:
    """Delivers by every channel, and answers what it is told to."""

    CHANNELS = tuple(Channel)

    def __init__(self) -> None:
        self.handed: list[RenderedNotice] = []
        self.answer: Callable[[], Any] = lambda: None

    @hookimpl(tryfirst=True)
    def deliver(self, notice: RenderedNotice) -> Any:
        self.handed.append(notice)
        return self.answer()


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    take(app, recorded(people=[person(phone="07700 900123")]))
    asked, manager = Provider(), host(app).get(HERTS).manager
    others = [(name, one) for name, one in manager.list_name_plugin() if name in ("email_notices", "demo")]
    for _, one in others:
        manager.unregister(one)
    manager.register(asked, "provider")
    yield asked
    manager.unregister(asked)
    for name, one in others:
        manager.register(one, name)


def news(app: Flask, channel: Channel) -> UUID:
    """A word that something changed in the account, which goes by either channel."""
    return promised(app, lambda whom, about, cause: promise_account(whom, about, cause, None, channel))


def code(app: Flask, channel: Channel) -> UUID:
    return promised(app, lambda whom, about, cause: promise_code(whom, about, cause, "482913", channel))


def promised(app: Flask, promise: Callable[[UUID, UUID, UUID], object]) -> UUID:
    with app.app_context(), force_scope(HERTS):
        whom = db.session.scalars(sa.select(Person.id)).one()
        about = db.session.scalars(sa.select(Case.id)).one()
        promise(whom, about, cause := uuid4())
        db.session.commit()
        return db.session.scalars(sa.select(Notice.id).where(Notice.cause_id == cause)).one()


def gone() -> Any:
    raise OSError("amina@example.com is not there")


ANSWERS: list[tuple[Callable[[], Any], str, str | None]] = [
    (lambda: Delivery(DeliveryState.SENT, by="us"), "sent", None),
    (lambda: Delivery(DeliveryState.FAILED, reason="no such box"), "failed", "no such box"),
    (lambda: Delivery(DeliveryState.TRY_LATER, reason="full"), "due", "the {} did not take it (full)"),
    (gone, "due", "the {} did not take it (OSError)"),
    (lambda: Delivery(DeliveryState.PERHAPS_SENT), "perhaps_sent",
     "perhaps sent: the {} had all of it, and did not say whether it was taken"),
    (lambda: None, "failed", "no plugin of this force sends {}"),
]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("answer", "state", "reason"), ANSWERS)
def test_what_a_plugin_answers_is_what_becomes_of_news(
    app: Flask, provider: Provider, channel: Channel, answer: Callable[[], Any], state: str,
    reason: str | None,
) -> None:
    provider.answer = answer
    one = news(app, channel)
    send(app, one)
    service, things = WORDS[channel]
    notice = shown(app, one)
    assert (notice.state, notice.tries) == (state, 1)
    assert notice.reason == (reason and reason.format(things if "plugin" in reason else service))
    first_job, repeat = 1, int(state in ("due", "perhaps_sent"))
    assert waiting(app) == first_job + repeat
    assert [(one.channel, one.attempt) for one in provider.handed] == [(channel, 1)]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("answer", "state", "tries"), [
    (lambda: Delivery(DeliveryState.TRY_LATER, reason="full"), "due", 2), (gone, "due", 2),
    (lambda: Delivery(DeliveryState.PERHAPS_SENT), "failed", 1),
    (lambda: Delivery(DeliveryState.FAILED, reason="no such box"), "failed", 1),
])
def test_a_code_is_tried_again_only_where_it_was_surely_not_taken(
    app: Flask, provider: Provider, channel: Channel, answer: Callable[[], Any], state: str, tries: int
) -> None:
    provider.answer = answer
    one = code(app, channel)
    for _ in range(2):
        with clock.travel(max(shown(app, one).due_at, clock.now())):
            send(app, one)
    assert shown(app, one).state == state
    assert [handed.attempt for handed in provider.handed] == [*range(1, tries + 1)]
    assert {(handed.notice_id, handed.channel) for handed in provider.handed} == {(one, channel)}
    assert all("482913" in handed.text for handed in provider.handed)


def test_each_channel_has_its_own_address_and_only_an_email_has_a_subject(
    app: Flask, provider: Provider
) -> None:
    provider.answer = lambda: Delivery(DeliveryState.SENT, by="us")
    for channel in Channel:
        send(app, news(app, channel))
    email, text = provider.handed
    assert (email.to, text.to) == ("amina1@example.com", "+447700900123")
    assert email.subject and email.html and email.sender_name and email.sender_address
    assert (text.subject, text.html, text.sender_name, text.sender_address) == ("", "", "", "")
    assert (email.language, text.language, email.discreet, text.discreet) == ("en", "en", False, False)


@pytest.mark.parametrize("given", [
    {"state": "gone"}, {"state": "sent"}, {"state": "failed"}, {"state": "failed", "by": "us"},
    {"state": "try_later"},
])
def test_an_answer_that_leaves_out_what_staff_must_know_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"DeliveryState|who took it|says why"):
        Delivery(**given)


@pytest.mark.parametrize("state", DeliveryState)
def test_an_answer_may_name_its_state_as_text(state: DeliveryState) -> None:
    assert Delivery(state.value, by="us", reason="full").state is state  # type: ignore[arg-type]
