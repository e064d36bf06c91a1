"""The pages of signing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from core.notices import lost_codes
from core.plugin_host import installed, the_force
from core.storage import db
from core.web import allow, anyone, sessions
from plugins.sign_in import limits, rules
from plugins.sign_in.codes import has_several
from plugins.sign_in.forms import CodeForm, DetailsForm, NameForm

bp = Blueprint("sign_in", __name__)
ATTEMPTS = "sign_in_attempts"  # in the session: ids, newest first
PROOFS = "sign_in_proofs"  # there too: of a right code that several people share
LONGEST_PROOF = 20_000


@bp.get("/sign-in")
@allow(anyone)
def start() -> Any:
    if getattr(current_user, "person_id", None):
        return redirect(url_for("pages.your_reports"), 303)
    return render_template("sign_in/details.html", form=DetailsForm())


@bp.post("/sign-in")
@allow(anyone)
def give_details() -> Any:
    form = DetailsForm()
    if not form.validate():
        return render_template("sign_in/details.html", form=form), 400
    pace = limits.pace(_address())
    if pace.refused:
        return _refused(pace.refused)
    attempt = rules.begin(form.details, address=_address(), wait=pace.wait, turn=pace.turn)
    session[ATTEMPTS] = [str(attempt), *session.get(ATTEMPTS, [])][:rules.ATTEMPTS_KEPT]
    session.pop(PROOFS, None)  # of other details: a code that was right for those proves nothing here
    db.session.commit()
    return redirect(url_for("sign_in.code"), 303)


@bp.get("/sign-in/lost-reference")
@allow(anyone)
def lost_reference() -> str:
    """Nothing is looked up here: who has lost the reference asks a person."""
    return render_template("sign_in/lost_reference.html")


@bp.get("/sign-in/code")
@allow(anyone)
def code() -> Any:
    if ATTEMPTS not in session:
        return redirect(url_for("sign_in.start"), 303)
    return _code_form(CodeForm())


@bp.post("/sign-in/code")
@allow(anyone)
def give_code() -> Any:
    form = CodeForm()
    if has_several(form.code.data):
        return _code_form(form, _("That holds more than one code. Give only the newest one.")), 400
    pace = limits.pace(_address())
    if pace.refused:
        return _refused(pace.refused)
    try:
        opened = rules.open_with(
            _attempts(), form.code.data, wait=pace.wait, proved=_proved(form.passkey.data))
    except rules.TooSoon as soon:
        return _code_form(form, _wait_words(soon.seconds)), 429, {"Retry-After": str(soon.seconds)}
    except rules.NameWanted as wanted:
        session[PROOFS] = wanted.proofs
        db.session.commit()
        return redirect(url_for("sign_in.name"), 303)
    if opened is None or not _begun(opened):
        db.session.commit()
        if form.passkey.data:
            return _code_form(form, _("The passkey did not work. You can use a code instead.")), 400
        return _code_form(form, _(
            "That code is not right, or it is too old. Use the newest one, or start again."
        )), 400
    return _opened(opened)


@bp.get("/sign-in/name")
@allow(anyone)
def name() -> Any:
    """Only after a right code; whoever has none is where codes are typed, and learns of no such page."""
    if PROOFS not in session:
        return redirect(url_for("sign_in.code"), 303)
    return _name_form(NameForm())


@bp.post("/sign-in/name")
@allow(anyone)
def give_name() -> Any:
    if PROOFS not in session:
        return redirect(url_for("sign_in.code"), 303)
    form = NameForm()
    if not form.validate():
        return _name_form(form), 400
    pace = limits.pace(_address())
    if pace.refused:
        return _refused(pace.refused)
    try:
        opened = rules.open_named(_attempts(), form.given.data, session[PROOFS], wait=pace.wait)
    except rules.TooSoon as soon:
        return _name_form(form, _wait_words(soon.seconds)), 429, {"Retry-After": str(soon.seconds)}
    if opened is None or not _begun(opened):
        db.session.commit()
        return _name_form(form, _(
            "That name does not fit, or the code is too old. Check the name, or start again. If someone "
            "on this report has the same name as you, call us: an officer can give you a code of your own."
        )), 400
    return _opened(opened)


def _attempts() -> list[UUID]:
    return [UUID(one) for one in session.get(ATTEMPTS, [])]


def _opened(opened: rules.Opened) -> Any:
    session.pop(PROOFS, None)
    db.session.commit()
    return redirect(url_for("pages.case_page", case_id=opened.case_id), 303)


def _proved(proof: str) -> UUID | None:
    """Whom something else than a code proves: a passkey, say."""
    if not proof or len(proof) > LONGEST_PROOF:
        return None
    found: UUID | None = installed().hook.second_step(force=the_force(), proof=proof)
    db.session.commit()  # what was learnt of the proof stands, whatever comes of this try
    return found


def _begun(opened: rules.Opened) -> bool:
    """Sign in; not if the access was locked in this very moment."""
    try:
        sessions.sign_in(person_id=opened.person_id, case_id=opened.case_id,
                         language=opened.language, how=opened.how)
    except sessions.AccessLocked:
        return False
    return True


def _code_form(form: CodeForm, error: str | None = None) -> str:
    """With the same words for everybody who waits since before codes were lost, whatever was typed."""
    if error:
        form.refuse("code", error)
    newest = next(iter(session.get(ATTEMPTS, [])), None)
    lost = newest is not None and lost_codes.may_be_lost(UUID(newest))
    return render_template("sign_in/code.html", form=form, lost=lost)


def _name_form(form: NameForm, error: str | None = None) -> str:
    if error:
        form.refuse("given", error)
    return render_template("sign_in/name.html", form=form)


def _wait_words(seconds: int) -> str:
    return str(ngettext(
        "Wait a second, then send it again.", "Wait %(num)d seconds, then send it again.", seconds,
    ))


def _refused(seconds: int) -> Any:
    minutes = -(-seconds // 60)
    page = render_template("sign_in/too_many.html", minutes=minutes)
    return page, 429, {"Retry-After": str(seconds)}


def _address() -> str:
    return request.remote_addr or ""
