"""What letters say, to whom, and when: nothing that could put somebody in danger."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.base.scope import scope_of
from core.cases.models import Case, Person, Staff
from core.cases.people import is_discreet
from core.cases.safe_contact import SafeContact
from core.hookspecs import RenderedNotice
from core.notices.letters import Withhold, letter_for, portal_link
from core.notices.models import Notice
from core.notices.outbox import promise_code
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.people import take

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>{{ 7777*7 }}%(force)s"
PLACES = {HERTS: "watford", AVON: "bristol"}
SECRETS = {
    "reference": "41/66261/24", "given": f"Ángharad {HOSTILE}", "family": "Qureshi-Llwyd",
    "officer": "Sgt Wilhelmina Blackadder", "summary": "A red tandem", "unit": "Moonraker CID",
}
EVERYWHERE = [*SECRETS.values(), "script", "54439", "bicycle", "theft", "beic", "lladrad", "WD17"]
OF_POLICE = [
    "police", "heddlu", "constabulary", "crime", "trosedd", "officer", "swyddog", "force",
    "victim", "dioddef", "investigat", "ymchwil", "999", "101", "http", "href", "://", "<img",
    "portal.test", "detective", "arrest", "court", "llys",
]


def a_case(app: Flask, force: str, **more: Any) -> None:
    whom = person(
        name={"given": SECRETS["given"], "family": SECRETS["family"]}, **more.pop("person", {})
    )
    take(
        app,
        recorded(SECRETS["reference"], district=PLACES[force], people=[whom],
                 summary=SECRETS["summary"], **more),
        allocated(SECRETS["reference"],
                  officer=officer(name=SECRETS["officer"], unit=SECRETS["unit"])),
        force=force,
    )


def a_notice(app: Flask, force: str, kind: str) -> Notice:
    """In scope: a notice of this kind about the case."""
    met = db.session.scalars(sa.select(Case)).one()
    whom = db.session.scalars(sa.select(Person)).one()
    if kind == "code":
        found = db.session.get(Notice, (force, promise_code(whom.id, met.id, met.id, "482913")))
        assert found
        return found
    for_staff = kind in ("officer_message", "person_account")
    staff = db.session.scalars(sa.select(Staff.id)).one() if for_staff else None
    notice = Notice(
        kind=kind, case_id=met.id, cause_id=met.id, staff_id=staff, state="due", tries=0,
        person_id=None if staff else whom.id, made_at=clock.now(), due_at=clock.now(),
    )
    db.session.add(notice)
    db.session.flush()
    return notice


def letter(app: Flask, force: str, kind: str) -> RenderedNotice:
    with app.app_context(), force_scope(force):
        return letter_for(a_notice(app, force, kind))


def seen(one: RenderedNotice) -> str:
    """All that a mailbox may show of it."""
    return "\n".join([one.subject, one.sender_name, one.sender_address, one.text, one.html])


def holds(text: str, word: str) -> bool:
    return word.casefold() in text.casefold()


@pytest.mark.parametrize("force", [HERTS, AVON])
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("words", ["named", "neutral"])
def test_no_letter_says_what_happened_or_to_whom(
    app: Flask, force: str, language: str, words: str
) -> None:
    a_case(app, force, person={"language": language, "safe_contact": {"words": words}})
    configured = host(app).get(force).force
    theirs = [configured.name, configured.short_name, force, *configured.hosts,
              str(configured.website), configured.brand.colour, str(configured.brand.own_accent),
              configured.email_sender.address, configured.name_in("cy")]
    for kind in ("code", "entry", "message", "account"):
        one = letter(app, force, kind)
        for secret in EVERYWHERE:
            assert not holds(seen(one).replace("482913", ""), secret), (kind, secret)
        assert one.language == language
        assert f'<html lang="{language}" dir="ltr">' in one.html
        if words == "named":
            assert configured.name_in(language) in one.subject
            assert configured.name_in(language) in one.text
            assert configured.brand.colour in one.html
            assert one.sender_name == configured.email_sender.name
            continue
        for telling in [*theirs, *OF_POLICE]:
            assert not holds(re.sub("#0b0c0c|#ffffff", "", seen(one)), telling), (kind, telling)
        assert one.sender_address == configured.email_sender.discreet_address


@pytest.mark.parametrize("words", ["named", "neutral"])
@pytest.mark.parametrize("force", [HERTS, AVON])
def test_a_letter_to_an_officer_names_nobody(app: Flask, force: str, words: str) -> None:
    a_case(app, force, person={"safe_contact": {"words": words}})
    one = letter(app, force, "officer_message")
    assert one.to == "officer1@example.org"
    for secret in EVERYWHERE:
        assert not holds(seen(one), secret), secret
    assert f"http://portal.test/{force}/desk/" in one.text.splitlines()


def test_nothing_is_fetched_when_a_letter_is_opened(app: Flask) -> None:
    a_case(app, HERTS, person={"safe_contact": {"words": "named"}})
    for kind in ("code", "entry", "message", "account", "officer_message", "person_account"):
        html = letter(app, HERTS, kind).html
        assert not re.search(r"<(img|link|script|iframe|style|object)|url\(|src=|@import", html)


@pytest.mark.parametrize("words", ["named", "neutral"])
def test_the_code_stands_alone_and_says_how_long_it_works(app: Flask, words: str) -> None:
    a_case(app, HERTS, person={"safe_contact": {"words": words}})
    with clock.travel(datetime(2026, 7, 1, 22, 55, 30, tzinfo=UTC)):
        one = letter(app, HERTS, "code")
    lines = one.text.splitlines()
    assert lines[0] == "Here is the code you asked for."
    assert "482913" in lines
    assert ">482913<" in one.html
    assert "until 00:05" in one.text  # summer time
    assert "until 00:05" in one.html
    assert "482913" not in one.subject


def test_named_news_leads_to_the_front_door_and_no_further(app: Flask) -> None:
    a_case(app, HERTS, person={"language": "cy", "safe_contact": {"words": "named"}})
    for kind in ("entry", "message", "account"):
        one = letter(app, HERTS, kind)
        assert re.findall(r"http\S+", one.text) == ["http://portal.test/hertfordshire/?lang=cy"]
        assert re.findall(r'href="([^"]*)"', one.html) == ["http://portal.test/hertfordshire/?lang=cy"]
        assert "101" in one.text


def test_letters_in_plain_text_have_no_marks_of_html(app: Flask) -> None:
    a_case(app, HERTS, person={"safe_contact": {"words": "named"}})
    for kind in ("code", "entry", "message", "account", "officer_message", "person_account"):
        text = letter(app, HERTS, kind).text
        assert not re.search(r"[<>]|&#?\w+;|\n\n\n", text)
        assert text.endswith("\n")


def test_the_address_in_letters_is_the_configured_one(app: Flask) -> None:
    force = host(app).get(HERTS).force.model_copy(update={"hosts": ("track.example.org",)})
    settings = installation(app).settings
    with app.app_context(), scope_of(HERTS):
        assert portal_link(force, "en") == "http://portal.test/hertfordshire/"
        installation(app).settings = settings.model_copy(update={
            "mode": "production", "base_url": "https://all.example.org/"
        })
        try:
            assert portal_link(force, "cy") == "https://track.example.org/?lang=cy"
            plain = host(app).get(HERTS).force
            assert portal_link(plain, "en") == "https://all.example.org/hertfordshire/"
        finally:
            installation(app).settings = settings


# --- named or discreet ------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "case", "discreet"), [
    (None, {}, False),
    (None, {"flags": ["knife-crime", "online"]}, False),
    (None, {"flags": ["domestic-abuse"]}, True),
    (None, {"flags": ["online", "never-heard-of"]}, True),
    (None, {"service_level": "enhanced"}, True),
    (None, {"crime_type": "stalking"}, True),
    (None, {"crime_type": "no-such-type"}, True),
    ("named", {"flags": ["domestic-abuse"], "service_level": "enhanced"}, False),
    (" Named ", {}, False),
    ("neutral", {}, True),
    ("anything else", {}, True),
])
def test_who_has_not_chosen_gets_the_safer_letter(
    app: Flask, words: str | None, case: dict[str, Any], discreet: bool
) -> None:
    known = {"crime_type": "bicycle-theft", "flags": [], "service_level": "standard", **case}
    safe = SafeContact(words=words)
    with app.app_context(), scope_of(HERTS):
        assert is_discreet(safe, cast(Case, SimpleNamespace(**known))) is discreet


# --- withheld ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("whom", "why"), [
    ({"safe_contact": {"silent": True}}, "never to be contacted"),
    ({"safe_contact": {"channels": ["phone"]}}, "not a safe channel"),
    ({"safe_contact": {"channels": []}}, "not a safe channel"),
    ({"email": None}, "no email"),
])
@pytest.mark.parametrize("kind", ["code", "entry", "message", "account"])
def test_whoever_must_not_be_written_to_is_not(
    app: Flask, whom: dict[str, Any], why: str, kind: str
) -> None:
    a_case(app, HERTS, person=whom)
    with pytest.raises(Withhold, match=why) as caught:
        letter(app, HERTS, kind)
    assert caught.value.until is None


def test_whoever_may_be_written_to_is(app: Flask) -> None:
    a_case(app, HERTS, person={"safe_contact": {"channels": ["email", "phone"]}})
    for kind in ("code", "entry", "message", "account"):
        assert letter(app, HERTS, kind).to == "amina1@example.com"


def test_news_waits_for_a_safe_hour_and_a_code_does_not(app: Flask) -> None:
    a_case(app, HERTS, person={"safe_contact": {"not_before": "22:00", "not_after": "06:00"}})
    with clock.travel(NOON):
        assert letter(app, HERTS, "code")
        with pytest.raises(Withhold, match="outside safe hours") as caught:
            letter(app, HERTS, "entry")
    assert caught.value.until == datetime(2026, 11, 23, 22, tzinfo=UTC)
    with clock.travel(caught.value.until):
        assert letter(app, HERTS, "entry")
