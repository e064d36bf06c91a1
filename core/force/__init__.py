"""One force as its ``force.toml`` has it, checked; the lists all forces share; who may follow a crime."""

from __future__ import annotations

from core.force import field_types, parts, reference, vocabulary, working_days
from core.force.eligibility import NEEDS_CARE, Eligibility, eligibility, why_not_shown
from core.force.fault import ForceFileError, fault, one_of
from core.force.fault import Problem as FileProblem
from core.force.file import report, toml_lines, toml_text
from core.force.file.reading import build_force, read_force
from core.force.model import Force, NoReference
from core.force.parts import LARGEST_BATCH, SupportService
from core.force.vocabulary import StageId
from core.force.words import Words

__all__ = [
    "LARGEST_BATCH",
    "NEEDS_CARE",
    "Eligibility",
    "FileProblem",
    "Force",
    "ForceFileError",
    "NoReference",
    "StageId",
    "SupportService",
    "Words",
    "build_force",
    "eligibility",
    "fault",
    "field_types",
    "one_of",
    "parts",
    "read_force",
    "reference",
    "report",
    "toml_lines",
    "toml_text",
    "vocabulary",
    "why_not_shown",
    "working_days",
]
