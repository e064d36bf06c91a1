"""The page at the desk, for supervisors and the force's administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core import audit
from core.commitments import figures
from core.hookspecs import CommitmentKind
from core.storage import db
from core.web import allow, reviewer
from plugins.promises_kept.audit_actions import PromisesKeptAction
from plugins.promises_kept.names import NAMED
from plugins.promises_kept.small_numbers import SMALL, without_small

bp = Blueprint("promises_kept", __name__, url_prefix="/desk", template_folder="templates")
HEADINGS = {
    "rule": N_("By right or rule"),
    "district": N_("By district"),
    "crime_type": N_("By type of crime"),
    "service_level": N_("By level of service"),
    "unit": N_("By unit"),
    "month": N_("By month in which it was due"),
}
# What the ministry is reported to gather of each force, and the kinds of promises that show it.
MEASURES = (
    (N_("The report was acknowledged in writing"), (CommitmentKind.ACKNOWLEDGEMENT,)),
    (N_("Referred to a support service"), (CommitmentKind.SUPPORT_REFERRAL,)),
    (N_("Updates in time"), (CommitmentKind.TOLD, CommitmentKind.CONTACT)),
    (N_("A statement was offered"), (CommitmentKind.STATEMENT_OFFERED,)),
    (N_("Told of a release"), (CommitmentKind.RELEASE,)),
)


@dataclass(frozen=True)
class Table:
    """``rows``: a name, then due, kept, kept late, explained, missed and overdue; None: too few to show."""

    heading: str
    rows: list[tuple[str, list[int | None]]]


@bp.get("/promises-kept")
@allow(reviewer)
def shown() -> str:
    counted = [(_("The five measures"), _measures())]
    counted += [(str(heading), _named(by)) for by, heading in HEADINGS.items()]
    audit.write(PromisesKeptAction.SHOWN)
    db.session.commit()  # before small numbers are hidden, which may take its time
    tables = [_table(heading, one) for heading, one in counted]
    return render_template("promises_kept/shown.html", tables=tables, small=SMALL)


def _measures() -> list[tuple[str, figures.Figures]]:
    by_kind = figures.figures("kind")
    none = figures.Figures()
    return [(str(name), sum((by_kind.get(kind, none) for kind in kinds), none)) for name, kinds in MEASURES]


def _named(by: str) -> list[tuple[str, figures.Figures]]:
    return [(NAMED[by](value), one) for value, one in figures.figures(by).items()]


def _table(heading: str, counted: Sequence[tuple[str, figures.Figures]]) -> Table:
    numbers = [[one.due, one.kept, one.kept_late, one.explained, one.missed, one.overdue]
               for _name, one in counted]
    return Table(heading, list(zip((name for name, _one in counted), without_small(numbers), strict=True)))
