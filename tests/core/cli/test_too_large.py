"""Whoever sends too much reads that it is too much, whatever the way it is sent."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from core.base.bodies import LARGEST_BODY
from tests.core.cli.raw_server import CHUNKED, EVER, POST, Server, read_all

BLANKS = b" " * 5_000_000


def chunked(body: bytes, size: int = 65536) -> bytes:
    parts = [body[place:place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


TOO_LARGE = {
    "its length is said": f"{POST}Content-Length: 5000000\r\n\r\n".encode() + BLANKS,
    "in chunks": f"{CHUNKED}".encode() + chunked(BLANKS),
    "in one chunk": f"{CHUNKED}".encode() + chunked(BLANKS, len(BLANKS)),
    "one byte too much, in chunks":
        f"{CHUNKED}".encode() + chunked(b" " * (LARGEST_BODY + 1)),
    "it closes when it is done":
        f"{POST}Connection: close\r\nContent-Length: 5000000\r\n\r\n".encode() + BLANKS,
    "it asks first, and does not wait":
        f"{POST}Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n".encode() + BLANKS,
    "more framing than content": f"{CHUNKED}".encode() + chunked(b" " * 40_000, 1),
    "a length without an end": f"{POST}Content-Length: {'9' * 40}\r\n\r\n".encode() + BLANKS,
}


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_a_body_that_is_too_large_hears_so_after_it_was_sent(patient: Server, kind: str) -> None:
    answer = read_all(patient.say(TOO_LARGE[kind]))
    assert answer.startswith(b"HTTP/1.1 413 ") and b"connection: close" in answer.lower()
    assert answer.count(b"HTTP/1.1 ") == 1


def test_clients_of_python_read_that_it_is_too_large(patient: Server) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{patient.port}/", BLANKS)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=EVER)  # noqa: S310
    assert refused.value.code == 413
    refused.value.close()
    with closing(http.client.HTTPConnection("127.0.0.1", patient.port, timeout=EVER)) as connection:
        parts = (BLANKS[:100_000] for _ in range(50))
        connection.request("POST", "/", parts, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert connection.getresponse().status == 413


@pytest.mark.parametrize("sent", [
    f"{POST}Content-Length: {LARGEST_BODY}\r\n\r\n".encode() + b" " * LARGEST_BODY,
    f"{CHUNKED}".encode() + chunked(b" " * LARGEST_BODY, 4096),
])
def test_the_largest_body_is_taken(patient: Server, sent: bytes) -> None:
    with patient.say(sent) as connection:
        assert f"\r\n\r\n{LARGEST_BODY} ".encode() in connection.recv(4096)
