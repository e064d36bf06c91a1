"""Requests of browsers: who may enter, sessions, what one has begun to write, the parts of a case page."""

from __future__ import annotations

from core.web import accounts, device, drafts, forms, sessions
from core.web.access import (
    NotSignedIn,
    allow,
    anyone,
    me,
    officer,
    officer_lately,
    officer_of_case,
    officer_of_case_lately,
    person_of_case,
    reader_of_case,
    reviewer,
    signed_in_person,
    way_in,
)
from core.web.apart import Apart
from core.web.forwarded import client_address
from core.web.pages import actions_of, panels_of, viewing_of
from core.web.parts import address_at, links_at, panels_at
from core.web.security import csrf
from core.web.visitor import at_force

__all__ = [
    "Apart",
    "NotSignedIn",
    "accounts",
    "actions_of",
    "address_at",
    "allow",
    "anyone",
    "at_force",
    "client_address",
    "csrf",
    "device",
    "drafts",
    "forms",
    "links_at",
    "me",
    "officer",
    "officer_lately",
    "officer_of_case",
    "officer_of_case_lately",
    "panels_at",
    "panels_of",
    "person_of_case",
    "reader_of_case",
    "reviewer",
    "sessions",
    "signed_in_person",
    "viewing_of",
    "way_in",
]
