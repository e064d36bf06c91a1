"""An application of the tests, served on a port of its own so that a real browser can read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def served(wsgi: Any) -> Iterator[str]:
    """The address of the application while the block lasts."""

    def whole(environ: Any, start_response: Any) -> list[bytes]:
        """Werkzeug's server forgets to close a file when the browser hangs up."""
        with closing(ClosingIterator(wsgi(environ, start_response))) as answer:
            return list(answer)

    server = make_server("127.0.0.1", 0, whole, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
