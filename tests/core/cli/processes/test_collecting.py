"""However a connection's bytes are cut into pieces, the requests are the same."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http import errors

from core.base.bodies import LARGEST_BODY
from core.cli.processes import collecting as collecting_module
from core.cli.processes.collecting import MOST_BETWEEN_CHUNKS, Collector, Elsewhere
from core.cli.processes.passage import LARGEST, Passage

HEAD = b"POST /x?q=1 HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SENT = {
    b"": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", HEAD + b"\r\n", HEAD + b"Content-Length: 0\r\n\r\n",
          CHUNKED + b"0\r\n\r\n", CHUNKED + b"000\r\nA: b\r\nC: d\r\n\r\n", b"\r\n" + HEAD + b"\r\n"),
    b"some body": (
        HEAD + b"Content-Length: 9\r\n\r\nsome body", CHUNKED + b"9\r\nsome body\r\n0\r\n\r\n",
        CHUNKED + b"4\r\nsome\r\n5\r\n body\r\n0\r\n\r\n",
        CHUNKED + b'0004;a;b="c;d"\r\nsome\r\n5 ; e=f\r\n body\r\n00;x\r\nA: b\r\n\r\n',
        HEAD + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\nsome body",
    ),
    b"\r\n0\r\n\r\n": (HEAD + b"Content-Length: 7\r\n\r\n\r\n0\r\n\r\n",
                      CHUNKED + b"7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"),
}
TABLE = [(sent, body) for body, ways in SENT.items() for sent in ways]


def collector() -> Collector:
    config = Config()
    config.set("limit_request_line", 4094)
    return Collector(config, ("192.0.2.1", 1))


def lengths(request: Any) -> list[str]:
    return [value for name, value in request.headers if name == "CONTENT-LENGTH"]


def given(pieces: list[bytes]) -> list[Any]:
    """Every request that the pieces make, one after the other."""
    collecting, found = collector(), []
    for piece in pieces:
        request = collecting.whole(piece)
        while request is not None:
            found.append(request)
            request = collecting.whole()
    assert not collecting.begun
    return found


@pytest.mark.parametrize(("sent", "body"), TABLE)
def test_cut_anywhere_a_request_is_the_same(sent: bytes, body: bytes) -> None:
    behind = b"GET /next HTTP/1.1\r\nHost: y\r\n\r\n"
    for cut in range(len(sent)):
        first, second = given([sent[:cut], sent[cut:] + behind])
        assert (first.body.read(), second.path) == (body, "/next")
        assert not body or lengths(first) == [str(len(body))]
    one_by_one = given([bytes([byte]) for byte in sent + behind])
    assert [request.body.read() for request in one_by_one] == [body, b""]


@pytest.mark.parametrize(("sent", "body"), TABLE)
def test_what_is_not_whole_makes_no_request(sent: bytes, body: bytes) -> None:
    for cut in range(len(sent)):
        collecting = collector()
        assert collecting.whole(sent[:cut]) is None
        assert collecting.begun is (cut > 0)


@pytest.mark.parametrize("sent", [
    HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1),
    HEAD + b"Content-Length: " + b"9" * 60 + b"\r\n\r\n",
    CHUNKED + b"%x\r\n" % (LARGEST_BODY + 1),
    CHUNKED + b"ffffffff\r\n",
    HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n%x\r\n" % (LARGEST_BODY + 1),
    CHUNKED + b"80000\r\n" + b"x" * 0x80000 + b"\r\n80001\r\n",
    CHUNKED + b"1\r\nx\r\n" * (MOST_BETWEEN_CHUNKS // 5 + 1),
])
def test_what_is_too_large_is_known_before_it_is_there(sent: bytes) -> None:
    request = collector().whole(sent)
    assert int(lengths(request)[0]) > LARGEST_BODY
    assert (request.body.read(), request.should_close()) == (b"", True)
    assert "TRANSFER-ENCODING" not in dict(request.headers)


def test_the_largest_is_not_too_large() -> None:
    for sent in (HEAD + b"Content-Length: %d\r\n\r\n" % LARGEST_BODY + b"x" * LARGEST_BODY,
                 CHUNKED + b"%x\r\n" % LARGEST_BODY + b"x" * LARGEST_BODY + b"\r\n0\r\n\r\n"):
        [request] = given([sent])
        assert len(request.body.read()) == LARGEST_BODY


@pytest.mark.parametrize(("sent", "kind"), [
    (b"nonsense\r\n\r\n", errors.ParseException),
    (b"GET / HTTP/1.1\nHost: x\n\n", errors.ParseException),
    (b"GET /" + b"x" * 5000, errors.LimitRequestLine),
    (HEAD + b"X: y\r\n" * 12_000, errors.LimitRequestHeaders),
    (HEAD + b"".join(b"X%d: %s\r\n" % (at, b"y" * 8000) for at in range(9)) + b"\r\n",
     errors.LimitRequestHeaders),
    (b"\r\n" * 4, errors.ParseException), (HEAD + b"X: y\n", errors.ParseException),
    (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
     errors.UnsupportedTransferCoding),
    (HEAD + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", errors.UnsupportedTransferCoding),
    (HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n", errors.InvalidHeader),
    (HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", errors.InvalidHeader),
    (HEAD + b"Content-Length: 1x\r\n\r\n", errors.InvalidHeader),
    (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", errors.InvalidHeader),
    (CHUNKED + b"\r\n", errors.InvalidChunkSize), (CHUNKED + b"-1\r\n", errors.InvalidChunkSize),
    (CHUNKED + b"0x1\r\n", errors.InvalidChunkSize), (CHUNKED + b"1_0\r\n", errors.InvalidChunkSize),
    (CHUNKED + b" 1\r\n", errors.InvalidChunkSize), (CHUNKED + b"1\n", errors.InvalidChunkSize),
    (CHUNKED + b"1;a\rb\r\n", errors.InvalidChunkSize), (CHUNKED + b"1" * 2000, errors.InvalidChunkSize),
    (CHUNKED + b"fffffffff\r\n", errors.InvalidChunkSize),
    (CHUNKED + b"1\r\nab\r\n", errors.ChunkMissingTerminator),
    (CHUNKED + b"1\r\na\n0\r\n", errors.ChunkMissingTerminator),
    (CHUNKED + b"0\r\nContent-Length: 1\r\n\r\n", errors.InvalidHeaderName),
    (CHUNKED + b"0\r\nnonsense\r\n\r\n", errors.InvalidHeader),
    (CHUNKED + b"0\r\n" + b"A: b\r\n" * 3000, errors.LimitRequestHeaders),
])
def test_what_is_no_request_is_refused(sent: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        collector().whole(sent)


def test_a_long_head_in_small_pieces_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading it anew for every byte would keep the process from all others."""
    read: list[int] = []

    class Counting(collecting_module.Request):  # type: ignore[misc]
        def parse(self, unreader: Any) -> Any:
            read.append(1)
            return super().parse(unreader)

    monkeypatch.setattr(collecting_module, "Request", Counting)
    long = HEAD + b"".join(b"X%d: %s\r\n" % (at, b"y" * 8000) for at in range(7)) + b"\r\n"
    collecting = collector()
    assert [collecting.whole(long[at:at + 7]) for at in range(0, len(long), 7)][-1] is not None
    assert len(read) == 1


def test_who_asks_whether_to_go_on_is_told_once() -> None:
    collecting = collector()
    assert collecting.whole(HEAD + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n") is None
    assert [collecting.waits_to_continue() for _ in range(2)] == [True, False]
    assert collecting.whole(b"body").body.read() == b"body"


def test_a_request_that_is_for_another_process_goes_there_with_all_that_came() -> None:
    """Asked again, because nobody there could take it, it is taken here."""
    config = collector().config
    collecting = Collector(config, ("192.0.2.1", 1), lambda path: path != "/x")
    sent = HEAD + b"Content-Length: 4\r\n\r\nbo"
    assert collecting.whole(sent[:20]) is None
    with pytest.raises(Elsewhere) as elsewhere:
        collecting.whole(sent[20:])
    assert elsewhere.value.so_far == sent
    assert collecting.whole() is None
    assert collecting.whole(b"dy").body.read() == b"body"
    assert collecting.whole(b"GET /y HTTP/1.1\r\nHost: x\r\n\r\n").path == "/y"


def test_a_connection_is_handed_on_with_what_it_sent() -> None:
    passage = Passage()
    ours, theirs = socket.socketpair()
    with ours, theirs, passage.into, passage.out:
        assert passage.take() is None
        for client, server, data in ((("192.0.2.1", 7), ("127.0.0.1", 8000), b"POST /\n\0\xff"),
                                     ("", "/run/portal", b""), (("::1", 7, 0, 0), ("::1", 8000, 0, 0), b"x")):
            assert passage.hand_on(ours, client, server, data)
            taken = passage.take()
            assert taken and taken[1:] == (client, server, data)
            with taken[0]:
                taken[0].send(b"answer")
            assert theirs.recv(100) == b"answer"
        assert not passage.hand_on(ours, "", "", b"x" * (LARGEST + 1))
        sent = 0
        while passage.hand_on(ours, "", "", b"x" * LARGEST):
            sent += 1
        assert sent > 0  # and then it was full, and nobody waited
        for _ in range(sent):
            taken = passage.take()
            assert taken and len(taken[3]) == LARGEST
            taken[0].close()
        assert passage.take() is None
