"""Which notices are still to be sent."""

from __future__ import annotations

import sqlalchemy as sa

from core.notices.models import Notice

# One repeat: a letter that a broken connection lost arrives, and nobody gets more than two.
UNSURE_TRIES = 2
DUE = Notice.state == "due"
AGAIN = sa.and_(Notice.state == "perhaps_sent", Notice.unsure < UNSURE_TRIES)
WAITS = sa.or_(DUE, AGAIN)
