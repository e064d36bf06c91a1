"""What officers and reviewers do at the desk about a reason, and what is kept of it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from core.audit.models import AuditEntry
from tests.pages import Browser
from tests.people import officer_browser, staff_id
from tests.rows import rows

WORDS = "I look after this case while its officer is on leave."
UNITS = {1: "Watford CID", 2: "watford cid ", 3: "Stevenage CID", 4: "Watford CID",
         5: "Stevenage CID", 6: None, 7: None}
ROLES = {4: "supervisor", 5: "supervisor", 6: "force_admin", 7: "national_admin"}


def browser(app: Flask, number: int) -> Browser:
    return officer_browser(app, staff_id(app, f"O{number}"))


def give_reason(
    one: Browser, reference: str = "41/1/24", reason: str = "covering", words: str = WORDS
) -> Any:
    return one.post("/desk/reason", {"reference": reference, "reason": reason, "words": words})


def written(app: Flask, action: str) -> list[Any]:
    return rows(app, AuditEntry, AuditEntry.action == action)
