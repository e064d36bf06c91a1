"""The officer's page about one person on a case: lock and unlock, another email or phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core import audit
from core.cases import people, safe_contact
from core.notices import account_news
from core.storage import db
from core.web import allow, officer_of_case
from plugins.your_account import changes, contact_words, forms, on_case

HOW = {
    "in_person": N_("I met them and know them, or saw proof of who they are"),
    "called_back": N_("I called them on a number that was on the record before today"),
    "video": N_("I saw them on a video call and checked who they are"),
}


class Slip(ValueError):
    """A form that cannot be followed: field and what to put right."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(field)
        self.field, self.text = field, text


def person_page(case_id: UUID, person_id: UUID) -> Any:
    return _page(case_id, person_id)


def act(case_id: UUID, person_id: UUID) -> Any:
    """One form, one act; each says in the audit what was done to whom."""
    doing = ACTS.get(request.form.get("act", ""))
    if doing is None or on_case.one_of(case_id, person_id) is None:
        abort(404)
    try:
        flash(doing(person_id))
    except Slip as slip:
        db.session.rollback()
        return _page(case_id, person_id, {slip.field: slip.text}), 400
    db.session.commit()
    return redirect(url_for("your_account.person_page", case_id=case_id, person_id=person_id), 303)


def _lock(person_id: UUID) -> str:
    people.lock_access(person_id, by="officer")
    changes.stop_for_lock(person_id, by="officer")
    account_news.tell_person(person_id, uuid4())
    return str(_("Access is locked. Nobody is signed in any more, and no code is sent."))


def _unlock(person_id: UUID) -> str:
    people.unlock_access(person_id, how=_how("unlock-how"))
    account_news.tell_person(person_id, uuid4())
    return str(_("Access is open again."))


def _change(person_id: UUID) -> str:
    contact = request.form.get("contact", "")
    if contact not in people.CONTACTS:
        raise Slip("contact", str(_("Choose what you want to change")))
    how = _how("change-how")
    try:
        made = changes.enter(person_id, contact, request.form.get("value", "")[:300], how=how)
    except ValueError:
        raise Slip("value", forms.contact_problem(contact)) from None
    return _came_of(made)


def _confirm(person_id: UUID) -> str:
    change = _waiting(person_id)
    if change.state != "asked":
        abort(404)
    changes.confirm(change, how=_how(f"{change.contact}-how"))
    return _came_of(change)


def _stop(person_id: UUID) -> str:
    changes.stop(_waiting(person_id), by="officer")
    return str(_("The change is stopped. Nothing was changed."))


ACTS: dict[str, Callable[[UUID], str]] = {
    "lock": _lock, "unlock": _unlock, "change": _change, "confirm": _confirm, "stop": _stop,
}


def _came_of(change: Any) -> str:
    if change.state == "done":
        return str(_("The change is made. Enter it in the record system too."))
    if change.state == "lapsed":
        return str(_("The record system has changed this contact meanwhile, so nothing was done."))
    return str(_("The change is made after 24 hours, unless it is stopped before."))


def _waiting(person_id: UUID) -> Any:
    try:
        found = changes.open_one(person_id, UUID(request.form.get("change", "")))
    except ValueError:
        found = None
    return found or abort(404)


def _how(field: str) -> str:
    how = request.form.get(field, "")
    if how not in HOW:
        raise Slip(field, str(_("Say how you made sure who it is")))
    return how


def _page(case_id: UUID, person_id: UUID, errors: dict[str, str] | None = None) -> str:
    one = on_case.one_of(case_id, person_id)
    if one is None:
        abort(404)
    person: Any = people.person(person_id)
    values = {
        "one": one, "email": person.email, "phone": person.phone,
        "safe": contact_words.rows(safe_contact.of_person(person)),
        "waiting": changes.of_person(person_id),
        "lately": changes.lately_done(person_id),
        "care": people.needs_care(person),
    }
    audit.write("your_account_person_seen", case_id=case_id, person=str(person_id))
    db.session.commit()
    return render_template(
        "your_account/desk_person.html", case_id=case_id, hows=HOW, errors=errors or {},
        given=request.form, **values,
    )


def add_to(bp: Blueprint) -> None:
    """The desk's two views, on the plugin's blueprint."""
    address = "/desk/case/<uuid:case_id>/person/<uuid:person_id>"
    bp.get(address)(allow(officer_of_case)(person_page))
    bp.post(address)(allow(officer_of_case)(act))


audit.declare("your_account_person_seen", "person")
