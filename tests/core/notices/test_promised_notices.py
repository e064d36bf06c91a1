"""Every notice that is promised, and everybody whom it is for: nobody is left out, nobody else hears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases import people
from core.cases.models import Case, Staff
from core.hookspecs import News, NewsKind, NoticeKind, NoticeRequest
from core.intake import conversation, updates
from core.intake.updates import Update
from core.notices import account_news
from core.notices.models import Notice
from core.plugin_host.defaults import notices_for
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from plugins.passkeys import rules as passkeys
from plugins.passkeys.models import Passkey
from plugins.your_account import changes
from tests.conftest import HERTS
from tests.people import Met, meet, officer_browser, person_browser, take
from tests.security.checklist import requirement

OLD, NEW, PHONE = "amina1@example.com", "new@example.org", "07700 900001"
Told = set[tuple[str, str]]
OFFICERS: Told = {("person_account", "O1"), ("person_account", "O2")}


@pytest.fixture
def met(app: Flask) -> Met:
    """Amina (P1) and her parent (P2) on a case of O1; she is on one of O2 too, and on one of nobody."""
    both = [person(phone=PHONE), person(2, role="parent")]
    take(app, recorded(people=both), allocated(officer=officer(1)),
         recorded("41/2/24", people=both[:1]), allocated("41/2/24", officer=officer(2)),
         recorded("41/3/24", people=both[:1]),
         recorded("41/4/24", people=[person(4)]), allocated("41/4/24", officer=officer(4)))
    return meet(app)


def notified(app: Flask) -> list[tuple[str, str]]:
    """What is to be sent, to whom: the address or number of an account's news, else the record's id."""
    with app.app_context(), force_scope(HERTS):
        who = {**meet(app).people, **meet(app, "41/4/24").people}
        names = {found: name for name, found in who.items()}
        names |= dict(db.session.execute(sa.select(Staff.id, Staff.record_id)).all())
        rows = db.session.scalars(sa.select(Notice).order_by(Notice.id)).all()
        assert all(row.state == "due" for row in rows)
        return [(row.kind, f"{row.channel} {row.extra or 'on the record'}" if row.kind == "account"
                 else names[row.person_id or row.staff_id]) for row in rows]


def at_force(app: Flask, do: Callable[[], Any]) -> Any:
    with app.app_context(), force_scope(HERTS):
        answer = do()
        db.session.commit()
        return answer


def clear(app: Flask) -> None:
    at_force(app, lambda: db.session.execute(sa.delete(Notice)))


def newest(app: Flask) -> Any:
    return db.session.scalars(sa.select(changes.Change).order_by(changes.Change.id.desc())).first()


# --- an account ---------------------------------------------------------------------------------

# Done at the pages, by whom, and what each of these asks for; the officers of all her cases, or none.
PAGES = "/your-account"
BY_PAGE: dict[str, tuple[str, str, dict[str, str], Told]] = {
    "asks for another email": (
        "P1", "/contact", {"contact": "email", "email": NEW}, {("account", f"email {OLD}"), *OFFICERS}),
    "asks for another phone": (
        "P1", "/contact", {"contact": "phone", "phone": "07700 900009"},
        {("account", "email on the record"), ("account", f"sms {PHONE}"), *OFFICERS}),
    "chooses safe contact": ("P1", "/safe-contact", {"silent": "yes"}, OFFICERS),
    "locks access": ("P1", "/lock", {}, OFFICERS),
    "an officer locks access": ("O1", "", {"act": "lock"}, {("account", "email on the record")}),
    "an officer enters another email": (
        "O1", "", {"act": "change", "contact": "email", "value": NEW, "change-how": "video"},
        {("account", f"email {OLD}"), *OFFICERS}),
}


@requirement("A11")
@pytest.mark.parametrize("what", BY_PAGE)
def test_everybody_hears_of_what_is_done_to_an_account(app: Flask, met: Met, what: str) -> None:
    who, page, filled, expected = BY_PAGE[what]
    if who == "P1":
        hers = person_browser(app, met)
        answer = hers.post(PAGES + page, filled)
    else:
        desk = officer_browser(app, met.staff)
        answer = desk.post(f"/desk/case/{met.case}/person/{met.people['P1']}", filled)
    assert answer.status_code == 303
    assert set(notified(app)) == expected


@requirement("A11")
@pytest.mark.parametrize("act", ["confirm", "stop by her", "stop by an officer", "lapses"])
def test_everybody_hears_how_a_change_that_was_asked_for_ends(app: Flask, met: Met, act: str) -> None:
    at_force(app, lambda: people_asks(app, met))
    clear(app)
    hers = person_browser(app, met)
    expected: dict[str, Told] = {
        "confirm": {("account", f"email {OLD}"), *OFFICERS},
        "stop by her": {("account", "email on the record"), *OFFICERS},
        "stop by an officer": set(), "lapses": set()}
    with app.app_context(), force_scope(HERTS):
        change = newest(app)
        assert change.state == "asked"
        change_id = change.id
        if act == "confirm":
            changes.confirm(change, how="in_person")
        elif act == "stop by an officer":
            changes.stop(change, by="officer")
        db.session.commit()
    if act == "stop by her":
        assert hers.post(f"{PAGES}/contact/{change_id}/stop", form_at=f"{PAGES}/contact").status_code == 303
    elif act == "lapses":
        with clock.travel(clock.now() + changes.LAPSES_AFTER + timedelta(minutes=1)):
            at_force(app, changes.run_due)
    with app.app_context(), force_scope(HERTS):
        assert newest(app).state == {"confirm": "done", "lapses": "lapsed"}.get(act, "stopped")
    assert set(notified(app)) == expected[act]


def people_asks(app: Flask, met: Met) -> None:
    """As on her page, whose session proves that it is she."""
    changes._new(met.people["P1"], "email", NEW, state="asked", by="person")


@requirement("A11")
def test_whose_access_is_opened_again_hears_of_it(app: Flask, met: Met) -> None:
    at_force(app, lambda: people.lock_access(met.people["P1"], by="person"))
    desk = officer_browser(app, met.staff)
    answer = desk.post(f"/desk/case/{met.case}/person/{met.people['P1']}",
                       {"act": "unlock", "unlock-how": "video"})
    assert answer.status_code == 303
    assert notified(app) == [("account", "email on the record")]


@requirement("A11")
def test_a_passkey_that_was_copied_is_told_to_her_and_to_every_officer(app: Flask, met: Met) -> None:
    now = clock.now()

    def copied() -> None:
        made = Passkey(person_id=met.people["P1"], credential_id=b"c", public_key=b"k", handle=b"h",
                       sign_count=5, transports="", name="phone", contact=OLD, made_at=now, works_from=now)
        db.session.add(made)
        db.session.flush()
        passkeys._was_copied(made)

    at_force(app, copied)
    assert set(notified(app)) == {("account", "email on the record"), *OFFICERS}


TO_WHOM: list[tuple[str, str | None, str | None, list[str]]] = [
    # contact, the one on the record now as email, the old one; where it is told
    ("email", NEW, OLD, [f"email {OLD}"]),
    ("email", NEW, None, [f"sms {PHONE}"]),
    ("email", None, OLD, [f"email {OLD}"]),
    ("phone", OLD, PHONE, ["email on the record", f"sms {PHONE}"]),
    ("phone", OLD, None, ["email on the record"]),
    ("phone", None, PHONE, [f"sms {PHONE}"]),
    ("phone", None, None, []),
]


@requirement("A11")
@pytest.mark.parametrize(("contact", "email", "old", "where"), TO_WHOM)
def test_another_contact_is_told_to_the_old_one_else_to_what_else_there_is(
    app: Flask, met: Met, contact: str, email: str | None, old: str | None, where: list[str],
) -> None:
    with app.app_context(), force_scope(HERTS):
        people.person(met.people["P1"]).email = email
        db.session.flush()
        account_news.tell_of_contact(met.people["P1"], uuid4(), contact, old)
        db.session.commit()
    assert [whom for _, whom in notified(app)] == where


def test_officers_of_cases_that_she_no_longer_follows_hear_nothing(app: Flask, met: Met) -> None:
    take(app, event("person.amended", "41/2/24", person=person(phone=PHONE), removed=True,
                    time="2024-03-08T10:00:00Z"))
    assert at_force(app, lambda: account_news.tell_officers(met.people["P1"], uuid4())) is True
    assert notified(app) == [("person_account", "O1")]
    nobodys = meet(app, "41/3/24")
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Case).values(staff_id=None))
        assert account_news.tell_officers(nobodys.people["P1"], uuid4()) is False
        db.session.rollback()


# --- news of a case -----------------------------------------------------------------------------


def in_charge(app: Flask, met: Met) -> dict[str, Callable[[], Any]]:
    def post(name: str, *, from_person: bool, text: str) -> Any:
        return conversation.post_message(
            case_id=met.case, person_id=met.people[name], staff_id=met.staff, from_person=from_person,
            text=text, form_key=text)

    return {
        "a person writes": lambda: post("P2", from_person=True, text="Is there news?"),
        "the officer answers": lambda: post("P2", from_person=False, text="Yes, there is."),
        "the officer writes an update": lambda: updates.write_update(
            met.case, met.staff or UUID(int=0), Update(text="We look at the film."), form_key=uuid4()),
    }


@pytest.mark.parametrize(("what", "expected"), [
    ("a person writes", [("officer_message", "O1")]),
    ("the officer answers", [("message", "P2")]),
    ("the officer writes an update", [("entry", "P1"), ("entry", "P2")]),
])
def test_what_is_written_here_is_told_to_the_other_side(
    app: Flask, met: Met, what: str, expected: list[tuple[str, str]]
) -> None:
    at_force(app, in_charge(app, met)[what])
    assert sorted(notified(app)) == expected


LATER = "2024-03-05T10:00:00Z"
BOTH = [("entry", "P1"), ("entry", "P2")]
BY_EVENT: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "progress": (event("crime.progress", time=LATER, text="We look at the film."), BOTH),
    "another officer": (allocated(time=LATER, officer=officer(2)), [("case_handed_over", "O2"), *BOTH]),
    "an arrest": (event("suspect.arrested", time=LATER), BOTH),
    "a charge": (event("suspect.charged", time=LATER), BOTH),
    "reopened": (event("crime.reopened", time=LATER), BOTH),
    "an outcome": (event("crime.outcome", time=LATER, outcome="18"), BOTH),
    "a death": (event("crime.outcome", time=LATER, outcome="5"), []),
    "a grave illness": (event("crime.outcome", time=LATER, outcome="13"), []),
    "a message to one": (event("message.sent", time=LATER, officer=officer(), to="P2", text="Hello"),
                         [("message", "P2")]),
    "a message to the victim": (event("message.sent", time=LATER, officer=officer(), text="Hello"),
                                [("message", "P1")]),
    "facts alone": (event("crime.amended", time=LATER, summary="Two bicycles"), []),
    "a case that needs care now": (event("crime.amended", time=LATER, flags=["domestic-abuse"]),
                                   [("case_silent", "O1")]),
    "another email": (event("person.amended", time=LATER, person=person(email=NEW, phone=PHONE)),
                      [("account", f"email {OLD}")]),
    "the same email": (event("person.amended", time=LATER, person=person(phone=PHONE)), []),
}


@pytest.mark.parametrize("what", BY_EVENT)
def test_each_kind_of_news_is_told_to_everybody_it_is_for(app: Flask, met: Met, what: str) -> None:
    news, expected = BY_EVENT[what]
    take(app, news, announce=True)
    assert sorted(notified(app)) == expected


@pytest.mark.parametrize("what", BY_EVENT)
def test_of_what_is_taken_in_without_a_word_nobody_hears(app: Flask, met: Met, what: str) -> None:
    take(app, BY_EVENT[what][0], announce=False)
    assert notified(app) == []


def test_who_no_longer_follows_a_case_or_has_read_newer_news_hears_nothing(app: Flask, met: Met) -> None:
    take(app, event("person.amended", person=person(2, role="parent"), removed=True, time=LATER))
    take(app, event("crime.progress", time="2024-03-09T10:00:00Z", text="Newer."), announce=True)
    assert notified(app) == [("entry", "P1")]
    clear(app)
    assert person_browser(app, met).get(f"/case/{met.case}").status_code == 200
    take(app, event("crime.progress", time="2024-03-09T09:59:59Z", text="Older."), announce=True)
    take(app, event("crime.progress", time="2024-03-09T10:00:00Z", text="Of the same moment."), announce=True)
    assert notified(app) == []
    take(app, event("crime.progress", time="2024-03-09T10:00:01Z", text="Newest."), announce=True)
    assert notified(app) == [("entry", "P1")]


@pytest.mark.parametrize("ask", [
    lambda kind: News(kind, uuid4(), uuid4(), clock.now()),
    lambda kind: NoticeRequest(kind, person_id=uuid4())])
@pytest.mark.parametrize("kind", ["rumour", "", "Entry", "entry "])
def test_who_asks_for_a_kind_that_there_is_not_is_told_its_name(ask: Any, kind: str) -> None:
    assert ask("entry").kind is (NewsKind if isinstance(ask("entry"), News) else NoticeKind)("entry")
    with pytest.raises(ValueError, match=f"'{kind}' is not a valid (News|Notice)Kind"):
        ask(kind)


def test_news_for_people_goes_to_them_and_none_that_is_for_an_officer() -> None:
    people, staff = (uuid4(), uuid4()), uuid4()
    news = [News(kind, uuid4(), uuid4(), clock.now(), people, staff_id=staff) for kind in NewsKind]
    asked = {one.kind: notices_for(Any, one) for one in news}  # type: ignore[arg-type]
    assert {kind for kind, of in asked.items() if any(one.person_id for one in of)} == {"entry", "message"}
    for kind, of in asked.items():
        assert {one.kind for one in of} == {kind}
        whom = {(one.person_id, one.staff_id) for one in of}
        assert whom in ({(person, None) for person in people}, {(None, staff)})


@pytest.mark.parametrize("kind", ["officer_message", "case_silent", "person_account"])
def test_news_for_an_officer_goes_to_the_one_that_is_named_or_to_nobody(kind: str) -> None:
    staff, force = uuid4(), Any
    news = News(kind, uuid4(), uuid4(), clock.now(), (uuid4(),), staff_id=staff)  # type: ignore[arg-type]
    [asked] = notices_for(force, news)  # type: ignore[arg-type]
    assert (asked.kind, asked.person_id, asked.staff_id) == (kind, None, staff)
    nobody = News(kind, uuid4(), uuid4(), clock.now(), (uuid4(),))  # type: ignore[arg-type]
    assert notices_for(force, nobody) == []  # type: ignore[arg-type]
