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
    request,
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

bp = Blueprint("passkeys", __name__)
LONGEST_ANSWER = 20_000
ATTEMPTS = "sign_in_attempts"  # whoever gave details has some

audit.declare("passkeys_listed", "count")


@bp.get("/passkeys")
@allow(signed_in_person)
def listed() -> str:
    return _page()


@bp.post("/passkeys/options")
@allow(signed_in_person)
def options_to_add() -> Any:
    if not sessions.proved_lately():
        abort(403)
    audit.write("passkeys_changed", did="asked", person=str(current_user.person_id))
    options = rules.options_to_add(current_user.person_id, _label())
    db.session.commit()
    return Response(options, mimetype="application/json")


@bp.post("/passkeys")
@allow(signed_in_person)
def add() -> Any:
    if not sessions.proved_lately():
        return _page(), 403
    answer = request.form.get("passkey", "")[:LONGEST_ANSWER]
    try:
        name = rules.clean_name(request.form.get("name", ""))
    except ValueError:
        return _page(error=("name", _("Give it a short name, like “my phone”"))), 400
    try:
        rules.add(current_user.person_id, answer, name)
    except rules.NotAdded:
        return _page(error=("add", _("That did not work. Nothing was added. Try again."))), 400
    flash(_("The passkey is added."))
    db.session.commit()
    return redirect(url_for("passkeys.listed"), 303)


@bp.post("/passkeys/<uuid:passkey_id>/name")
@allow(signed_in_person)
def rename(passkey_id: UUID) -> Any:
    passkey = _own(passkey_id)
    try:
        passkey.name = rules.clean_name(request.form.get("name", ""))
    except ValueError:
        error = _("Give it a short name, like “my phone”")
        return _page(error=(f"name-{passkey_id.hex}", error)), 400
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


def _page(error: tuple[str, str] | None = None) -> str:
    person = people.person(current_user.person_id)
    found = [(one, rules.why_not(one, person), rules.works_from(one, person))
             for one in rules.of_person(person.id)]
    audit.write("passkeys_listed", count=len(found))
    done = get_flashed_messages()
    db.session.commit()
    return render_template(
        "passkeys/listed.html", passkeys=found, error=error, done=done,
        given=request.form.get("name", ""), proved=sessions.proved_lately(),
        full=len(found) >= rules.MOST, care=people.needs_care(person),
    )
