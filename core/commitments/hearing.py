"""When a person could receive what the force told them: the moments from which a promise counts as kept.

That something was written is not enough. A letter counts from when it was sent, as long as it did not come
back; what somebody read online counts whatever became of its letter; and a call counts that reached them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from core.commitments.facts import CaseFacts, Follower, Letter

PORTAL = "portal"


@dataclass(frozen=True)
class Heard:
    """Something by which the person hears from the force: when it was told, and when they could receive it.

    ``explains``: it says that there is nothing new, and why.
    """

    id: UUID
    told_at: datetime
    received_at: datetime | None
    explains: bool = False


@dataclass(frozen=True)
class Hearing:
    """What reached one person of one case."""

    case: CaseFacts
    person: Follower

    @cached_property
    def heard(self) -> list[Heard]:
        """All that the force told this person: news, messages, calls that reached them."""
        news = [Heard(one.id, one.entered_at, self.news_received(one.entered_at), one.explains)
                for one in self.case.news if one.announced]
        messages = [Heard(one.id, one.at, self._message_received(one.id, one.read_at))
                    for one in self.person.messages if not one.from_person]
        # Told as it happened: one that is written down later does not keep what was promised since.
        calls = [Heard(one.id, one.at, one.at)
                 for one in self.person.contacts if one.reached and one.way != PORTAL]
        return [*news, *messages, *calls]

    def news_received(self, told_at: datetime) -> datetime | None:
        """When the person could know of news that was taken in at *told_at*; None: not yet.

        A letter speaks of all news before it, and so does a call; who reads the case reads all of it.
        """
        return min(self._news_received(told_at), default=None)

    def _news_received(self, told_at: datetime) -> Iterator[datetime]:
        for letter in self._letters_of_news:
            if letter.made_at >= told_at and (received := received_at(letter)):
                yield received
        for contact in self.person.contacts:
            if contact.way == PORTAL:
                if contact.through and contact.through >= told_at:
                    yield contact.at
            elif contact.reached and contact.at >= told_at:
                yield contact.at

    @cached_property
    def _letters_of_news(self) -> list[Letter]:
        messages = {one.id for one in self.person.messages}
        return [one for one in self.person.letters if one.cause_id not in messages]

    @cached_property
    def news_ids(self) -> frozenset[UUID]:
        return frozenset(one.id for one in self.case.news)

    @cached_property
    def letters_of(self) -> frozenset[UUID]:
        """Of which news and messages letters are kept."""
        return frozenset(one.cause_id for one in self.person.letters)

    def _message_received(self, message_id: UUID, read_at: datetime | None) -> datetime | None:
        letters = (received_at(one) for one in self.person.letters if one.cause_id == message_id)
        return min(filter(None, (*letters, read_at)), default=None)

    def heard_after(self, moment: datetime) -> Heard | None:
        """The first thing to reach the person that was told after *moment*."""
        received = [one for one in self.heard if one.received_at and one.told_at > moment]
        return min(received, key=lambda one: (one.received_at, one.told_at, one.id), default=None)

    def was_lost(self, received: datetime) -> bool:
        """Whether a letter that was taken for received at this moment has come back."""
        return any(one.lost_at and not one.read_at and one.sent_at == received for one in self.person.letters)

    def topic_at(self, topic: str, since: datetime) -> datetime | None:
        """When a contact that reached the person had this topic, not before *since*."""
        return min((one.at for one in self.person.contacts
                    if one.reached and topic in one.topics and one.at >= since), default=None)

    def first_reading(self) -> datetime | None:
        """When the person first read the case online."""
        return min((one.at for one in self.person.contacts if one.way == PORTAL), default=None)

    def seen_after(self, moment: datetime) -> datetime | None:
        """When, after *moment*, it was sure that somebody is there: they read, wrote, or spoke with staff."""
        moments = [
            *(one.at for one in self.person.contacts if one.reached),
            *(one.at for one in self.person.messages if one.from_person),
            *(one.read_at for one in self.person.letters if one.read_at),
        ]
        return min((one for one in moments if one > moment), default=None)


def received_at(letter: Letter) -> datetime | None:
    """From when a letter counts. One that came back counts only if it was read."""
    if letter.lost_at:
        return letter.read_at
    return min(filter(None, (letter.sent_at, letter.read_at)), default=None)
