"""The page of one case, for its officer and for those who only look."""

from __future__ import annotations

from datetime import timedelta
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
    with_messages = installed().provides("conversation")
    # Only the reading of who must answer counts: nobody else takes "new" away from them.
    lead, answers = g.relation == "lead", g.relation in ("lead", "cover")
    viewing = viewing_of(row, "officer", staff_id=current_user.staff_id, relation=g.relation)
    panels = panels_of(viewing)  # before anything is marked: where one fails, what was changed is undone
    facts, entries = one_case.facts_of(case_id, mark_seen=lead), timeline.entries_of(case_id)
    spoken = contact_lines.all_contacts_of(case_id)
    threads = one_case.threads_of(case_id, mark_read=answers) if with_messages else None
    form = form or CaseForm(written)
    draft = news.draft_of(case_id) if row.offered and not viewing.only_looks and not form.text.data else None
    if draft and "draft" in request.args:
        form.text.data = draft
    covers = cover.covering(row, clock.today())
    values = {
        "case": row, "facts": facts, "lines": contact_lines.merged(entries, [one for _, one in spoken]),
        "with_whom": {line.id: person_id for person_id, line in spoken},
        "people": one_case.names_on(case_id) if spoken else {},
        "now": timeline.as_it_stands(row, entries),
        "promises": promises.of_case(case_id, one_case.names_on(case_id), opened_at),
        "not_shown": None if row.offered else why_not_shown(facts.offered_reason),
        "shown_since": one_case.shown_since(case_id),
        "threads": threads,
        "panels": panels,
        "may_act": not viewing.only_looks,
        "may_write": row.offered and not viewing.only_looks,
        "names": cases.names_of({
            row.staff_id, *one_case.who_wrote(threads), *filter(None, [facts.handed_over_by, covers])}),
        "lead": lead, "covers": covers,
        "contactable": [] if viewing.only_looks else one_case.followers(case_id),
        "owed_topics": contacts.owed(case_id),
        "reasons": [*nothing_new.reasons(language()).items()],
        "hear_by": nothing_new.day_to_propose(the_force(), case_id),
    }
    audit.write(CoreAction.CASE_SEEN, case_id=case_id, viewer="officer", relation=g.relation)
    db.session.commit()
    return render_template(
        "officer_desk/case.html", **values, roles=one_case.ROLES, vocabulary=vocabulary,
        crime_type=the_force().crime_type(row.crime_type),
        district=the_force().district(row.district), me=current_user.staff_id,
        form=form, note=note, opened=form.opened, draft=draft, written=written, answer_to=forms.answer_to,
        longest=conversation.MAX_MESSAGE, opened_at=opened_at, waited=unanswered.days_since,
        example=clock.today() + timedelta(days=14),
    )
