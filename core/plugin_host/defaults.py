"""The core's own answers to its hooks; asked last, they step back for every plugin."""

from __future__ import annotations

from core.force.model import Force
from core.hookspecs import News, NoticeRequest, hookimpl

FOR_THE_OFFICER = {
    "officer_message", "case_silent", "case_handed_over", "case_out_of_reach", "person_account"}


@hookimpl(trylast=True)
def notices_for(force: Force, news: News) -> list[NoticeRequest]:
    if news.kind in FOR_THE_OFFICER:
        return [NoticeRequest(news.kind, staff_id=news.staff_id)] if news.staff_id else []
    return [NoticeRequest(news.kind, person_id=person) for person in news.person_ids]
