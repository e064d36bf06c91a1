"""Who answers in an officer's place while they are away: what an allocation says of it."""

from __future__ import annotations

from core.base.clock import LONDON
from core.intake.case_parts import Work, officer_named
from core.intake.shape_parts import CoverShape
from core.intake.tracked_row import TrackedRow


def covered(work: Work, staff: TrackedRow, cover: CoverShape | None) -> None:
    """An allocation to *staff* says who covers them, or that nobody does; the newest decides.

    Kept is whom they cover: when the case goes to another officer by other news, the cover has ended.
    Nobody covers themselves. Without a first day it runs from the day of the news.
    """
    stamp = work.event.stamp
    by = officer_named(work, cover.officer) if cover else None
    runs = cover and by is not staff
    first = getattr(cover, "from", None) or work.event.time.astimezone(LONDON).date()
    work.case.put("cover_id", by.id if by and runs else None, stamp)
    work.case.put("cover_for", staff.id if runs else None, stamp)
    work.case.put("cover_from", first if runs else None, stamp)
    work.case.put("cover_until", cover.until if cover and runs else None, stamp)
