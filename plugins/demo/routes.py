"""The demo's own pages: the mailbox, and signing in as a sample officer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.audit import AuditEntry, CoreAction
from core.base import Settings, clock, installation, when
from core.cases import Staff
from core.plugin_host import host, served
from core.storage import db, force_scope, owned, read, unseal
from core.web import address_at, allow, anyone, sessions
from plugins.demo.letters import letter_named, mailbox_page
from plugins.demo.letters import mailbox_json as letters_json
from plugins.demo.samples import STAFF_IDS

bp = Blueprint("demo", __name__, url_prefix="/demo")
SHOW_WITHHELD = 20
MAILBOX_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors 'none'"
)
# A letter is written by somebody: nothing in it runs, is fetched or sent. Its links, when they are pressed,
# open in place of the mailbox, because no page of the portal lets itself be framed.
LETTER_CSP = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
LINKS = '<base target="_top">'
ROLES = {"supervisor": N_("supervisor"), "force_admin": N_("force admin")}

STAFF = sa.select(Staff.id, Staff.name_sealed, Staff.unit_sealed, Staff.role).where(
    owned(Staff), Staff.record_id == sa.any_(sa.literal(STAFF_IDS, sa.ARRAY(sa.Text)))
).order_by(Staff.record_id)
WITHHELD = sa.select(AuditEntry.at, AuditEntry.fields).where(
    owned(AuditEntry), AuditEntry.action == CoreAction.CODE_WITHHELD, AuditEntry.at > sa.bindparam("since")
).order_by(AuditEntry.at.desc()).limit(SHOW_WITHHELD)


def mailbox_folder(settings: Settings) -> Path:
    """Where the demo's mail server keeps its letters."""
    return settings.data_dir / "mailbox"


@bp.get("/mailbox/")
@allow(anyone, forceless=True)
def mailbox() -> Response:
    to = request.args.get("to", "").strip() or None
    shown = mailbox_page(mailbox_folder(_settings()), to, _withheld())
    answer = make_response(render_template("demo/mailbox.html", **shown))
    answer.headers["Content-Security-Policy"] = MAILBOX_CSP
    return answer


@bp.get("/mailbox/<string(maxlength=60):name>")
@allow(anyone, forceless=True)
def letter(name: str) -> Response:
    """The HTML of one letter, as a mailbox shows it: for the frame on the page of letters."""
    found = letter_named(mailbox_folder(_settings()), name)
    if found is None or not found.html:
        abort(404)
    answer = Response(found.html.replace("<head>", f"<head>{LINKS}", 1))
    answer.headers["Content-Security-Policy"] = LETTER_CSP
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@bp.get("/mailbox.json")
@allow(anyone, forceless=True)
def mailbox_json() -> Any:
    to = request.args.get("to", "").strip() or None
    return jsonify(letters_json(mailbox_folder(_settings()), to))


def _withheld() -> list[str]:
    """A line for each code that was not sent in the last hour because of a limit."""
    lines = []
    db.session.rollback()  # the page may have been asked for at one force, and tells of all
    for force_id in sorted(served(host(), _settings())):
        db.session.rollback()  # at the address of a force, its own reading has begun
        with force_scope(force_id):
            for row in read(WITHHELD, since=clock.now() - timedelta(hours=1)):
                lines.append(
                    _(
                        "%(moment)s, %(force)s: a code was asked for and not sent (%(why)s).",
                        moment=when(row.at),
                        force=host().get(force_id).force.name,
                        why=row.fields["why"],
                    )
                )
            db.session.rollback()
    return lines


@bp.get("/officers")
@allow(anyone)
def officers() -> str:
    """Sample officers to sign in as."""
    listed = [
        {"id": row.id, "called": ", ".join(str(part) for part in (
            unseal(Staff, "name", row.id, row.name_sealed), ROLES.get(row.role),
            unseal(Staff, "unit", row.id, row.unit_sealed)) if part)}
        for row in read(STAFF)
    ]
    return render_template("demo/officers.html", officers=listed)


@bp.post("/officers/<uuid:staff_id>")
@allow(anyone)
def sign_in_officer(staff_id: UUID) -> Any:
    if staff_id not in {row.id for row in read(STAFF)}:
        abort(404)
    sessions.sign_in(staff_id=staff_id)
    db.session.commit()
    return redirect(address_at("staff"), 303)


def _settings() -> Settings:
    return installation().settings
