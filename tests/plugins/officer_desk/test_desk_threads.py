"""Threads at the desk: who has one, what is new in it, and what reading marks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from core.base import clock
from core.cases.models import Access, Message
from core.intake import conversation
from core.storage.db import db
from plugins.messages.rules import latest
from plugins.officer_desk import one_case
from tests.conftest import HERTS
from tests.rows import NOW, case, message, person, staff

HOUR = timedelta(hours=1)


@pytest.mark.usefixtures("force")
def test_a_thread_for_everybody_on_the_case_and_for_who_left_it_and_wrote() -> None:
    one = case(staff("CID"))
    amina = person(one, "P1", given="Amina", family="Khan")
    ben = person(one, "P2", family="Okoro")
    gone = person(one, "P3", removed=True, given="Cleo", family="Gone")
    person(one, "P4", removed=True, family="Silent")
    message(one, amina, mine=True, at=NOW - 2 * HOUR, text="Second")
    message(one, amina, mine=True, at=NOW - 3 * HOUR, read=NOW - HOUR, text="First")
    message(one, amina, mine=False, at=NOW - HOUR, text="Third")
    message(one, gone, mine=True, text="A last word")
    threads = one_case.threads_of(one.id, mark_read=False)
    assert [(t.person_id, t.name, t.role, t.removed) for t in threads] == [
        (amina.id, "Amina Khan", "victim", False), (ben.id, "Okoro", "victim", False),
        (gone.id, "Cleo Gone", "victim", True)]
    assert [(line.text, line.from_person, line.new, line.read_at) for line in threads[0].lines] == [
        ("First", True, False, NOW - HOUR), ("Second", True, True, None), ("Third", False, False, None)]
    assert threads[1].lines == ()
    assert one_case.on_case(one.id) == {amina.id, ben.id}


def test_of_a_long_thread_what_is_older_is_folded_but_nothing_that_waits() -> None:
    def line(number: int, *, waits: bool = False) -> one_case.Line:
        return one_case.Line(True, None, NOW, NOW, str(number), new=False, waits=waits)

    def folded(*lines: one_case.Line) -> tuple[int, int]:
        one = one_case.Thread(UUID(int=1), "Amina", "victim", False, lines)
        assert one.earlier + one.latest == lines
        return len(one.earlier), len(one.latest)

    calm = [line(n) for n in range(6)]
    assert folded() == (0, 0)
    assert folded(*calm[:3]) == (0, 3)
    assert folded(*calm) == (3, 3)
    assert folded(calm[0], line(9, waits=True), *calm) == (1, 7)


@pytest.mark.usefixtures("force")
def test_only_what_people_wrote_is_marked_as_read_and_is_new_on_that_page_alone() -> None:
    one, other = case(staff("CID")), case(staff("CID"))
    amina = person(one)
    theirs = person(other, "P2")
    unread = message(one, amina, mine=True)
    answer = message(one, amina, mine=False)
    elsewhere = message(other, theirs, mine=True)
    db.session.commit()
    assert [line.new for line in one_case.threads_of(one.id, mark_read=True)[0].lines] == [True, False]
    db.session.commit()
    db.session.expire_all()
    assert [db.session.get(Message, (HERTS, m.id)).read_at for m in (unread, answer, elsewhere)] == [
        NOW, None, None]
    with clock.travel(NOW + HOUR):
        assert [line.new for line in one_case.threads_of(one.id, mark_read=True)[0].lines] == [False, False]
        db.session.commit()
    db.session.expire_all()
    assert db.session.get(Message, (HERTS, unread.id)).read_at == NOW


@pytest.mark.usefixtures("force")
@pytest.mark.parametrize("by_person", [True, False])
def test_who_reads_marks_what_the_other_side_wrote_to_them_and_nothing_else(by_person: bool) -> None:
    one = case(staff("CID"))
    amina, ben = person(one, "P1"), person(one, "P2")
    made = {(who.record_id, mine, read): message(one, who, mine=mine, read=read)
            for who in (amina, ben) for mine in (True, False) for read in (None, NOW - HOUR)}
    assert conversation.mark_read(one.id, amina.id, by_person=by_person) == 1
    assert conversation.mark_read(one.id, amina.id, by_person=by_person) == 0
    db.session.commit()
    db.session.expire_all()
    now = {key: db.session.get(Message, (HERTS, m.id)).read_at for key, m in made.items()}
    assert now == {key: NOW if key == ("P1", not by_person, None) else key[2] for key in made}


@pytest.mark.usefixtures("force")
def test_a_persons_thread_is_theirs_alone_and_oldest_first() -> None:
    one, other = case(staff("CID")), case(staff("CID"))
    amina, ben = person(one, "P1"), person(one, "P2")
    db.session.add(Access(case_id=other.id, person_id=amina.id, role="victim"))
    late = message(one, amina, mine=True, at=NOW, text="Late")
    early = message(one, amina, mine=False, at=NOW - HOUR, read=NOW, text="Early")
    message(one, ben, mine=True, text="Ben's")
    message(other, amina, mine=True, text="Of another case")
    assert conversation.thread(one.id, amina.id) == [
        conversation.ThreadMessage(early.id, False, NOW - HOUR, NOW, "Early"),
        conversation.ThreadMessage(late.id, True, NOW, None, "Late")]


@pytest.mark.usefixtures("force")
def test_the_case_page_shows_the_last_two_oldest_first_and_counts_all_that_are_new() -> None:
    one = case(staff("CID"))
    amina, ben = person(one, "P1"), person(one, "P2")
    assert (latest(one.id, amina.id).messages, latest(one.id, amina.id).new) == ((), 0)
    for hours, mine, read, text in ((5, False, None, "a"), (4, False, None, "b"), (3, False, NOW, "c"),
                                    (2, True, None, "d"), (1, False, None, "e")):
        message(one, amina, mine=mine, at=NOW - hours * HOUR, read=read, text=text)
    message(one, ben, mine=False, text="Ben's")
    found = latest(one.id, amina.id)
    assert found.new == 3
    assert [(m.text, m.mine, m.new, m.sent_at) for m in found.messages] == [
        ("d", True, False, NOW - 2 * HOUR), ("e", False, True, NOW - HOUR)]
