"""What news of contact with one person does: a call, a letter, an answer to what they asked for.

Pure of the database, as :mod:`core.intake.casework` is.
"""

from __future__ import annotations

from typing import cast

from uuid6 import uuid7

from core.cases.models import Contact
from core.intake import shapes
from core.intake.case_parts import Work, addressees
from core.intake.shapes import NotUnderstood
from core.storage.sealed import seal


def contact_made(work: Work, data: shapes.Data) -> None:
    """For this person alone: nobody else on the case reads of it."""
    data = cast(shapes.ContactMade, data)
    found = addressees(work.batch, work.case.id, data.person)
    if not found:
        raise NotUnderstood(
            "/data/person: nobody on this case has that person id; ids belong to their source. It is tried "
            "again when this case gets that person", "/data/person",
        )
    row_id = uuid7()
    work.batch.contacts.append({
        "id": row_id, "case_id": work.case.id, "person_id": found[0], "staff_id": work.author,
        "record_event_id": work.record_event_id, "way": data.way, "reached": data.reached,
        "happened_at": work.event.time, "entered_at": work.batch.at, "topics": sorted(set(data.topics)),
        "line_sealed": seal(Contact, "line", row_id, data.line) if data.line else None,
    })


def request_decided(work: Work, data: shapes.Data) -> None:
    raise NotUnderstood("/data/request: no request of that id was made here", "/data/request")
