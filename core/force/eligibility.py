"""May a case be followed in the portal? One answer, for intake, desk, feed and the public."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base.i18n import when
from core.force.model import Force
from core.force.vocabulary import FLAGS


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer for one case.

    ``reason`` is ``offered``, ``sensitive_flag``, ``sensitive_crime_type``, ``not_open_yet``,
    ``district_not_covered``, ``crime_type_not_covered``, ``closed``, ``unknown_district`` or
    ``unknown_crime_type``. ``text`` says it to a person, in the reader's language when shown.
    ``opens_on``: crimes reported from this day on are offered (``not_open_yet`` only).
    """

    offered: bool
    reason: str
    text: LazyString = field(compare=False)
    opens_on: date | None = None


def _no(reason: str, text: LazyString) -> Eligibility:
    return Eligibility(False, reason, text)


_OFFERED = Eligibility(True, "offered", N_(
    "You can follow your report here and write to the officer who has the case."
))
# One sentence for both: it must not tell which mark a crime carries.
_IN_PERSON = N_(
    "Some crimes are not followed online, to keep people safe. An officer tells you what happens, "
    "in the way you agreed. If you have not heard from us, call us and ask for your officer."
)
# Reasons for which a case is not shown online because of what it is.
NEEDS_CARE = frozenset({"sensitive_flag", "sensitive_crime_type"})
_NOS = {answer.reason: answer for answer in (
    _no("sensitive_flag", _IN_PERSON),
    _no("sensitive_crime_type", _IN_PERSON),
    _no("district_not_covered", N_(
        "Crimes in this area cannot be followed online yet. You can call us and ask for news."
    )),
    _no("crime_type_not_covered", N_(
        "Crimes of this kind cannot be followed online here yet. You can call us and ask for news."
    )),
    _no("closed", N_(
        "New crimes of this kind can no longer be followed online in this area. You can call us "
        "and ask for news."
    )),
    _no("unknown_district", N_(
        "We do not know this area. It may belong to another police force: please ask us."
    )),
    _no("unknown_crime_type", N_(
        "We do not know this kind of crime. Please call us and ask for news."
    )),
)}


def eligibility(
    force: Force, district: str, crime_type: str, flags: Collection[str], reported_on: date
) -> Eligibility:
    """Whether this force offers the portal for such a crime, and if not, why.

    ``district`` and ``crime_type`` are ids of the force, ``flags`` ids of the shared list; a flag
    that is not on it counts as sensitive. ``reported_on`` is the day in the United Kingdom. What
    keeps people safe is asked first.
    """
    if flags and any(is_sensitive_flag(flag) for flag in flags):
        return _NOS["sensitive_flag"]
    kind = force.crime_type(crime_type)
    if kind is None:
        return _NOS["unknown_crime_type"]
    if kind.sensitive:
        return _NOS["sensitive_crime_type"]
    place = force.district(district)
    if place is None:
        return _NOS["unknown_district"]
    if force.status == "closed":
        return _NOS["closed"]
    if not place.stands_on(reported_on):
        return _NOS["district_not_covered"]
    return _by_phase(force, district, crime_type, reported_on)


_WHY_NOT_SHOWN = {
    "sensitive_flag": N_("Not shown online: a flag on the record says that it needs care."),
    "sensitive_crime_type": N_("Not shown online: crimes of this kind need care."),
    "not_open_yet": N_("Not shown online: reported before crimes of this kind opened here."),
    "district_not_covered": N_("Not shown online: this area is not open."),
    "crime_type_not_covered": N_("Not shown online: crimes of this kind are not open here."),
    "closed": N_("Not shown online: reported after crimes of this kind closed here."),
}
_NOT_SHOWN = N_("Not shown online: the force no longer lists this area or kind of crime.")


def why_not_shown(reason: str) -> LazyString:
    """Why a case is not shown online, in one line for staff; *reason* as in :class:`Eligibility`."""
    return _WHY_NOT_SHOWN.get(reason, _NOT_SHOWN)


def is_sensitive_flag(flag: str) -> bool:
    """Whether a case with this flag is to be handled with care; an unknown flag is."""
    known = FLAGS.get(flag_id(flag))
    return known is None or known.sensitive


def flag_id(flag: str) -> str:
    """A flag of the shared list by its id, however its words are joined; any other as it is."""
    found = "-".join(re.split(r"[\s_-]+", flag.strip().lower()))
    return found if found in FLAGS else flag.strip()


def is_sensitive(
    force: Force, crime_type: str, service_level: str, flags: Collection[str] | None
) -> bool:
    """Whether a case asks for more care than most: by its kind, its service or a flag."""
    kind = force.crime_type(crime_type)
    return (
        kind is None or kind.sensitive or service_level != "standard"
        or any(map(is_sensitive_flag, flags or ()))
    )


def _by_phase(force: Force, district: str, crime_type: str, reported_on: date) -> Eligibility:
    openings = force.openings(district, crime_type)
    if any(opens <= reported_on <= closes for opens, closes in openings):
        return _OFFERED
    later = [opens for opens, _ in openings if opens > reported_on]
    if later:
        return _not_open_yet(later[0])
    if openings:
        return _NOS["closed"]
    covered = district in force.opened_districts
    return _NOS["crime_type_not_covered" if covered else "district_not_covered"]


@lru_cache(maxsize=512)
def _not_open_yet(opens_on: date) -> Eligibility:
    text = N_(
        "Here, crimes of this kind can be followed online if they were reported on or after "
        "%(date)s. You can call us and ask for news.", date=LazyString(when, opens_on),
    )
    return Eligibility(False, "not_open_yet", text, opens_on)
