"""The pages of "Your account": safe contact, email and phone, visits, and the lock."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import (
    Blueprint,
    abort,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from core import audit, commitments
from core.audit import CoreAction
from core.base import offered_languages
from core.cases import people, safe_contact
from core.notices import account_news
from core.storage import db
from core.web import accounts, allow, anyone, sessions, signed_in_person
from plugins.your_account import changes, contact_words, desk, forms, visits
from plugins.your_account.audit_actions import AccountAction
from plugins.your_account.forms import ContactForm, SafeContactForm

bp = Blueprint("your_account", __name__)


@bp.get("/your-account")
@allow(signed_in_person)
def account() -> str:
    person, seen = _me(), visits.history(current_user.person_id)
    if not people.is_locked(person):
        session.pop(sessions.THROUGH_LOCK, None)
    return _page(
        "account", safe=contact_words.rows(safe_contact.of_person(person)),
        contacts=_contacts(person), tried=visits.tried_lately(seen),
        waiting=changes.of_person(person.id),
        others=visits.others_now(person.id), locked=people.is_locked(person),
    )


# --- visits and the lock -------------------------------------------------------------------------


@bp.get("/your-account/visits")
@allow(signed_in_person)
def history() -> str:
    seen = visits.history(current_user.person_id)
    return _page("visits", visits=seen, others=visits.others_now(current_user.person_id),
                 tried=visits.tried_lately(seen))


@bp.post("/your-account/visits/end-others")
@allow(signed_in_person)
def end_others() -> Any:
    ended = sessions.end_others(person_id=current_user.person_id)
    audit.write(AccountAction.VISITS_ENDED, count=ended)
    flash(_("You are signed out everywhere else."))
    db.session.commit()
    return redirect(url_for("your_account.history"), 303)


@bp.get("/your-account/lock")
@allow(signed_in_person)
def lock() -> str:
    return _page("lock")


@bp.post("/your-account/lock")
@allow(signed_in_person)
def lock_now() -> Any:
    person_id = current_user.person_id
    people.lock_access(person_id, by="person")
    changes.stop_for_lock(person_id, by="person")
    account_news.tell_officers(person_id, uuid4())
    commitments.settle(people=[person_id])
    sessions.end()
    db.session.commit()
    answer = redirect(url_for("your_account.locked"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/your-account/open")
@allow(signed_in_person)
def open_again() -> Any:
    """Whom an officer's code let in says that codes are safe again. Nobody else is in to say so."""
    person = accounts.own_person(current_user.person_id)
    if people.is_locked(person):
        people.unlock_access(person.id, how="person")
        account_news.tell_person(person.id, uuid4())
        account_news.tell_officers(person.id, uuid4())
        commitments.settle(people=[person.id])
        flash(_("Your access is open again. Codes to sign in come as before."))
    session.pop(sessions.THROUGH_LOCK, None)
    db.session.commit()
    return redirect(url_for("your_account.account"), 303)


@bp.get("/your-account/locked")
@allow(anyone)
def locked() -> str:
    return render_template("your_account/locked.html")


@bp.post("/your-account/sign-in-again")
@allow(signed_in_person)
def sign_in_again() -> Any:
    """For what needs both steps anew: this visit ends, and the way in begins."""
    audit.write(CoreAction.SIGN_OUT, how="sign_in_again")
    sessions.end()
    db.session.commit()
    return redirect(url_for("your_account.account"), 303)


# --- safe contact --------------------------------------------------------------------------------


@bp.get("/your-account/safe-contact")
@allow(signed_in_person)
def contact_choice() -> str:
    person = _me()
    kept = safe_contact.read(person.chosen_contact)
    return _choice(person, SafeContactForm(**forms.shown_contact(kept, person.chosen_language)))


@bp.post("/your-account/safe-contact")
@allow(signed_in_person)
def choose_contact() -> Any:
    person, form = _me(), SafeContactForm()
    before = safe_contact.read(person.chosen_contact)
    if not form.validate():
        return _choice(person, form), 400
    chosen = form.chosen(before)
    if safe_contact.loosens(before, chosen.contact) and not sessions.proved_lately():
        form.refuse("silent", _(
            "This would allow more than before. To be sure that it is you, sign in again first."))
        return _choice(person, form, again=True), 403
    accounts.choose_contact(person.id, chosen.contact, chosen.language)
    account_news.tell_officers(person.id, uuid4())
    flash(_("Your choice is saved and holds from now on."))
    db.session.commit()
    return redirect(url_for("your_account.account"), 303)


def _choice(person: Any, form: SafeContactForm, *, again: bool = False) -> str:
    kept = safe_contact.read(person.chosen_contact)
    return _page(
        "safe_contact", form=form, again=again, languages=[*offered_languages()], review_on=kept.review_on,
        record=contact_words.rows(safe_contact.read(person.safe_contact))
        if person.safe_contact else None,
    )


# --- email and phone -----------------------------------------------------------------------------


@bp.get("/your-account/contact")
@allow(signed_in_person)
def contact() -> str:
    return _contact_page(ContactForm())


@bp.post("/your-account/contact")
@allow(signed_in_person)
def ask_for_contact() -> Any:
    form = ContactForm()
    if not sessions.proved_lately():
        return _contact_page(form), 403
    if not form.validate():
        return _contact_page(form), 400
    contact = form.contact.data
    try:
        changes.ask(current_user.person_id, contact, form[contact].data)
    except ValueError:
        form.refuse(contact, forms.contact_problem(contact))
        return _contact_page(form), 400
    except changes.AskedTooOften:
        form.refuse("contact", _("You asked for several changes today. Call us, or ask again tomorrow."))
        return _contact_page(form), 429
    db.session.commit()
    return redirect(url_for("your_account.contact"), 303)


@bp.post("/your-account/contact/<uuid:change_id>/stop")
@allow(signed_in_person)
def stop_change(change_id: UUID) -> Any:
    change = changes.open_one(current_user.person_id, change_id)
    if change is None:
        abort(404)
    changes.stop(change, by="person")
    account_news.tell_person(current_user.person_id, change.id)
    flash(_("The change is stopped. Nothing was changed."))
    db.session.commit()
    return redirect(url_for("your_account.contact"), 303)


def _contact_page(form: ContactForm) -> str:
    person = _me()
    waiting = [
        (one, contact_words.masked(one.contact, one.value))
        for one in changes.of_person(person.id)
    ]
    return _page("contact", contacts=_contacts(person), waiting=waiting, form=form,
                 proved=sessions.proved_lately())


# --- what the pages share ------------------------------------------------------------------------


def _me() -> Any:
    return people.person(current_user.person_id)


def _contacts(person: Any) -> dict[str, str]:
    return {name: contact_words.masked(name, getattr(person, name)) for name in people.CONTACTS}


def _page(name: str, **values: Any) -> str:
    """Committed before it is shown: nobody sees what is not written down."""
    audit.write(AccountAction.SEEN, page=name)
    done = get_flashed_messages()
    db.session.commit()
    return render_template(f"your_account/{name}.html", done=done, **values)


desk.add_to(bp)
