"""What was agreed, in words for the person and for the officer."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.hookspecs import AgreedWay
from plugins.contact_plan.rhythm import Every

EVERY = {
    Every.WEEKLY: N_("Every week"),
    Every.TWO_WEEKLY: N_("Every 2 weeks"),
    Every.EVERY_28_DAYS: N_("Every 28 days"),
    Every.WHEN_SOMETHING_HAPPENS: N_("Only when something happens"),
}
LOOKED_AT = N_("Your officer still looks at your case every 90 days at least, and tells you how it stands.")
WAYS = {
    AgreedWay.EMAIL: N_("By email"),
    AgreedWay.TEXT: N_("By text message"),
    AgreedWay.CALL: N_("By phone"),
    AgreedWay.PORTAL: N_("Here, when I sign in"),
}
SAID_EVERY = {
    Every.WEEKLY: N_("every week"),
    Every.TWO_WEEKLY: N_("every 2 weeks"),
    Every.EVERY_28_DAYS: N_("every 28 days"),
    Every.WHEN_SOMETHING_HAPPENS: N_("only when something happens"),
}
SAID_WAY = {
    AgreedWay.EMAIL: N_("by email"),
    AgreedWay.TEXT: N_("by text message"),
    AgreedWay.CALL: N_("by phone"),
    AgreedWay.PORTAL: N_("here in the portal"),
}


def in_words(every: Every, way: AgreedWay) -> str:
    """Both in one breath: “every 2 weeks, by email”."""
    return str(_("%(every)s, %(way)s", every=SAID_EVERY[every], way=SAID_WAY[way]))
