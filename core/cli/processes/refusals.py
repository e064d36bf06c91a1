"""What is answered when there is no application to ask: it is too busy, or what came is no request.

People get a short page in every language of the portal; what only programs meet is a line of text.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from flask import Response

from core.base.i18n import force_locale, offered_languages
from core.web.error_pages import error_words
from core.web.portal import Portal
from core.web.security import HEADERS

BUSY = "503 Service Unavailable"
TOO_SLOW = "408 Request Timeout"
OUR_MISTAKE = "500 Internal Server Error"
FOR_PEOPLE = (BUSY, TOO_SLOW, OUR_MISTAKE)
RETRY_AFTER = "5"  # seconds
STYLE = (
    "body{font:1.1875rem/1.4 arial,sans-serif;max-width:38rem;margin:0 auto;padding:1.5rem 1rem;"
    "overflow-wrap:break-word}h1{font-size:1.5rem;line-height:1.25}section{margin-bottom:2.5rem}"
)


class Refusals:
    """Made before a server serves, so that a refusal looks nothing up."""

    def __init__(self, app: Any) -> None:
        """*app*: the portal; of any other WSGI application every refusal is a line of text."""
        self._pages = dict[str, str]()
        if isinstance(app, Portal):
            with app.app_context():
                self._pages = {status: _page(app, int(status[:3])) for status in FOR_PEOPLE}

    def answer(self, status: str) -> Response:
        page = self._pages.get(status)
        answer = Response(page or f"{status[4:]}\n", status)
        answer.headers.extend({**HEADERS, "Cache-Control": "no-store"})
        if page:
            own = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
            answer.headers["Content-Security-Policy"] = (
                f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'")
        else:
            answer.headers["Content-Type"] = "text/plain; charset=utf-8"
        if status == BUSY:
            answer.headers["Retry-After"] = RETRY_AFTER
        answer.headers["Content-Length"] = str(answer.calculate_content_length())
        return answer

    def whole(self, status: str) -> bytes:
        """As it goes over the wire, to the end of the connection."""
        answer = self.answer(status)
        lines = [f"{name}: {value}" for name, value in answer.headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""])
        return head.encode() + answer.get_data()


def _page(app: Portal, code: int) -> str:
    sections = []
    for language in offered_languages():
        with force_locale(language):
            sections.append((language, *error_words(code)))
    return app.jinja_env.get_template("refusal.html").render(sections=sections, style=STYLE)
