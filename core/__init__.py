"""The minimal portal. The names below are what plugins and forces may import; nothing else is public."""

from __future__ import annotations

from core import (
    audit,
    break_glass,
    clock,
    conversation,
    device,
    drafts,
    people,
    relations,
    sessions,
    timeline,
    unanswered,
    unusual,
    updates,
    vocabulary,
)
from core.access import (
    NotSignedIn,
    allow,
    anyone,
    me,
    officer,
    officer_of_case,
    person_of_case,
    reader_of_case,
    reviewer,
    signed_in_person,
)
from core.apart import Apart
from core.ascii_digits import ascii_digits
from core.bodies import LARGEST_BODY
from core.cli import Problem, force_option, group
from core.commands.command_line import WrongCall, lacks
from core.crypto import KeyProblem, Unreadable
from core.csv_rows import SEPARATORS, CsvTable, NotCsv, csv_text, encoding_of
from core.db import (
    Base,
    ForceOwned,
    WallError,
    change,
    db,
    force_scope,
    insert_many,
    lock,
    owned,
    read,
    update_many,
)
from core.eligibility import NEEDS_CARE, Eligibility, eligibility, why_not_shown
from core.email_address import ascii_address, comparable, is_address
from core.fields import clean_line, clean_text, is_birth_day
from core.force import Force, NoReference, SupportService
from core.force_file.fault import fault, one_of
from core.force_file.named import ForceFile, force_file
from core.force_file.parts import LARGEST_BATCH
from core.forwarded import client_address
from core.hookspecs import (
    Action,
    Delivered,
    Jobs,
    Letter,
    News,
    NoticeRequest,
    Panel,
    Parked,
    TextNotice,
    Viewing,
    hookimpl,
)
from core.i18n import force_locale, language, when
from core.intake import retry_parked, take_in
from core.jobs import defer, defer_many
from core.locks import LockBusy, lock_now, lock_soon, take_place
from core.models import (
    Access,
    AuditEntry,
    BreakGlass,
    Case,
    Entry,
    Message,
    Notice,
    Person,
    RecordEvent,
    Staff,
)
from core.notices import promise, promise_account, promise_code
from core.pages import actions_of, panels_of, viewing_of
from core.plugin_host import (
    PluginError,
    UnknownForce,
    host,
    installed,
    plugin_settings,
    served,
    the_force,
)
from core.record_events.drafts import flags_of
from core.record_events.known_ids import kept_id
from core.record_events.left_out import details_left_out
from core.record_events.shapes import Event, NotUnderstood, stamp_of
from core.record_events.store import Result
from core.scope import EVERYWHERE, current_force_id
from core.sealing.force_keys import WrongPurpose
from core.sealing.force_keys import declare as declare_purpose
from core.secret import Secret, keys, seal, sealed_column, unseal
from core.security import csrf
from core.sending import account_news, hand_over, lost_codes, restored, safe_contact
from core.sending.letters import CODE_LASTS, portal_link
from core.sending.outgoing import CannotDeliver, PerhapsDelivered
from core.sending.ways import Way, ways_to
from core.settings import Settings
from core.table_parts import filled_index, force_key
from core.typed_day import NotADay, typed_day

__all__ = [
    "CODE_LASTS",
    "EVERYWHERE",
    "LARGEST_BATCH",
    "LARGEST_BODY",
    "NEEDS_CARE",
    "SEPARATORS",
    "Access",
    "Action",
    "Apart",
    "AuditEntry",
    "Base",
    "BreakGlass",
    "CannotDeliver",
    "Case",
    "CsvTable",
    "Delivered",
    "Eligibility",
    "Entry",
    "Event",
    "Force",
    "ForceFile",
    "ForceOwned",
    "Jobs",
    "KeyProblem",
    "Letter",
    "LockBusy",
    "Message",
    "News",
    "NoReference",
    "NotADay",
    "NotCsv",
    "NotSignedIn",
    "NotUnderstood",
    "Notice",
    "NoticeRequest",
    "Panel",
    "Parked",
    "PerhapsDelivered",
    "Person",
    "PluginError",
    "Problem",
    "RecordEvent",
    "Result",
    "Secret",
    "Settings",
    "Staff",
    "SupportService",
    "TextNotice",
    "UnknownForce",
    "Unreadable",
    "Viewing",
    "WallError",
    "Way",
    "WrongCall",
    "WrongPurpose",
    "account_news",
    "actions_of",
    "allow",
    "anyone",
    "ascii_address",
    "ascii_digits",
    "audit",
    "break_glass",
    "change",
    "clean_line",
    "clean_text",
    "client_address",
    "clock",
    "comparable",
    "conversation",
    "csrf",
    "csv_text",
    "current_force_id",
    "db",
    "declare_purpose",
    "defer",
    "defer_many",
    "details_left_out",
    "device",
    "drafts",
    "eligibility",
    "encoding_of",
    "fault",
    "filled_index",
    "flags_of",
    "force_file",
    "force_key",
    "force_locale",
    "force_option",
    "force_scope",
    "group",
    "hand_over",
    "hookimpl",
    "host",
    "insert_many",
    "installed",
    "is_address",
    "is_birth_day",
    "kept_id",
    "keys",
    "lacks",
    "language",
    "lock",
    "lock_now",
    "lock_soon",
    "lost_codes",
    "me",
    "officer",
    "officer_of_case",
    "one_of",
    "owned",
    "panels_of",
    "people",
    "person_of_case",
    "plugin_settings",
    "portal_link",
    "promise",
    "promise_account",
    "promise_code",
    "read",
    "reader_of_case",
    "relations",
    "restored",
    "retry_parked",
    "reviewer",
    "safe_contact",
    "seal",
    "sealed_column",
    "served",
    "sessions",
    "signed_in_person",
    "stamp_of",
    "take_in",
    "take_place",
    "the_force",
    "timeline",
    "typed_day",
    "unanswered",
    "unseal",
    "unusual",
    "update_many",
    "updates",
    "viewing_of",
    "vocabulary",
    "ways_to",
    "when",
    "why_not_shown",
]
