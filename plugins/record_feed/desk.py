"""For the desk: which details of a case and its people the record system must put right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as N_

from core.intake import details_left_out

NAMES: dict[str, Any] = {
    "date_of_birth": N_("date of birth"),
    "email": N_("email"),
    "home_office_code": N_("Home Office code"),
    "in_reply_to": N_("which message this answers"),
    "incident_reference": N_("incident number"),
    "language": N_("language"),
    "name": N_("name"),
    "name/given": N_("first name"),
    "next_update_by": N_("day of the next update"),
    "occurred_from": N_("when it began"),
    "occurred_to": N_("when it ended"),
    "officer": N_("officer in the case"),
    "officer/collar_number": N_("officer’s collar number"),
    "officer/email": N_("officer’s email"),
    "officer/rest_days_until": N_("officer’s rest days"),
    "officer/unit": N_("officer’s unit"),
    "organisation": N_("organisation"),
    "phone": N_("phone number"),
    "postcode": N_("postcode"),
    "received_at": N_("when it was received"),
    "safe_contact/review_on": N_("day to review safe contact"),
    "summary": N_("summary"),
    "time_precision": N_("how exactly the time is known"),
}


def left_out(case_id: UUID) -> list[tuple[str | None, str]]:
    """(whose, what), each once; *whose* is None for details of the case."""
    nobody = str(N_("No name"))
    return [(nobody if one.person == "" else one.person, str(NAMES.get(one.field, one.field)))
            for one in details_left_out(case_id)]
