"""The page of one case, for its officer and for those who only look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask_login import current_user

from core import audit
from core.audit import CoreAction
from core.base import clock, language
from core.cases import contact_lines, cover, timeline, unanswered
from core.force import vocabulary, why_not_shown
from core.intake import conversation
from core.plugin_host import installed, the_force
from core.storage import db
from core.web import drafts, panels_of, viewing_of
from plugins.officer_desk import cases, contacts, forms, news, nothing_new, one_case, promises
from plugins.officer_desk.forms import CaseForm


def page_of(case_id: UUID, form: CaseForm | None = None, note: str = "") -> str:
    """The page of ``g.case_row``, with *form* where something in it is to be put right, and *note* on top
    of it. It commits."""
    row, opened_at, written = g.case_row, clock.now(), drafts.kept(case_id)
    viewing = viewing_of(row, "officer", staff_id=current_user.staff_id, relation=g.relation)
    panels = panels_of(viewing)  # before anything is marked: where one fails, what was changed is undone
    values = _case(row) | _timeline(row) | _owed(row, opened_at, only_looks=viewing.only_looks)
    form = form or CaseForm(written)
    values |= _update(row, form, only_looks=viewing.only_looks)
    audit.write(CoreAction.CASE_SEEN, case_id=case_id, viewer="officer", relation=g.relation)
    db.session.commit()
    return render_template(
        "officer_desk/case.html", **values, case=row, panels=panels, form=form, note=note, opened=form.opened,
        written=written,
        opened_at=opened_at, me=current_user.staff_id, roles=one_case.ROLES, vocabulary=vocabulary,
        may_act=not viewing.only_looks, may_write=row.offered and not viewing.only_looks,
        answer_to=forms.answer_to, longest=conversation.MAX_MESSAGE, waited=unanswered.days_since,
    )


def _case(row: Any) -> dict[str, Any]:
    """What the record says, who answers, and what people wrote; what is read so is marked."""
    # Only the reading of who must answer counts: nobody else takes "new" away from them.
    lead, answers = g.relation == "lead", g.relation in ("lead", "cover")
    facts = one_case.facts_of(row.id, mark_seen=lead)
    threads = (one_case.threads_of(row.id, mark_read=answers) if installed().provides("conversation")
               else None)
    covers = cover.covering(row, clock.today())
    return {
        "facts": facts, "threads": threads, "lead": lead, "covers": covers,
        "names": cases.names_of({
            row.staff_id, *one_case.who_wrote(threads), *filter(None, [facts.handed_over_by, covers])}),
        "not_shown": None if row.offered else why_not_shown(facts.offered_reason),
        "shown_since": one_case.shown_since(row.id),
        "crime_type": the_force().crime_type(row.crime_type), "district": the_force().district(row.district),
    }


def _timeline(row: Any) -> dict[str, Any]:
    """The lines that people read, and those of every contact, each with whom it was."""
    entries, spoken = timeline.entries_of(row.id), contact_lines.all_contacts_of(row.id)
    return {
        "lines": contact_lines.merged(entries, [one for _, one in spoken]),
        "with_whom": {line.id: person_id for person_id, line in spoken},
        "people": one_case.names_on(row.id) if spoken else {},
        "now": timeline.as_it_stands(row, entries),
    }


def _owed(row: Any, opened_at: datetime, *, only_looks: bool) -> dict[str, Any]:
    """What is owed to whom, and what a contact with them may be about."""
    return {
        "promises": promises.of_case(row.id, one_case.names_on(row.id), opened_at),
        "contactable": [] if only_looks else one_case.followers(row.id),
        "owed_topics": contacts.owed(row.id),
    }


def _update(row: Any, form: CaseForm, *, only_looks: bool) -> dict[str, Any]:
    """What helps to write an update: a draft, which goes into an empty *form* if it was asked for, and why
    there may be nothing new."""
    draft = news.draft_of(row.id) if row.offered and not only_looks and not form.text.data else None
    if draft and "draft" in request.args:
        form.text.data = draft
    return {
        "draft": draft, "example": clock.today() + timedelta(days=14),
        "reasons": [*nothing_new.reasons(language()).items()],
        "hear_by": nothing_new.day_to_propose(the_force(), row.id),
    }
