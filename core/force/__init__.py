"""One force as its ``force.toml`` has it, checked; the lists all forces share; who may follow a crime."""

from __future__ import annotations

from core.force import vocabulary
from core.force.eligibility import NEEDS_CARE, Eligibility, eligibility, why_not_shown
from core.force.fault import fault, one_of
from core.force.model import Force, NoReference
from core.force.parts import LARGEST_BATCH, SupportService
from core.force.words import Words

__all__ = [
    "LARGEST_BATCH",
    "NEEDS_CARE",
    "Eligibility",
    "Force",
    "NoReference",
    "SupportService",
    "Words",
    "eligibility",
    "fault",
    "one_of",
    "vocabulary",
    "why_not_shown",
]
