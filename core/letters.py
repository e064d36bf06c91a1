"""What a notice says and to whom: read fresh when it is sent.

Two kinds, neither with crime, reference, officer, person or message text: *named* (the force's
name and brand) and *discreet* (nothing that says police in sender, subject, preview or body).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from core import clock
from core.clock import LONDON
from core.db import db
from core.event_shapes import SafeContact
from core.force import Force
from core.hookspecs import Letter
from core.models import Access, Case, Notice, Person, Staff
from core.plugin_host import the_force


class Withhold(Exception):
    """The notice must not go now: for good, or (``until``, UTC) not before a safe hour."""

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.why, self.until = why, until


def letter_for(notice: Notice) -> Letter:
    """The letter of this notice as things stand now. Raises :class:`Withhold`."""
    force = the_force()
    if notice.staff_id:
        return _to_staff(force, notice)
    person = db.session.get(Person, (notice.force, notice.person_id))
    case = db.session.get(Case, (notice.force, notice.case_id))
    if person is None or case is None or not case.offered or not _may_follow(notice):
        raise Withhold("the person can no longer follow this case")
    safe = safe_contact(person)
    ask_safe_contact(person, safe, now=clock.now(), code=notice.kind == "code")
    discreet = is_discreet(safe, case)
    with force_locale(person.language):
        return _render(force, notice, person.email, person.language, discreet)


def _may_follow(notice: Notice) -> bool:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Access).where(
        Access.case_id == notice.case_id, Access.person_id == notice.person_id, ~Access.removed
    )) == 1


def safe_contact(person: Person) -> SafeContact:
    return SafeContact.model_validate(json.loads(person.safe_contact or "{}"))


def ask_safe_contact(person: Person, safe: SafeContact, *, now: datetime, code: bool) -> None:
    """Is it safe to write to this person by email now? Raises :class:`Withhold`.

    A code answers somebody who is there and asked for it, so hours do not hold it back.
    """
    if safe.silent:
        raise Withhold("the person is never to be contacted")
    if safe.channels is not None and "email" not in safe.channels:
        raise Withhold("email is not a safe channel for this person")
    if not person.email:
        raise Withhold("no email on the record")
    local = now.astimezone(LONDON)
    start, stop = safe.not_before, safe.not_after
    if code or (start is None and stop is None):
        return
    hour = local.timetz().replace(tzinfo=None)
    if start and hour < start:
        raise Withhold("outside safe hours", _at(local, start))
    if stop and hour > stop:
        raise Withhold("outside safe hours", _at(local + timedelta(days=1), start) if start
                       else _at(local + timedelta(days=1), datetime.min.time()))


def _at(day: datetime, hour: Any) -> datetime:
    return datetime.combine(day.date(), hour, LONDON).astimezone(clock.now().tzinfo)


def is_discreet(safe: SafeContact, case: Case) -> bool:
    """The record's safe contact decides; else discreet for all but standard, unflagged cases."""
    if safe.words:
        return safe.words != "named"
    force = the_force()
    crime_type = force.crime_type(case.crime_type)
    sensitive = crime_type is None or crime_type.sensitive
    return sensitive or bool(case.flags) or case.service_level != "standard"


def _render(force: Force, notice: Notice, to: str, language: str, discreet: bool) -> Letter:
    kind = "code" if notice.kind == "code" else "message" if notice.kind == "message" else "news"
    values = {"force": force, "kind": kind, "discreet": discreet, "code": notice.extra,
              "link": portal_link(force, language), "language": language}
    subject = _subject(force, kind, discreet)
    return Letter(
        notice_id=notice.id, to_address=to, subject=subject, language=language,
        sender_name=_("Online account") if discreet else force.email_sender.name,
        sender_address=force.email_sender.discreet_address if discreet else force.email_sender.address,
        text=render_template("letters/letter.txt", **values).strip() + "\n",
        html=render_template("letters/letter.html", subject=subject, **values),
    )


def _subject(force: Force, kind: str, discreet: bool) -> str:
    if kind == "code":
        return _("Your code") if discreet else _("%(force)s: your sign-in code", force=force.name)
    return _("Something new in your account") if discreet else _(
        "%(force)s: there is something new for you", force=force.name
    )


def portal_link(force: Force, language: str) -> str:
    """The address of the force's portal, from the configuration; never from a request."""
    settings = current_app.extensions["tmc_settings"]
    base = f"https://{force.hosts[0]}" if force.hosts and not settings.demo else f"{settings.base_url}/{force.id}"
    return f"{base}/" + (f"?{urlencode({'lang': language})}" if language != "en" else "")


def _to_staff(force: Force, notice: Notice) -> Letter:
    staff = db.session.get(Staff, (notice.force, notice.staff_id))
    if staff is None or not staff.email:
        raise Withhold("the officer has no email on the record")
    values = {"force": force, "kind": "desk", "discreet": False, "code": None,
              "link": portal_link(force, "en") + "desk/", "language": "en"}
    with force_locale("en"):
        subject = _("%(force)s: a message is waiting for you", force=force.name)
        return Letter(
            notice_id=notice.id, to_address=staff.email, subject=subject, language="en",
            sender_name=force.email_sender.name, sender_address=force.email_sender.address,
            text=render_template("letters/letter.txt", **values).strip() + "\n",
            html=render_template("letters/letter.html", subject=subject, **values),
        )
