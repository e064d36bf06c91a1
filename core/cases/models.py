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

from core.base.audit_actions import CoreAction
from core.base.units import comparable_unit
from core.force.vocabulary import StageId
from core.storage.row_ends import Kept
from core.storage.row_guard import Base, ForceOwned
from core.storage.sealed import ComparedSecret, Secret, sealed_column
from core.storage.table_parts import Moment, filled_index, force_key


class Staff(ForceOwned, Base):
    """An officer, or other staff, of a force; known by the record system's id."""

    __tablename__ = "staff"
    __kept__ = "with_force"
    __at_merger__ = "move"
    __called_by__ = (("record_id", "officer"),)
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
    stamps = Secret()  # which news set which field: cases/registers.py
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
    __kept__ = (
        Kept("closed_cases", since="latest_at", which=lambda case: case.stage == StageId.CLOSED),
        Kept("quiet_cases", since="latest_at", which=lambda case: case.stage != StageId.CLOSED),
    )
    __at_merger__ = "move"
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
    # all news of it, each "moment level"; since when it is enhanced: commitments/facts.py
    level_news: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    reported_at: Mapped[datetime] = mapped_column(Moment)
    reported_precision: Mapped[str | None] = mapped_column(sa.Text)
    occurred_from: Mapped[datetime | None] = mapped_column(Moment)
    occurred_to: Mapped[datetime | None] = mapped_column(Moment)
    summary_sealed: Mapped[bytes | None] = sealed_column()
    summary = Secret()
    unusable_sealed: Mapped[bytes | None] = sealed_column()
    unusable = Secret()  # details of the record: intake/tracked_row.py
    offered: Mapped[bool] = mapped_column(sa.Boolean)
    offered_reason: Mapped[str] = mapped_column(sa.Text)
    stage: Mapped[str] = mapped_column(sa.Text)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    # Who answers in place of cover_for, from and until which day: core/cases/cover.py
    cover_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    cover_for: Mapped[UUID | None] = mapped_column(sa.Uuid)
    cover_from: Mapped[date | None] = mapped_column(sa.Date)
    cover_until: Mapped[date | None] = mapped_column(sa.Date)
    property_sealed: Mapped[bytes | None] = sealed_column()
    property = Secret()  # all news of its things: core/cases/things.py
    handed_over_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_over_by: Mapped[UUID | None] = mapped_column(sa.Uuid)
    hand_over_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    latest_at: Mapped[datetime] = mapped_column(Moment)
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: cases/registers.py
    __table_args__ = (
        sa.UniqueConstraint("reference_key", "force"),
        sa.Index("crime_case_officer", "staff_id", "latest_at", "force"),
        sa.Index("crime_case_closed", "latest_at", "force", postgresql_where=sa.text("stage = 'closed'")),
        sa.Index("crime_case_open", "latest_at", "force", postgresql_where=sa.text("stage <> 'closed'")),
        filled_index("crime_case_handed_over_by", "handed_over_by"),
        filled_index("crime_case_cover", "cover_id"),
        force_key("staff_id", to="staff"),
        force_key("handed_over_by", to="staff"),
        force_key("cover_id", to="staff"),
    )


class Person(ForceOwned, Base):
    """Somebody with access to one or more cases; known by the record system's id."""

    __tablename__ = "person"
    __kept__ = "with_case"  # with the last of them
    __at_merger__ = "move"
    __called_by__ = (("source", "source"),)
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
    unusable = Secret()  # details of the record: intake/tracked_row.py
    # What the person, or an officer for them, decided here: core/cases/people.py
    chosen_contact_sealed: Mapped[bytes | None] = sealed_column()
    chosen_contact = Secret()
    replaced_sealed: Mapped[bytes | None] = sealed_column()
    replaced = Secret()
    chosen_language: Mapped[str | None] = mapped_column(sa.Text)
    locked_at: Mapped[datetime | None] = mapped_column(Moment)
    locked_by: Mapped[str | None] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.Text)
    made_up: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: cases/registers.py
    __table_args__ = (sa.UniqueConstraint("source", "record_id", "force"),)


class Access(ForceOwned, Base):
    """That a person may follow a case, and in which role."""

    __tablename__ = "access"
    __kept__ = "with_case"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    role: Mapped[str] = mapped_column(sa.Text)
    removed: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    stamps_sealed: Mapped[bytes | None] = sealed_column()
    stamps = Secret()  # which news set which field: cases/registers.py
    shown_through: Mapped[datetime | None] = mapped_column(Moment)  # the newest news, by its own moment
    read_through: Mapped[datetime | None] = mapped_column(Moment)  # by when the portal heard of it
    made_at: Mapped[datetime] = mapped_column(Moment, server_default=sa.func.now())
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        sa.UniqueConstraint("case_id", "person_id", "force"),
        sa.Index("access_person", "person_id", "force"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
    )


class Entry(ForceOwned, Base):
    """One line of a case's timeline."""

    __tablename__ = "entry"
    __kept__ = "with_case"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    record_event_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    kind: Mapped[str] = mapped_column(sa.Text)
    stage: Mapped[str | None] = mapped_column(sa.Text)
    outcome: Mapped[str | None] = mapped_column(sa.Text)
    scheme: Mapped[str | None] = mapped_column(sa.Text)
    release_kind: Mapped[str | None] = mapped_column(sa.Text)
    happened_at: Mapped[datetime] = mapped_column(Moment)
    time_precision: Mapped[str | None] = mapped_column(sa.Text)
    entered_at: Mapped[datetime] = mapped_column(Moment, server_default=sa.func.now())
    received_at: Mapped[datetime | None] = mapped_column(Moment)  # by the Witness Care Unit, say
    announced: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true())
    promised_by: Mapped[date | None] = mapped_column(sa.Date)  # an officer's word in it
    explains: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())  # why there is nothing new
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
    __kept__ = "with_case"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    from_person: Mapped[bool] = mapped_column(sa.Boolean)
    record_event_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    in_reply_to: Mapped[UUID | None] = mapped_column(sa.Uuid)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)  # a person's: core/cases/unanswered.py
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


class Contact(ForceOwned, Base):
    """That the force was in contact with a person about a case beside updates and messages, or tried to be;
    or (``way`` ``portal``) that the person read, online, all that had come by ``through``. Only added to."""

    __tablename__ = "contact"
    __kept__ = "with_case"
    __at_merger__ = "move"
    case_id: Mapped[UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[UUID] = mapped_column(sa.Uuid)
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    record_event_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    way: Mapped[str] = mapped_column(sa.Text)  # one of core.base.commitment_kinds.WAYS
    reached: Mapped[bool] = mapped_column(sa.Boolean)
    happened_at: Mapped[datetime] = mapped_column(Moment)
    entered_at: Mapped[datetime] = mapped_column(Moment)
    through: Mapped[datetime | None] = mapped_column(Moment)
    topics: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    line_sealed: Mapped[bytes | None] = sealed_column()
    line = Secret()  # what the person may read of it
    __table_args__ = (
        sa.Index("contact_case", "case_id", "force"),
        sa.Index("contact_person", "person_id", "force"),
        filled_index("contact_staff", "staff_id"),
        filled_index("contact_record_event", "record_event_id"),
        sa.CheckConstraint("way IN ('portal', 'phone', 'in_person', 'post', 'email', 'sms')", "contact_way"),
        force_key("case_id", to="crime_case"),
        force_key("person_id", to="person"),
        force_key("staff_id", to="staff"),
        force_key("record_event_id", to="record_event"),
    )


class PortalSession(ForceOwned, Base):
    """A signed-in person or officer; the browser holds a random token, this row its hash."""

    __tablename__ = "portal_session"
    __kept__ = (Kept("sessions", since="ends_at", days=0, noted=CoreAction.SESSIONS_REMOVED),)
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


