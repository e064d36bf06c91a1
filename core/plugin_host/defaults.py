"""The core's own answers to its hooks; asked last, they step back for every plugin."""

from __future__ import annotations

from core.force.model import Force
from core.hookspecs import News, NewsKind, NoticeKind, NoticeRequest, hookimpl

FOR_PEOPLE = {NewsKind.ENTRY, NewsKind.MESSAGE}


@hookimpl(trylast=True)
def notices_for(force: Force, news: News) -> list[NoticeRequest]:
    kind = NoticeKind(news.kind)
    if news.kind in FOR_PEOPLE:
        return [NoticeRequest(kind, person_id=person) for person in news.person_ids]
    return [NoticeRequest(kind, staff_id=news.staff_id)] if news.staff_id else []
