"""How large a body may be, and that its length is always known before anybody reads it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1024 * 1024  # bytes; no view takes more


class Measured:
    """WSGI middleware: a body whose sender gave no length (chunks) gets the one that it has.

    Werkzeug compares lengths that were given with the limit, but cuts a body without one off there, and
    what is cut off looks like something else: a wrong signature, half a form.
    """

    def __init__(self, wsgi: WSGIApplication) -> None:
        self.wsgi = wsgi

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("wsgi.input_terminated") and (
            # then no other length counts (RFC 9112, 6.3)
            environ.pop("HTTP_TRANSFER_ENCODING", "") or not environ.get("CONTENT_LENGTH")
        ):
            body = environ["wsgi.input"].read(LARGEST_BODY + 1)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return self.wsgi(environ, start_response)
