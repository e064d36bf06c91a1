"""The page of a person's passkeys, and what browsers are asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
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

from core import audit
from core.base import language
from core.cases import people
from core.plugin_host import the_force
from core.storage import db
from core.web import allow, anyone, sessions, signed_in_person
from plugins.passkeys import rules
from plugins.passkeys.audit_actions import PasskeyAction
from plugins.passkeys.forms import PasskeyForm

bp = Blueprint("passkeys", __name__)
ATTEMPTS = "sign_in_attempts"  # whoever gave details has some


@bp.get("/passkeys")
@allow(signed_in_person)
def listed() -> str:
    return _page(PasskeyForm())


@bp.post("/passkeys/options")
@allow(signed_in_person)
def options_to_add() -> Any:
    if not sessions.proved_lately():
        abort(403)
    audit.write(PasskeyAction.CHANGED, did="asked", person=str(current_user.person_id))
    options = rules.options_to_add(current_user.person_id, _label())
    db.session.commit()
    return Response(options, mimetype="application/json")


@bp.post("/passkeys")
@allow(signed_in_person)
def add() -> Any:
    form = PasskeyForm()
    if not sessions.proved_lately():
        return _page(form), 403
    if not form.validate():
        return _page(form, "name"), 400
    try:
        rules.add(current_user.person_id, form.passkey.data, rules.clean_name(form.name.data))
    except rules.NotAdded:
        form.refuse("passkey", _("That did not work. Nothing was added. Try again."))
        return _page(form, "add"), 400
    flash(_("The passkey is added."))
    db.session.commit()
    return redirect(url_for("passkeys.listed"), 303)


@bp.post("/passkeys/<uuid:passkey_id>/name")
@allow(signed_in_person)
def rename(passkey_id: UUID) -> Any:
    passkey, form = _own(passkey_id), PasskeyForm()
    if not form.validate():
        return _page(form, f"name-{passkey_id.hex}"), 400
    passkey.name = rules.clean_name(form.name.data)
    db.session.commit()
    return redirect(url_for("passkeys.listed"), 303)


@bp.post("/passkeys/<uuid:passkey_id>/remove")
@allow(signed_in_person)
def remove(passkey_id: UUID) -> Any:
    rules.remove(_own(passkey_id))
    flash(_("The passkey is removed. It opens nothing here any more."))
    db.session.commit()
    return redirect(url_for("passkeys.listed"), 303)


@bp.post("/sign-in/passkey-options")
@allow(anyone)
def options_to_use() -> Any:
    """The same answer for whoever gave details, right or wrong; nothing for others."""
    if ATTEMPTS not in session:
        abort(404)
    return Response(rules.options_to_use(), mimetype="application/json")


def _own(passkey_id: UUID) -> Any:
    return rules.own(current_user.person_id, passkey_id) or abort(404)


def _label() -> str:
    """What a device shows beside the address: no police where letters do not mention them either."""
    person = people.person(current_user.person_id)
    if people.needs_care(person):
        return str(_("Online account"))
    return the_force().name_in(language())


def _page(form: PasskeyForm, wrong: str | None = None) -> str:
    """*wrong* is the id of what has to be put right: the form stands here once for each passkey."""
    person = people.person(current_user.person_id)
    found = [(one, rules.why_not(one, person), rules.works_from(one, person))
             for one in rules.of_person(person.id)]
    audit.write(PasskeyAction.LISTED, count=len(found))
    done = get_flashed_messages()
    db.session.commit()
    return render_template(
        "passkeys/listed.html", passkeys=found, form=form, wrong=wrong, done=done,
        proved=sessions.proved_lately(),
        full=len(found) >= rules.MOST, care=people.needs_care(person),
    )
