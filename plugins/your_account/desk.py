"""The officer's page about one person on a case: lock and unlock, another email or phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from core import audit, commitments
from core.cases import people, safe_contact
from core.notices import account_news
from core.storage import db
from core.web import allow, officer_of_case
from plugins.your_account import changes, contact_words, on_case
from plugins.your_account.audit_actions import AccountAction
from plugins.your_account.forms import PersonForm, contact_problem


class Slip(ValueError):
    """A form cannot be followed: this field of it says what to put right."""


def person_page(case_id: UUID, person_id: UUID) -> Any:
    return _page(case_id, person_id, PersonForm())


def act(case_id: UUID, person_id: UUID) -> Any:
    """One form, one act; each says in the audit what was done to whom."""
    form = PersonForm()
    doing = ACTS.get(form.act.data)
    if doing is None or on_case.one_of(case_id, person_id) is None:
        abort(404)
    try:
        flash(doing(person_id, form))
    except Slip:
        db.session.rollback()
        return _page(case_id, person_id, form), 400
    db.session.commit()
    return redirect(url_for("your_account.person_page", case_id=case_id, person_id=person_id), 303)


def _lock(person_id: UUID, form: PersonForm) -> str:
    people.lock_access(person_id, by="officer")
    changes.stop_for_lock(person_id, by="officer")
    account_news.tell_person(person_id, uuid4())
    commitments.settle(people=[person_id])
    return str(_("Access is locked. Nobody is signed in any more, and no code is sent."))


def _unlock(person_id: UUID, form: PersonForm) -> str:
    people.unlock_access(person_id, how=_checked(form, "unlock_how"))
    account_news.tell_person(person_id, uuid4())
    commitments.settle(people=[person_id])
    return str(_("Access is open again."))


def _change(person_id: UUID, form: PersonForm) -> str:
    contact, how = _checked(form, "contact"), _checked(form, "change_how")
    try:
        made = changes.enter(person_id, contact, form.value.data, how=how)
    except ValueError:
        form.refuse("value", contact_problem(contact))
        raise Slip("value") from None
    return _came_of(made)


def _confirm(person_id: UUID, form: PersonForm) -> str:
    change = _waiting(person_id, form)
    if change.state != "asked":
        abort(404)
    changes.confirm(change, how=_checked(form, f"{change.contact}_how"))
    return _came_of(change)


def _stop(person_id: UUID, form: PersonForm) -> str:
    changes.stop(_waiting(person_id, form), by="officer")
    return str(_("The change is stopped. Nothing was changed."))


ACTS: dict[str, Callable[[UUID, PersonForm], str]] = {
    "lock": _lock, "unlock": _unlock, "change": _change, "confirm": _confirm, "stop": _stop,
}


def _came_of(change: Any) -> str:
    if change.state == "done":
        return str(_("The change is made. Enter it in the record system too."))
    if change.state == "lapsed":
        return str(_("The record system has changed this contact meanwhile, so nothing was done."))
    return str(_("The change is made after 24 hours, unless it is stopped before."))


def _waiting(person_id: UUID, form: PersonForm) -> Any:
    try:
        found = changes.open_one(person_id, UUID(form.change.data))
    except ValueError:
        found = None
    return found or abort(404)


def _checked(form: PersonForm, name: str) -> str:
    """What was chosen in a field that this act needs."""
    if not form[name].validate(form):
        raise Slip(name)
    return str(form[name].data)


def _page(case_id: UUID, person_id: UUID, form: PersonForm) -> str:
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
    audit.write(AccountAction.PERSON_SEEN, case_id=case_id, person=str(person_id))
    db.session.commit()
    return render_template(
        "your_account/desk_person.html", case_id=case_id, form=form, **values)


def add_to(bp: Blueprint) -> None:
    """The desk's two views, on the plugin's blueprint."""
    address = "/desk/case/<uuid:case_id>/person/<uuid:person_id>"
    bp.get(address)(allow(officer_of_case)(person_page))
    bp.post(address)(allow(officer_of_case)(act))
