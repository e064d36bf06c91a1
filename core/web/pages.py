"""The portal's own pages: home, the case, safety, exit, health."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import structlog
from flask import (
    Blueprint,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.i18n import language, of_browser
from core.base.installation import installation
from core.cases import contact_lines, people, timeline, visits
from core.cases.entry_words import EntryWords
from core.cases.stage_track import steps
from core.commitments.reading import next_promise
from core.force.file.logo import logo_of
from core.hookspecs import Panel, Viewing
from core.notices import restored
from core.plugin_host.calls import mend_transaction
from core.plugin_host.host import host, served
from core.storage.db import db, ping
from core.web import reading, sessions
from core.web.access import allow, anyone, is_page_of_case, person_of_case, signed_in_person
from core.web.forms import Form, Hidden
from core.web.parts import can_be_shown, links_at, panels_at
from core.web.visitor import at_force, here

log = structlog.get_logger()
EXIT_TO = "https://www.bbc.co.uk/weather"
STATEMENT_PREPARED = date(2026, 11, 30)  # when what words/accessibility.html says was last made sure of
bp = Blueprint("pages", __name__)

@bp.get("/")
@allow(anyone, forceless=True)
def home() -> Any:
    if here():
        return render_template("home.html")
    if not installation().settings.demo:
        abort(404)
    forces = [
        host().get(f).force for f in sorted(served(host(), installation().settings))
    ]
    return render_template("forces.html", forces=forces)


@bp.get("/your-reports")
@allow(signed_in_person)
def your_reports() -> Any:
    cases = people.cases_of(current_user.person_id)
    audit.write(CoreAction.CASES_LISTED, count=len(cases))
    db.session.commit()
    if len(cases) == 1:
        return redirect(url_for("pages.case_page", case_id=cases[0].id), 303)
    return render_template("your_reports.html", cases=cases, standing=timeline.standing)


@bp.get("/case/<uuid:case_id>")
@allow(person_of_case)
def case_page(case_id: UUID) -> Any:
    back = session.pop(sessions.COME_BACK, "")
    if str(case_id) in back:
        return redirect(request.script_root + back, 303)
    case, at, today = g.case_row, at_force(), clock.today()
    promised = next_promise(case, clock.now())
    viewing = viewing_of(
        case, "person", person_id=current_user.person_id, late=promised is not None and promised.late)
    words = EntryWords(at, viewing.language)
    entries = timeline.entries_of(case.id, words)
    contacts = contact_lines.contacts_of(case.id, current_user.person_id, words)
    panels = panels_of(viewing)
    reading.shown(case, current_user.person_id, entries)
    audit.write(CoreAction.CASE_SEEN, case_id=case.id, viewer="person")
    db.session.commit()
    return render_template(
        "case.html",
        case=case,
        lines=contact_lines.merged(entries, contacts),
        officer=timeline.officer_of(case, today),
        panels=panels,
        promised=promised,
        now=timeline.as_it_stands(case, entries, words),
        steps=steps(case.stage, [entry.stage for entry in entries if entry.stage]),
        crime_type=at.force.crime_type(case.crime_type),
        actions=actions_of(viewing),
    )


def viewing_of(case: Any, viewer: str, **who: Any) -> Viewing:
    """The frozen value that panels and actions are asked with."""
    return Viewing(
        viewer=viewer,
        case_id=case.id,
        crime_reference=case.crime_reference,
        crime_type=case.crime_type,
        district=case.district,
        stage=case.stage,
        language=language(),
        staff_id=who.get("staff_id", case.staff_id),
        person_id=who.get("person_id"),
        relation=who.get("relation"),
        late=who.get("late", False),
    )


def panels_of(viewing: Viewing) -> list[Any]:
    """The :class:`core.hookspecs.Panel` of every plugin for this view, in their order."""
    at = at_force()
    return sorted(
        at.one_by_one("case_panels", force=at.force, viewing=viewing), key=lambda p: p.order)


def actions_of(viewing: Viewing) -> list[Any]:
    """The :class:`core.hookspecs.Action` of every plugin for this view, in their order."""
    at = at_force()
    return sorted(
        at.one_by_one("case_actions", can_be_shown, force=at.force, viewing=viewing),
        key=lambda a: a.order,
    )


@pass_context
def show_panel(context: Context, panel: Panel) -> str:
    """A panel as HTML; one that cannot be shown is left out, and the page goes on without it."""
    try:
        template = context.environment.get_template(panel.template)
        return Markup(template.render({**context.get_all(), "values": panel.values}))  # noqa: S704
    except Exception as failure:  # noqa: BLE001
        log.error("plugin_left_out", plugin=panel.template.split("/")[0], template=panel.template,
                  error=type(failure).__name__, force=context["force"].id)
        mend_transaction()
        return ""


@bp.get("/leave")
@allow(anyone)
def leave() -> Any:
    """Exit this page: the session ends here, and the browser goes somewhere harmless."""
    _sign_out("exit")
    return _clear(redirect(EXIT_TO, 303))


@bp.get("/stay")
@allow(anyone)
def stay() -> Any:
    """Somebody is still there: being asked is what keeps a session (WCAG 2.2.1, timing adjustable)."""
    return "", 204 if current_user.is_authenticated else 401


class ComeBackForm(Form):
    """Where somebody was who has been signed out."""

    to = Hidden()


@bp.post("/come-back")
@allow(anyone)
def come_back() -> Any:
    """To the way in, and from there back to the page of a case where a visit ended."""
    to = ComeBackForm().to.data
    if not is_page_of_case(to):
        abort(400)
    session[sessions.COME_BACK] = to
    return redirect(request.script_root + to, 303)


@bp.post("/sign-out")
@allow(anyone)
def sign_out() -> Any:
    kept = None if language() == of_browser() else language()
    who = "officer" if getattr(session, "staff_id", None) else "person"
    _sign_out("button")
    at = at_force()
    onwards = at.hook.sign_out_at(force=at.force, who=who) or "pages.home"
    return _clear(redirect(url_for(onwards, lang=kept), 303))


def _sign_out(how: str) -> None:
    if current_user.is_authenticated:
        audit.write(CoreAction.SIGN_OUT, how=how)
    sessions.end()
    db.session.commit()


def _clear(response: Any) -> Any:
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/safety")
@allow(anyone)
def safety() -> str:
    return render_template("words/safety.html")


@bp.get("/privacy")
@allow(anyone)
def privacy() -> str:
    return render_template("words/privacy.html")


@bp.get("/accessibility")
@allow(anyone)
def accessibility() -> str:
    return render_template("words/accessibility.html", prepared=STATEMENT_PREPARED)


@bp.get("/brand.css")
@allow(anyone, forceless=True)
def brand() -> Response:
    """The force's colours as custom properties; without a force, calm ones of our own."""
    at = here()
    answer = Response(
        render_template("brand.css", brand=at.force.brand if at else None), mimetype="text/css"
    )
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@bp.get("/logo.svg")
@allow(anyone)
def logo() -> Response:
    found = at_force()
    picture = logo_of(found.folder, found.force.brand.logo)
    if picture is None:
        abort(404)
    answer = Response(picture, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@bp.get("/health/live")
@allow(anyone, forceless=True)
def health_live() -> Any:
    return {"status": "live"}


@bp.get("/health/ready")
@allow(anyone, forceless=True)
def health_ready() -> Any:
    if ping():
        return {"status": "database away"}, 503
    held = {"letters": "held"} if restored.is_held() else {}
    return {"status": "ready", **held}


def idle_seconds() -> str:
    """After how long without a request the present visitor is signed out."""
    opened: Any = session
    lasts = visits.idle_limit(at_force().force.visits, opened.person_id, opened.staff_id)
    return f"{lasts.total_seconds():.0f}"


def page_values() -> dict[str, Any]:
    """What every template may use: the force and the state of the page."""
    at, visitor = here(), None
    force = at.force if at else None
    if force and not g.get("failed"):
        visitor = (
            "person"
            if getattr(session, "person_id", None)
            else "officer"
            if getattr(session, "staff_id", None)
            else None
        )
    return {
        "force": force,
        "show_panel": show_panel,
        "links_at": links_at,
        "panels_at": panels_at,
        "page": {
            "sample": bool(force and force.status != "live"),
            "signed_in": visitor,
            "idle": idle_seconds() if visitor else None,
            "path": request.path,
        },
    }
