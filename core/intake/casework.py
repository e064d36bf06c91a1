"""What each kind of record event does to a case. Pure of the database: works on the rows of a batch."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from core.base.clock import LONDON
from core.force.eligibility import eligibility, flag_id
from core.force.model import Force
from core.force.vocabulary import STAGES, StageId
from core.hookspecs import Event
from core.intake import contact_work, court_work, desk_work, shapes
from core.intake.batch import Batch
from core.intake.case_parts import Work, addressees, enter, officer_named, people_of, person_named
from core.intake.cover import covered
from core.intake.mapped_codes import looked_up
from core.intake.property_news import take_property
from core.intake.shapes import NotUnderstood
from core.intake.tracked_row import TrackedRow

Crime = TypeVar("Crime", bound=shapes.CrimeFields)
CRIME_FIELDS = (
    "incident_reference", "home_office_code", "occurred_from", "occurred_to", "summary",
    "service_level", "crime_type", "district", "reported_at",
)


def names_in(data: shapes.Data) -> tuple[list[str], list[str]]:
    """Record-system ids of the people and the officers that the data names."""
    people = [person.id for _, person in people_of(data)]
    if isinstance(data, shapes.Sent) and data.to:
        people.append(data.to)
    if isinstance(data, desk_work.ContactReplaced):
        people.append(data.person.id)
    if isinstance(data, shapes.ContactMade):
        people.append(data.person)
    named = getattr(data, "officer", None), getattr(getattr(data, "cover", None), "officer", None)
    return people, [one.id for one in named if one]


def open_case(force: Force, batch: Batch, event: Event, data: shapes.Recorded) -> TrackedRow:
    """A new case for a crime that was not heard of before."""
    data = with_known_ids(force, data)
    return batch.cases.make(
        force.normalise_reference(event.subject), crime_reference=event.subject,
        reference_key=force.normalise_reference(event.subject), crime_type=data.crime_type,
        district=data.district, flags=[], service_level="standard", level_news=[],
        reported_at=data.reported_at,
        offered=False, offered_reason="", stage=StageId.RECORDED, latest_at=event.time,
    )


def apply(work: Work, data: shapes.Data) -> None:
    """Do what the event says. Raises :class:`NotUnderstood` before anything is changed."""
    HANDLERS[work.event.type](work, data)
    work.case.note_unusable(
        data.model_fields_set, {one.field: one.why for one in data.left_out if not one.person},
        work.event.stamp,
    )
    if work.event.time > work.case.values["latest_at"] and not _is_done_for_a_person(work, data):
        work.case.force("latest_at", work.event.time)


def _is_done_for_a_person(work: Work, data: shapes.Data) -> bool:
    """Done at the desk, and no news of the case: officers' lists, by latest news, stay in their order."""
    told = isinstance(data, shapes.Sent | shapes.ContactMade)
    return work.event.type in desk_work.HANDLERS or bool(work.author and told)


def judge(force: Force, case: TrackedRow) -> None:
    """Is the case offered, as it is now known? Asked again on every change of a case."""
    values = case.values
    answer = eligibility(
        force, values["district"], values["crime_type"], values["flags"] or [],
        values["reported_at"].astimezone(LONDON).date(),
    )
    if (answer.offered, answer.reason) != (values["offered"], values["offered_reason"]):
        case.force("offered", answer.offered)
        case.force("offered_reason", answer.reason)


# --- handlers ---------------------------------------------------------------------------------


def _recorded(work: Work, data: shapes.Data) -> None:
    data = with_known_ids(work.force, cast(shapes.Recorded, data))
    _crime_fields(work, data)
    work.case.put("crime_reference", work.event.subject, work.event.stamp)
    for person in data.people:
        person_named(work, person, data, removed=False)
    _recorded_entry(work, data)
    judge(work.force, work.case)


def _recorded_entry(work: Work, data: shapes.Data) -> None:
    """A case has one "recorded" entry: that of the earliest news, whichever arrives first."""
    earliest = work.case.registers.stamp("recorded_entry")
    if not earliest:
        enter(work, "recorded", None, data, {})
    elif work.event.stamp < earliest:
        work.batch.move_recorded_entry(work.case.id, {
            "record_event_id": work.record_event_id, "happened_at": work.event.time,
            "time_precision": data.time_precision, "stamp": work.event.stamp, "announced": work.announce,
        })
    else:
        return
    work.case.registers.put("recorded_entry", work.event.stamp)
    # The stamp stands in the row, which is written for a changed column only: any will do.
    work.case.changed.add("latest_at")


def _amended(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.Amended, data)
    if data.crime_reference:
        raise NotUnderstood(
            "/data/crime_reference: a new crime reference is not taken in yet; ask the portal's "
            "team",
            "/data/crime_reference",
        )
    data = with_known_ids(work.force, data)
    _crime_fields(work, data)
    judge(work.force, work.case)


def _crime_fields(work: Work, data: shapes.CrimeFields) -> None:
    stamp, said = work.event.stamp, data.model_fields_set
    for name in CRIME_FIELDS:
        value = getattr(data, name, None)
        if name in said and not (
            value is None and name in ("crime_type", "district", "reported_at")
        ):
            decided = work.case.put(name, value, stamp)
            if decided and name == "reported_at":
                work.case.force("reported_precision", data.time_precision)
    if "service_level" in said:
        line = f"{work.event.time.isoformat()} {data.service_level}"
        work.case.force("level_news", sorted({*work.case.values["level_news"], line}))
    if "flags" in said:
        work.case.put_flags(list(map(flag_id, data.flags)), stamp)
    if data.officer:
        work.case.put("staff_id", officer_named(work, data.officer).id, stamp)
    if data.property:
        take_property(work, data.property, data, told=False)


def with_known_ids(force: Force, data: Crime) -> Crime:
    """*data* with the ids as the force writes them; their case does not matter.

    Raises :class:`NotUnderstood` for a crime type or district that the force has not.
    """
    found = {}
    for key, known_as in (("crime_type", force.crime_type), ("district", force.district)):
        value = getattr(data, key, None)
        if value is None or known_as(value):
            continue
        listed: Iterable[Any] = force.crime_types if key == "crime_type" else force.districts
        ids = {item.id: item.id for item in listed}
        if (known := looked_up(value, ids)) not in ids:
            what = "crime type" if key == "crime_type" else "district"
            raise NotUnderstood(
                f"/data/{key}: this force has no such {what}{_nearest(value, ids)}. Add it to "
                "force.toml, or map it under [feed.sources.….map], then run `trackmycrime feed "
                "retry`", f"/data/{key}",
            )
        found[key] = known
    return data.model_copy(update=found) if found else data


def _nearest(value: str, known: Iterable[str]) -> str:
    """A hint at what was meant, without what was sent."""
    near = difflib.get_close_matches(value, list(known), n=1)
    return f"; the nearest is “{near[0]}”" if near else ""


def _allocated(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.Allocated, data)
    staff = officer_named(work, data.officer)
    work.case.put("staff_id", staff.id, work.event.stamp)
    covered(work, staff, data.cover)
    enter(
        work,
        "allocated",
        StageId.ALLOCATED,
        data,
        {"officer": data.officer.name, "unit": data.officer.unit},
    )


def _progress(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.Progress, data)
    if data.stage and data.stage not in STAGES:
        raise NotUnderstood(
            f"/data/stage: there is no such stage{_nearest(data.stage, STAGES)}", "/data/stage")
    stage = StageId(data.stage) if data.stage else None
    by = data.next_update_by.isoformat() if data.next_update_by else None
    if work.seen:
        work.batch.answers.append((work.case.id, None, work.seen))
    enter(
        work,
        "progress",
        stage,
        data,
        {"text": data.text, "next_step": data.next_step, "next_update_by": by},
    )


def _suspect(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.Suspect | shapes.Released, data)
    kind = work.event.type.split(".")[3]
    stage = StageId.CHARGED if kind == "charged" else StageId.SUSPECT_ACTION
    enter(work, kind, stage, data, {"text": data.text, "release_kind": data.kind})


def _outcome(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.Outcome, data)
    known = data.known
    if data.outcome not in known:
        raise NotUnderstood(
            f"/data/outcome: the scheme {data.scheme} has no such outcome"
            f"{_nearest(data.outcome, known)}", "/data/outcome",
        )
    stage = known[data.outcome].stage
    enter(
        work, "outcome", stage, data, {"text": data.reasons, "done": data.done},
        outcome=data.outcome, scheme=data.scheme,
    )


def _reopened(work: Work, data: shapes.Data) -> None:
    enter(work, "reopened", StageId.REOPENED, data, {"text": cast(shapes.Reopened, data).reasons})


def _person_amended(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.PersonAmended, data)
    if data.removed and not addressees(work.batch, work.case.id, data.person.id):
        raise NotUnderstood(
            "/data/person/id: nobody on this case has that person id, so nobody was removed; ids belong to "
            "their source. It is tried again when this case gets that person", "/data/person/id",
        )
    person_named(work, data.person, data, removed=data.removed)


def _message(work: Work, data: shapes.Data) -> None:
    data = cast(shapes.Sent, data)
    if not addressees(work.batch, work.case.id, data.to):
        raise NotUnderstood("/data/to: nobody on this case has that person id", "/data/to")
    work.batch.posts.append((work, data, officer_named(work, data.officer).id))


def _property(work: Work, data: shapes.Data) -> None:
    take_property(work, cast(shapes.PropertyUpdated, data).items, data, told=True)


HANDLERS: dict[str, Callable[[Work, shapes.Data], None]] = {
    "uk.police.crime.recorded.v1": _recorded,
    "uk.police.crime.amended.v1": _amended,
    "uk.police.crime.allocated.v1": _allocated,
    "uk.police.crime.progress.v1": _progress,
    "uk.police.suspect.arrested.v1": _suspect,
    "uk.police.suspect.interviewed.v1": _suspect,
    "uk.police.suspect.released.v1": _suspect,
    "uk.police.suspect.bail_changed.v1": _suspect,
    "uk.police.suspect.charged.v1": _suspect,
    "uk.police.crime.outcome.v1": _outcome,
    "uk.police.crime.reopened.v1": _reopened,
    "uk.police.person.amended.v1": _person_amended,
    "uk.police.message.sent.v1": _message,
    "uk.police.court.hearing.v1": court_work.hearing,
    "uk.police.court.result.v1": court_work.result,
    "uk.police.property.updated.v1": _property,
    "uk.police.contact.made.v1": contact_work.contact_made,
    "uk.police.request.decided.v1": contact_work.request_decided,
    **desk_work.HANDLERS,
}
