"""The portal's tables. What they mean is design §1; who may see them is access.py.

In the database the force stands last in every index, the primary key's too: on a table without
statistics PostgreSQL may go through any index that begins with the force, row by row.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, ForceOwned
from core.secret import ComparedSecret, Secret, sealed_column
from core.table_parts import filled_index, force_key
from core.units import comparable_unit

Moment = sa.DateTime(timezone=True)


class RecordEvent(ForceOwned, Base):
    """One piece of news as the record system sent it, stored before anything else."""

    __tablename__ = "record_event"
    source: Mapped[str] = mapped_column(sa.Text)
    event_key: Mapped[bytes] = mapped_column(sa.LargeBinary)  # keyed hash of source and id
    type: Mapped[str] = mapped_column(sa.Text)  # one of ours, else "other"
    subject_key: Mapped[str] = mapped_column(sa.Text)  # hashed where it is no crime reference
    happened_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary)
    body_sealed: Mapped[bytes | None] = sealed_column()
    body = Secret()
    status: Mapped[str] = mapped_column(sa.Text)
    reason_sealed: Mapped[bytes | None] = sealed_column()
    reason = Secret()
    left_out_sealed: Mapped[bytes | None] = sealed_column()
    left_out = Secret()  # details of an accepted event that could not be used: JSON [[pointer, why], …]
    announce: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    __table_args__ = (
        sa.Index("record_event_left_out", "id", "force",
                 postgresql_where=sa.text("left_out_sealed IS NOT NULL")),
        sa.Index("record_event_once", "event_key", "source", "force", unique=True,
                 postgresql_where=sa.text("status <> 'conflict'")),
        sa.Index("record_event_waiting", "status", "subject_key", "force",
                 postgresql_where=sa.text("status IN ('parked', 'conflict')")),
        sa.Index("record_event_subject", "subject_key", "force"),
        sa.Index("record_event_bodies", "received_at", "force", postgresql_where=sa.text(
            "status <> 'parked' AND body_sealed IS NOT NULL")),
        sa.Index("record_event_parked", "received_at", "force",
                 postgresql_where=sa.text("status = 'parked'")),
        sa.CheckConstraint("status IN ('accepted', 'parked', 'conflict')", "record_event_status"),
    )


class Staff(ForceOwned, Base):
    """An officer, or other staff, of a force; known by the record system's id."""

    __tablename__ = "staff"
    __of_no_case__ = True
    record_id: Mapped[str] = mapped_column(sa.Text)
    name_sealed: Mapped[bytes | None] = sealed_column()
    name = Secret()
    email_sealed: Mapped[bytes | None] = sealed_column()
    email = Secret()
    collar_number_sealed: Mapped[bytes | None] = sealed_column()
    collar_number = Secret()
    unit_sealed: Mapped[bytes | None] = sealed_column()
    unit_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    unit = ComparedSecret(comparable_unit)
    rest_days_until: Mapped[date | None] = mapped_column(sa.Date)
    role: Mapped[str] = mapped_column(sa.Text, default="officer")
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: record_events/registers.py
    __table_args__ = (
        sa.UniqueConstraint("record_id", "force"),
        sa.Index("staff_of_role", "role", "force"),
        sa.Index("staff_of_unit", "unit_key", "force"),
        sa.CheckConstraint(
            "role IN ('officer', 'supervisor', 'force_admin', 'national_admin')", name="staff_role"),
    )


class Case(ForceOwned, Base):
    """What the portal holds of one crime. ``handed_over_…``: from one officer to another."""

    __tablename__ = "crime_case"
    crime_reference: Mapped[str] = mapped_column(sa.Text)
    reference_key: Mapped[str] = mapped_column(sa.Text)
    incident_reference_sealed: Mapped[bytes | None] = sealed_column()
    incident_reference = Secret()
    home_office_code_sealed: Mapped[bytes | None] = sealed_column()
    home_office_code = Secret()
    crime_type: Mapped[str] = mapped_column(sa.Text)
    district: Mapped[str] = mapped_column(sa.Text)
    flags: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    other_flags_sealed: Mapped[bytes | None] = sealed_column()
    other_flags = Secret()  # JSON: those that are not on the shared list
    service_level: Mapped[str] = mapped_column(sa.Text, default="standard")
    reported_at: Mapped[datetime] = mapped_column(Moment)
    reported_precision: Mapped[str | None] = mapped_column(sa.Text)
    occurred_from: Mapped[datetime | None] = mapped_column(Moment)
    occurred_to: Mapped[datetime | None] = mapped_column(Moment)
    summary_sealed: Mapped[bytes | None] = sealed_column()
    summary = Secret()
    unusable_sealed: Mapped[bytes | None] = sealed_column()
    unusable = Secret()  # details of the record: record_events/drafts.py
    offered: Mapped[bool] = mapped_column(sa.Boolean)
    offered_reason: Mapped[str] = mapped_column(sa.Text)
    stage: Mapped[str] = mapped_column(sa.Text)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    handed_over_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_over_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    hand_over_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    next_update_by: Mapped[date | None] = mapped_column(sa.Date)
    latest_at: Mapped[datetime] = mapped_column(Moment)
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: record_events/registers.py
    __table_args__ = (
        sa.UniqueConstraint("reference_key", "force"),
        sa.Index("crime_case_officer", "staff_id", "latest_at", "force"),
        sa.Index("crime_case_closed", "latest_at", "force", postgresql_where=sa.text("stage = 'closed'")),
        sa.Index("crime_case_open", "latest_at", "force", postgresql_where=sa.text("stage <> 'closed'")),
        filled_index("crime_case_handed_over_by", "handed_over_by"),
        force_key("staff_id", to="staff"),
        force_key("handed_over_by", to="staff"),
    )


class Person(ForceOwned, Base):
    """Somebody with access to one or more cases; known by the record system's id."""

    __tablename__ = "person"
    source: Mapped[str] = mapped_column(sa.Text)
    record_id: Mapped[str] = mapped_column(sa.Text)
    given_sealed: Mapped[bytes | None] = sealed_column()
    given = Secret()
    family_sealed: Mapped[bytes | None] = sealed_column()
    family = Secret()
    date_of_birth_sealed: Mapped[bytes | None] = sealed_column()
    date_of_birth = Secret()
    postcode_sealed: Mapped[bytes | None] = sealed_column()
    postcode = Secret()
    email_sealed: Mapped[bytes | None] = sealed_column()
    email = Secret()
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone = Secret()
    organisation_sealed: Mapped[bytes | None] = sealed_column()
    organisation = Secret()
    safe_contact_sealed: Mapped[bytes | None] = sealed_column()
    safe_contact = Secret()
    unusable_sealed: Mapped[bytes | None] = sealed_column()
    unusable = Secret()  # details of the record: record_events/drafts.py
    # What the person, or an officer for them, decided here: core/people.py
    chosen_contact_sealed: Mapped[bytes | None] = sealed_column()
    chosen_contact = Secret()
    replaced_sealed: Mapped[bytes | None] = sealed_column()
    replaced = Secret()
    chosen_language: Mapped[str | None] = mapped_column(sa.Text)
    locked_at: Mapped[datetime | None] = mapped_column(Moment)
    locked_by: Mapped[str | None] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.Text, default="en")
    made_up: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: record_events/registers.py
    __table_args__ = (sa.UniqueConstraint("source", "record_id", "force"),)


class Access(ForceOwned, Base):
    """That a person may follow a case, and in which role."""

    __tablename__ = "access"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    role: Mapped[str] = mapped_column(sa.Text)
    removed: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: record_events/registers.py
    shown_through: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.UniqueConstraint("case_id", "person_id", "force"),
        sa.Index("access_person", "person_id", "force"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
    )


class Entry(ForceOwned, Base):
    """One line of a case's timeline."""

    __tablename__ = "entry"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    record_event_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    kind: Mapped[str] = mapped_column(sa.Text)
    stage: Mapped[str | None] = mapped_column(sa.Text)
    outcome: Mapped[str | None] = mapped_column(sa.Text)
    scheme: Mapped[str | None] = mapped_column(sa.Text)
    happened_at: Mapped[datetime] = mapped_column(Moment)
    time_precision: Mapped[str | None] = mapped_column(sa.Text)
    stamp_sealed: Mapped[bytes | None] = sealed_column()
    stamp = Secret()
    details_sealed: Mapped[bytes | None] = sealed_column()
    details = Secret()
    __table_args__ = (
        sa.Index("entry_timeline", "case_id", "happened_at", "force"),
        filled_index("entry_record_event", "record_event_id"),
        filled_index("entry_staff", "staff_id"),
        force_key("case_id", to="crime_case"),
        force_key("record_event_id", to="record_event"),
        force_key("staff_id", to="staff"),
    )


class Message(ForceOwned, Base):
    """What a person and the officer write to each other about one case."""

    __tablename__ = "message"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    from_person: Mapped[bool] = mapped_column(sa.Boolean)
    record_event_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    in_reply_to: Mapped[UUID | None] = mapped_column(sa.Uuid)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)  # a person's: core/unanswered.py
    form_key: Mapped[str | None] = mapped_column(sa.Text)
    text_sealed: Mapped[bytes | None] = sealed_column()
    text = Secret()
    __table_args__ = (
        sa.Index("message_thread", "case_id", "person_id", "sent_at", "force"),
        sa.Index("message_unread", "case_id", "force", postgresql_where=sa.text("read_at IS NULL")),
        sa.Index("message_to_do", "case_id", "force", postgresql_where=sa.text(
            "from_person AND (read_at IS NULL OR answered_at IS NULL)")),
        sa.Index("message_person", "person_id", "force"),
        filled_index("message_staff", "staff_id"),
        sa.UniqueConstraint("case_id", "person_id", "form_key", "force"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
        force_key("staff_id", to="staff"),
    )


class Notice(ForceOwned, Base):
    """Something that must be sent; a row written with its cause, sent by the worker."""

    __tablename__ = "notice"
    kind: Mapped[str] = mapped_column(sa.Text)
    channel: Mapped[str] = mapped_column(sa.Text, default="email", server_default="email")
    case_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    cause_id: Mapped[UUID] = mapped_column(sa.Uuid)
    extra_sealed: Mapped[bytes | None] = sealed_column()
    extra = Secret()
    state: Mapped[str] = mapped_column(sa.Text, default="due")
    reason: Mapped[str | None] = mapped_column(sa.Text)
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    unsure: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")  # of the tries
    claimed_by: Mapped[int | None] = mapped_column(sa.BigInteger)  # a process, until due_at at most
    made_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.Index("notice_due", "state", "due_at", "force"),
        sa.Index("notice_case", "case_id", "force"),
        filled_index("notice_person", "person_id"),
        filled_index("notice_staff", "staff_id"),
        sa.Index("notice_ended", "due_at", "force", postgresql_where=sa.text("state <> 'due'")),
        filled_index("notice_claimed", "claimed_by"),
        sa.CheckConstraint("state IN ('due', 'perhaps_sent', 'sent', 'failed', 'withheld')", "notice_state"),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="notice_channel"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
        force_key("staff_id", to="staff"),
    )


class BreakGlass(ForceOwned, Base):
    """A member of staff opened a case that is not theirs, for a while and for a reason."""

    __tablename__ = "break_glass"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID] = mapped_column(sa.Uuid)
    reason: Mapped[str] = mapped_column(sa.Text)
    words_sealed: Mapped[bytes | None] = sealed_column()
    words = Secret()
    opened_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewer_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    verdict: Mapped[str | None] = mapped_column(sa.Text)
    __table_args__ = (
        sa.Index("break_glass_open", "case_id", "staff_id", "ends_at", "force"),
        sa.Index("break_glass_review", "opened_at", "force"),
        sa.Index("break_glass_ends", "ends_at", "force"),
        sa.Index("break_glass_staff", "staff_id", "force"),
        filled_index("break_glass_reviewer", "reviewer_id"),
        sa.CheckConstraint("verdict IN ('fine', 'look_into')", name="break_glass_verdict"),
        force_key("case_id", to="crime_case"),
        force_key("staff_id", to="staff"),
        force_key("reviewer_id", to="staff"),
    )


class PortalSession(ForceOwned, Base):
    """A signed-in person or officer; the browser holds a random token, this row its hash."""

    __tablename__ = "portal_session"
    __at_merger__ = "end"
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    person_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    proved_at: Mapped[datetime | None] = mapped_column(Moment)
    device: Mapped[str | None] = mapped_column(sa.Text)
    notes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    __table_args__ = (
        sa.UniqueConstraint("token_hash", "force"),
        sa.Index("portal_session_ends", "ends_at", "force"),
        sa.Index("portal_session_person", "person_id", "force"),
        filled_index("portal_session_staff", "staff_id"),
        force_key("person_id", to="person"),
        force_key("staff_id", to="staff"),
    )


class AuditEntry(ForceOwned, Base):
    """Who saw or did what. Append-only; each row carries its keyed MAC."""

    __tablename__ = "audit_entry"
    __at_merger__ = "stay"
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str] = mapped_column(sa.Text)
    actor: Mapped[str] = mapped_column(sa.Text)
    actor_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    case_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary)
    key_id: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    # PostgreSQL's number of the transaction that wrote the row: what audit_chain looks for news by
    written_in: Mapped[int] = mapped_column(
        sa.BigInteger, server_default=sa.text("(pg_current_xact_id()::text)::bigint")
    )
    __table_args__ = (
        sa.Index("audit_entry_case", "case_id", "at", "force"),
        sa.Index("audit_entry_new", "written_in", "force"),
        sa.Index("audit_entry_seen_by_staff", "at", "force", postgresql_where=sa.text(
            "action = 'case_seen' AND actor = 'staff'")),
        sa.Index("audit_entry_rare", "action", "at", "force", postgresql_where=sa.text(
            "action IN ('unusual_viewing', 'break_glass_found_nothing', 'code_withheld', 'audit_cut')")),
    )
    __grants__ = "SELECT, INSERT"
