"""What comes over one connection, collected into whole requests; nothing here waits or touches a socket.

gunicorn's own parser says what a head means. Of a body only what was collected here gets any further, with
its length said, so that nobody reads it another way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from gunicorn.http import errors
from gunicorn.http.body import CHUNK_EXT_RE, ChunkedReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

from core.base.bodies import LARGEST_BODY

MOST_HEAD = 64 * 1024  # bytes of a request line and all headers
MOST_BETWEEN_CHUNKS = 64 * 1024  # bytes of a chunked body that are not its content
MOST_CHUNK_LINE = 1024
MOST_TRAILERS = 8190
FRAMED_BY = ("CONTENT-LENGTH", "TRANSFER-ENCODING")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;.*)?", re.DOTALL)


class TooLarge(Exception):
    """A body is larger than any view takes."""


class Elsewhere(Exception):
    """The request that has begun is not for this process. ``so_far``: all that the connection sent."""

    def __init__(self, so_far: bytes) -> None:
        super().__init__()
        self.so_far = so_far


class _Arrived(Unreader):  # type: ignore[misc]  # gunicorn ships no types
    """For gunicorn's parser: what has come so far, and then nothing."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.buf = io.BytesIO(data)

    def chunk(self, size_hint: int | None = None) -> bytes:
        return b""


class Collector:
    """Bytes in, whole requests out, in the order in which they were sent."""

    def __init__(
        self, config: Any, client: Any, ours: Callable[[str], bool] = lambda path: True
    ) -> None:
        self.config, self.client, self.ours = config, client, ours
        self.arrived = bytearray()
        self.request: Any = None
        self._number = 0
        self._chunks: _Chunks | None = None
        self._length = 0
        self._looked = 0  # at bytes of a head that is not whole

    @property
    def held(self) -> int:
        """Bytes kept of what is not a whole request yet."""
        return len(self.arrived) + (len(self._chunks.content) if self._chunks else 0)

    @property
    def begun(self) -> bool:
        """Whether a request has begun that is not whole."""
        return bool(self.arrived) or self.request is not None

    def waits_to_continue(self) -> bool:
        """Once, when the sender wants to hear that it may send its body."""
        asked = self.request is not None and self.request._expected_100_continue
        if asked:
            self.request._expected_100_continue = False
        return bool(asked)

    def whole(self, data: bytes = b"") -> Any:
        """The next request, once *data* makes one whole, else None.

        ``body`` is a stream that never waits. A body that is too large comes at once and empty, with a
        length that says so, and must be the connection's last. Raises gunicorn's ``ParseException``, and
        :class:`Elsewhere` when *ours* says so of a path; asked again, it is taken here all the same.
        """
        self.arrived += data
        if self.request is None:
            so_far = bytes(self.arrived)
            if not self._read_head():
                return None
            begun: Any = self.request
            if not self.ours(begun.path):
                raise Elsewhere(so_far)
        try:
            body = self._body()
        except TooLarge:
            return self._ready(b"", str(max(self._length, LARGEST_BODY + 1)), last=True)
        if body is None:
            return None
        # gunicorn takes others beside it: whoever stands in front may see another end of the body.
        if any(name == "TRANSFER-ENCODING" and value.strip().lower() != "chunked"
               for name, value in self.request.headers):
            raise errors.UnsupportedTransferCoding("beside chunked")
        return self._ready(body, str(len(body)))

    def _read_head(self) -> bool:
        arrived = self.arrived
        # From three bytes before: the four may have come in two pieces.
        whole = arrived.find(b"\r\n\r\n", max(0, self._looked - 3), MOST_HEAD) >= 0
        if not whole and len(arrived) >= MOST_HEAD:
            raise errors.LimitRequestHeaders("head")
        if not whole and self._may_become_a_head():
            self._looked = len(arrived)
            return False
        self._looked = 0
        unread = _Arrived(bytes(arrived))
        try:
            request = Request(self.config, unread, self.client, self._number + 1)
        except (errors.NoMoreData, StopIteration):
            return False
        self.request, self._number = request, self._number + 1
        self.arrived = bytearray(unread.take_buffered())
        if isinstance(request.body.reader, ChunkedReader):
            self._chunks = _Chunks(request)
        else:
            self._length = request.body.reader.length
        return True

    def _may_become_a_head(self) -> bool:
        """Asked for every piece that comes, so only what is new is looked at."""
        most = self.config.limit_request_line
        has_line = len(self.arrived) <= most or self.arrived.find(b"\r\n", 0, most + 2) >= 0
        return has_line and not _BARE_LF.search(self.arrived, self._looked)

    def _body(self) -> bytes | None:
        if self._chunks is None:
            if self._length > LARGEST_BODY:
                raise TooLarge
            if len(self.arrived) < self._length:
                return None
            body = bytes(self.arrived[:self._length])
            del self.arrived[:self._length]
            return body
        return bytes(self._chunks.content) if self._chunks.take(self.arrived) else None

    def _ready(self, body: bytes, length: str, *, last: bool = False) -> Any:
        request, chunked = self.request, self._chunks is not None
        self.request, self._chunks, self._length = None, None, 0
        request.body = io.BytesIO(body)
        request._expected_100_continue = False
        if chunked or last:
            # One length, and nothing else, says where the body ends.
            headers = [pair for pair in request.headers if pair[0] not in FRAMED_BY]
            request.headers = [*headers, ("CONTENT-LENGTH", length)]
        if last:
            request.force_close()
            self.arrived.clear()
        return request


class _Chunks:
    """The content of one chunked body (RFC 9112, 7.1), as it comes."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.content = bytearray()
        self._left = 0  # bytes of the chunk at hand
        self._between = 0
        self._take: Any = self._line

    def take(self, arrived: bytearray) -> bool:
        """Takes from the front of *arrived* what belongs to the body; whether that was all of it."""
        while self._take is not None:
            if not self._take(arrived):
                return False
            if len(self.content) > LARGEST_BODY or self._between > MOST_BETWEEN_CHUNKS:
                raise TooLarge
        return True

    def _line(self, arrived: bytearray) -> bool:
        end = arrived.find(b"\r\n", 0, MOST_CHUNK_LINE)
        if end < 0:
            if len(arrived) >= MOST_CHUNK_LINE or (b"\n" in arrived):
                raise errors.InvalidChunkSize(bytes(arrived[:20]))
            return False
        found = _SIZE.fullmatch(bytes(arrived[:end]))
        if not found or not CHUNK_EXT_RE.fullmatch(found[2] or b""):
            raise errors.InvalidChunkSize(bytes(arrived[:20]))
        del arrived[:end + 2]
        self._between += end + 4
        self._left = int(found[1], 16)
        self._take = self._content if self._left else self._trailers
        if len(self.content) + self._left > LARGEST_BODY:
            raise TooLarge
        return True

    def _content(self, arrived: bytearray) -> bool:
        part = arrived[:self._left]
        self.content += part
        self._left -= len(part)
        del arrived[:len(part)]
        if self._left or len(arrived) < 2:
            return False
        if arrived[:2] != b"\r\n":
            raise errors.ChunkMissingTerminator(bytes(arrived[:2]))
        del arrived[:2]
        self._take = self._line
        return True

    def _trailers(self, arrived: bytearray) -> bool:
        if arrived[:2] == b"\r\n":
            del arrived[:2]
            self._take = None
            return True
        end = arrived.find(b"\r\n\r\n", 0, MOST_TRAILERS)
        if end < 0:
            if len(arrived) >= MOST_TRAILERS:
                raise errors.LimitRequestHeaders("trailers")
            return False
        self.request.parse_headers(bytes(arrived[:end]), from_trailer=True)
        del arrived[:end + 4]
        self._take = None
        return True
