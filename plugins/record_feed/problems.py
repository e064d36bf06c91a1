"""RFC 9457 problem details: what a sender reads when its delivery was not taken."""

from __future__ import annotations

import json

from flask import Response

RETRY_AFTER = 30  # seconds
TITLES = {
    "bad-request": (400, "The request is not what the feed takes"),
    "not-an-event": (400, "This is not a record event"),
    "not-signed": (401, "The signature does not open this source"),
    "not-allowed": (405, "The feed takes POST only"),
    "conflict": (409, "Another event has this source and id"),
    "too-large": (413, "The body is too large"),
    "wrong-type": (415, "The feed does not take this content type"),
    "too-many": (429, "Too many deliveries"),
    "away": (503, "The event cannot be stored for the moment"),
    "busy": (503, "Too many deliveries are being taken in"),
}
NAMES = {status: name for name, (status, _) in reversed(TITLES.items())}


class Refused(Exception):
    """The delivery is answered with the problem *name* of :data:`TITLES`; *wait*: seconds."""

    def __init__(
        self, name: str, detail: str, pointer: str | None = None, *, wait: int = RETRY_AFTER
    ) -> None:
        super().__init__(name)
        self.name, self.detail, self.pointer, self.wait = name, detail, pointer, wait


def answer(
    name: str, detail: str, pointer: str | None = None, *, wait: int = RETRY_AFTER
) -> Response:
    """The problem as the sender gets it; nothing in it comes from another sender or force."""
    status, title = TITLES[name]
    fields = {
        "type": f"urn:trackmycrime:feed:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "pointer": pointer,
    }
    body = json.dumps({key: value for key, value in fields.items() if value is not None})
    response = Response(f"{body}\n", status, content_type="application/problem+json")
    if status in (429, 503):
        response.headers["Retry-After"] = str(wait)
    return response
