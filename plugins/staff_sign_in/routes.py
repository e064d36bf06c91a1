"""From the start page to the provider and back, out again, and the first administrator's code.

The way to the provider is a link, not a form: `form-action 'self'` of our policy would stop a form whose
answer leads to another site. What asks the provider is loaded with the first officer who signs in.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from core import audit
from core.audit import AuditEntry
from core.base import SOURCE_LANGUAGE, clock, installation
from core.notices import portal_link
from core.plugin_host import the_force
from core.storage import db, owned, read
from core.web import address_at, allow, anyone, csrf, officer
from plugins.staff_sign_in import attempts, identities, secret, setup_codes, visits
from plugins.staff_sign_in.audit_actions import StaffSignInAction
from plugins.staff_sign_in.fetching import ProviderAway
from plugins.staff_sign_in.forms import LogoutForm, SetupCodeForm
from plugins.staff_sign_in.refusals import AFTER_PROOF, Refused, Why

bp = Blueprint("staff_sign_in", __name__, url_prefix="/staff")
NOTED = sa.select(AuditEntry.id).where(
    owned(AuditEntry), AuditEntry.action == StaffSignInAction.REFUSED, AuditEntry.case_id.is_(None),
    AuditEntry.at > sa.bindparam("since"),
    AuditEntry.fields["why"].astext == sa.bindparam("why", type_=sa.Text),
).limit(1)


@bp.get("/sign-in")
@allow(anyone)
def start() -> str:
    return render_template("staff_sign_in/start.html")


@bp.get("/sign-in/again")
@allow(officer)
def again() -> str:
    return render_template("staff_sign_in/again.html")


@bp.get("/sign-in/begin")
@allow(anyone)
def begin() -> Any:
    """On to the provider. Whoever was led here by another site sees the start page first."""
    link = portal_link(the_force(), SOURCE_LANGUAGE)
    elsewhere = not installation().settings.demo and request.host != urlsplit(link).netloc
    if elsewhere or request.headers.get("Sec-Fetch-Site") == "cross-site":
        # The cookie of the attempt and the answer of the provider must meet on one host.
        return redirect(_address("staff_sign_in.start") if elsewhere else url_for("staff_sign_in.start"), 303)
    fresh = request.args.get("again") == "yes"
    try:
        return redirect(_sent_to_provider(fresh), 303)
    except ProviderAway:
        return _away()


def _sent_to_provider(fresh: bool) -> str:
    from plugins.staff_sign_in import asking
    from plugins.staff_sign_in.provider import provider

    _let_go()
    of = provider()
    of.about()
    begun = attempts.begin(fresh=fresh, setup_id=setup_codes.given())
    db.session.commit()
    return asking.address_to_begin(of, begun, _address("staff_sign_in.callback"), fresh=fresh)


@bp.get("/sign-in/callback")
@allow(anyone)
def callback() -> Any:
    """The provider's answer, in the browser that asked, once."""
    try:
        back = _signed_in()
    except ProviderAway:
        return _away()
    except Refused as refused:
        _note(refused)
        db.session.commit()
        page = render_template("staff_sign_in/refused.html", known=refused.why in AFTER_PROOF,
                               strength=refused.why in (Why.STRENGTH, Why.AGE))
        return page, 403
    if back and re.match(r"/[^/\\]", back):
        return redirect(request.script_root + back, 303)
    return redirect(address_at("staff"), 303)


def _signed_in() -> str | None:
    """Sign in whom the provider vouches for; the page they came from. Commits.

    Raises :class:`Refused`, with what is then to be committed, and :class:`ProviderAway`.
    """
    from plugins.staff_sign_in import asking, tokens
    from plugins.staff_sign_in.provider import provider

    taken, of = attempts.take(request.args.get("state", "")), provider()
    shown = secret.current()
    db.session.commit()  # whatever comes of it, nobody uses this attempt again; and nothing is held open
    given = of.about()
    said = request.args.get("iss")
    if said != of.settings.issuer and (said or given.authorization_response_iss_parameter_supported):
        raise Refused(Why.MIX_UP)  # RFC 9207, 2.4
    code = request.args.get("code")
    if not code or "error" in request.args:
        raise Refused(Why.PROVIDER_SAID)
    if shown is None:
        raise ProviderAway("no_secret")
    told = asking.tokens_for(of, code, taken.verifier, shown, _address("staff_sign_in.callback"))
    claims = tokens.id_token_claims(
        of, told.get("id_token", ""), nonce=taken.nonce, access_token=told.get("access_token"),
        max_age=asking.max_age(of, fresh=taken.fresh))
    admitted = identities.admit(of.settings, claims, taken.setup_id)
    visits.begin(admitted.staff_id, admitted.role, claims.get("sid"))
    db.session.commit()
    return taken.back


# --- out ----------------------------------------------------------------------------------------


@bp.get("/sign-in/signed-out")
@allow(anyone)
def signed_out() -> Any:
    """After our own visit has ended: on to where the provider ends its own, and from there to the start."""
    from plugins.staff_sign_in import asking
    from plugins.staff_sign_in.provider import provider

    _let_go()
    try:
        of = provider()
        of.about()
        onwards = asking.address_to_sign_out(of, _address("staff_sign_in.start"))
    except ProviderAway:
        onwards = None
    answer = make_response(render_template("staff_sign_in/signed_out.html", onwards=onwards))
    if onwards:
        answer.headers["Refresh"] = f"0; url={onwards}"
    return answer


@bp.post("/sign-in/back-channel-logout")
@csrf.exempt
@allow(anyone)
def back_channel_logout() -> Any:
    """The provider itself says that somebody signed out there, or may not be here any more.

    OpenID Connect Back-Channel Logout 1.0: opened by the provider's signature, never by a session.
    """
    from plugins.staff_sign_in import tokens
    from plugins.staff_sign_in.provider import provider

    _let_go()
    try:
        of = provider()
        claims = tokens.logout_claims(of, LogoutForm().logout_token.data)
    except ProviderAway:
        return {"error": "temporarily_unavailable"}, 503
    except Refused:
        return {"error": "invalid_request"}, 400
    visits.end_by_logout_token(of.settings.issuer, claims)
    db.session.commit()
    return "", 200


# --- the first administrator --------------------------------------------------------------------


@bp.get("/set-up")
@allow(anyone)
def set_up() -> str:
    return render_template("staff_sign_in/set_up.html", form=SetupCodeForm(), right=False)


@bp.post("/set-up")
@allow(anyone)
def give_setup_code() -> Any:
    """A right code signs nobody in: it is used by whoever the provider then vouches for."""
    form = SetupCodeForm()
    right = setup_codes.give(form.code.data)
    db.session.commit()
    if not right:
        form.refuse("code", _("This is not a code that works. Check it, or ask for a new one."))
    return render_template("staff_sign_in/set_up.html", form=form, right=right), 200 if right else 400


# --- helpers ------------------------------------------------------------------------------------


def _address(endpoint: str) -> str:
    """The address of a page of this force as the configuration has it: no request chooses its host."""
    path = url_for(endpoint).removeprefix(request.script_root)
    return portal_link(the_force(), SOURCE_LANGUAGE).rstrip("/") + path


def _let_go() -> None:
    """Before the provider is asked: a page that waits for it must hold no connection to the database."""
    db.session.rollback()


def _note(refused: Refused) -> None:
    """Into the audit: each time for somebody whom the provider vouched for, else once a minute for each
    reason, so that whoever floods the door fills no audit."""
    why, since = refused.why, clock.now() - attempts.NOTE_EVERY
    if why in AFTER_PROOF or read(NOTED, since=since, why=why.value).first() is None:
        staff = str(refused.staff_id) if refused.staff_id else None
        audit.write(StaffSignInAction.REFUSED, why=why.value, staff=staff)


def _away() -> Any:
    return render_template("staff_sign_in/away.html"), 503
