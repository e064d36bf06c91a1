"""Every page and letter of every force shows its own name and colours, and no other force's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from core.app import create_app
from core.base import clock
from core.base.settings import Settings
from core.force.file.reading import read_force
from core.force.model import Force
from core.intake.take_in import take_in
from core.notices.letters import letter_for
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import close_connections, db, force_scope
from core.storage.keys.keyring import FORCE_KEYS
from core.testing import allocated, event, person, recorded
from core.testing.postgres import empty
from core.web import tenancy
from tests.pages import Browser, check_page
from tests.people import meet, officer_browser, person_browser
from tests.security.shadow import look_at_rows, put

FORCES = Path(__file__).resolve().parents[2] / "forces"
IDS = sorted(folder.parent.name for folder in FORCES.glob("*/force.toml"))
# Not pages of a force: what other programs ask, downloads, what leads away, and the demo's own.
NOT_PAGES = re.compile(r"static|health|logo|brand|leave|\.csv|^/demo|^/preview|back_to_case|/feed/")


@dataclass(frozen=True)
class Marks:
    """What tells a force from the others: texts that only it may show."""

    names: frozenset[str]
    other: frozenset[str]


@cache
def the_forces() -> dict[str, Force]:
    return {name: read_force(FORCES / name / "force.toml") for name in IDS}


@cache
def marks(force_id: str) -> Marks:
    force = the_forces()[force_id]
    names = {*force.names.by_language.values(), *force.hosts, force.email_sender.address}
    if force.website:
        names.add(urlsplit(force.website).hostname)
    other = {force.brand.colour, force.brand.accent} | {
        value for service in force.support for value in (service.phone, service.email) if value
    }
    if force.non_emergency != "101":
        other.add(force.non_emergency)
    return Marks(frozenset(name for name in names if name), frozenset(other))


def foreign(force_id: str) -> set[str]:
    """The marks of all other forces that are not, in any part, this one's own."""
    own = marks(force_id)
    ours = " ".join(own.names | own.other).lower()
    found = {m for one in IDS if one != force_id for m in marks(one).names | marks(one).other}
    return {mark.lower() for mark in found if mark.lower() not in ours}


@pytest.fixture(scope="module")
def who() -> dict[str, int]:
    return {}


@pytest.fixture(scope="module")
def everyone(settings: Settings, portal: Flask, shadow: Any) -> Iterator[Flask]:
    """The portal as a preview shows it: with all forces served, drafts too.

    One database for all of them, so that the cases of one stand beside those of the others.
    """
    empty(str(settings.owner_database_url))
    FORCE_KEYS.get(portal).clear()
    put(portal, shadow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tenancy, "served", lambda here, _: frozenset(here.installed))
        app = create_app(settings)
    yield app
    look_at_rows(portal)
    with app.app_context():
        close_connections()


def case_at(app: Flask, force: Force, language: str) -> dict[str, Any]:
    """A case that can be followed, with an officer and an outcome; who is on it."""
    phase = force.phases[0]
    moment = f"{phase.opens.isoformat()}T10:00:00Z"
    district, kind = phase.districts[0], _ordinary(force, phase.crime_types)
    subject, victim = f"EX/{language}/1", {"en": "P-1", "cy": "P-2"}[language]
    events = [
        recorded(subject, time=moment, district=district, crime_type=kind, reported_at=moment,
                 people=[person(id=victim, language=language)]),
        allocated(subject, time=moment),
        event("crime.outcome", subject, time=moment, outcome=nobody_found(app, force)),
    ]
    with app.app_context(), force_scope(force.id):
        results = take_in(force, "sample", events, announce=False)
        assert [r.status for r in results] == ["accepted"] * 3, results
        assert all(r.offered for r in results), results
        db.session.commit()
    met = meet(app, subject, force=force.id)
    return {"met": met, "case_id": met.case, "person_id": met.people[victim], "victim": victim}


def nobody_found(app: Flask, force: Force) -> str:
    """How the force's nation says that nobody was identified."""
    usual = next(iter(host(app).get(force.id).law.codes.schemes.values()))
    return next(code for code in ("18", "no_suspect") if code in usual)


def _ordinary(force: Force, kinds: tuple[str, ...]) -> str:
    return next(k for k in kinds if not force.crime_type(k).sensitive)  # type: ignore[union-attr]


def pages_of(
    app: Flask, force: Force, language: str, values: dict[str, Any], who: dict[str, int]
) -> dict[str, str]:
    """Address -> text of each page that there is for this force, seen by whom it is for.

    *who*: endpoint -> the visitor that saw it at an earlier force, who is asked first.
    """
    met = values["met"]
    visitors = [
        Browser(app, force.id), person_browser(app, met, values["victim"], force=force.id),
        officer_browser(app, met.staff, force=force.id),
    ]
    seen = {}
    for rule in app.url_map.iter_rules():
        own = rule.endpoint.split(".")[0]
        if "GET" not in (rule.methods or ()) or NOT_PAGES.search(f"{rule.rule} {rule.endpoint}"):
            continue
        if own not in ("pages", *force.plugins):
            continue
        names = {name: str(values[name]) for name in rule.arguments}
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found, n=names: n[found[1]], rule.rule)
        for number in sorted(range(len(visitors)), key=lambda n: (n != who.get(rule.endpoint), -n)):
            answer = visitors[number].get(f"{address}?lang={language}")
            if answer.status_code == 200:
                check_page(answer)
                seen[address], who[rule.endpoint] = answer.text, number
                break
    missing = Browser(app, force.id).get(f"/not-here?lang={language}")
    return {**seen, "/not-here": missing.text}


def letters_of(app: Flask, force: Force, values: dict[str, Any]) -> dict[str, str]:
    found = {}
    with app.app_context(), force_scope(force.id):
        for kind in ("entry", "message", "code"):
            notice = Notice(kind=kind, channel="email", case_id=values["case_id"],
                            person_id=values["person_id"])
            if kind == "code":
                notice.extra = "123456"
                notice.made_at = clock.now()
            letter = letter_for(notice)
            found[f"letter {kind}"] = " ".join(
                (letter.subject, letter.sender_name, letter.text, letter.html)
            )
    return found


@pytest.mark.parametrize("force_id", IDS)
def test_no_page_or_letter_shows_another_forces_name_number_or_colour(
    everyone: Flask, who: dict[str, int], force_id: str
) -> None:
    with everyone.app_context():
        force = host(everyone).get(force_id).force
    strange = foreign(force_id)
    for language in force.languages:
        values = case_at(everyone, force, language)
        shown = pages_of(everyone, force, language, values, who)
        assert len(shown) >= 8, sorted(shown)
        for address, seen in (shown | letters_of(everyone, force, values)).items():
            text = html.unescape(seen)
            lower = text.lower()
            assert not (found := [mark for mark in strange if mark in lower]), (address, found)
            assert force.name_in(language) in text, address
            if not address.startswith("letter"):
                assert f'<html lang="{language}"' in text, address


@pytest.mark.parametrize("force_id", IDS)
def test_the_colours_of_a_force_are_its_own(everyone: Flask, force_id: str) -> None:
    with everyone.app_context():
        brand = host(everyone).get(force_id).force.brand
    sheet = Browser(everyone, force_id).client.get(f"/{force_id}/brand.css").text
    assert brand.colour in sheet
    assert not [m for m in foreign(force_id) if m.startswith("#") and m in sheet.lower()]
    logo = Browser(everyone, force_id).client.get(f"/{force_id}/logo.svg")
    assert logo.status_code == 200
    assert not [m for m in foreign(force_id) if m in logo.text.lower()]
