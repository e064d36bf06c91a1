"""Whoever is slow to send, or to read, holds nobody else up."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.core.cli.raw_server import CHUNKED, EVER, GET, POST, Server, read_all
from tests.live import wait_until
from tests.security.checklist import requirement

# --- slow clients --------------------------------------------------------------------------------

SLOW: dict[str, Callable[[Server], socket.socket]] = {
    "says nothing": lambda server: server.say(""),
    "half a line": lambda server: server.say("GE"),
    "half a head": lambda server: server.say(f"{POST}Content-Le"),
    "a head without its end": lambda server: server.say(GET),
    "no body yet": lambda server: server.say(f"{POST}Content-Length: 1000\r\n\r\n"),
    "half a body": lambda server: server.say(f"{POST}Content-Length: 1000\r\n\r\nhalf"),
    "a body of a GET": lambda server: server.say(f"{GET}Content-Length: 1000\r\n\r\nhalf"),
    "half a chunk": lambda server: server.say(f"{CHUNKED}5\r\nha"),
    "half a chunk's line": lambda server: server.say(f"{CHUNKED}5;a="),
    "no last chunk": lambda server: server.say(f"{CHUNKED}2\r\nha\r\n"),
    "half of the trailers": lambda server: server.say(f"{CHUNKED}0\r\nA: b\r\n"),
    "waits for 100": lambda server: server.say(f"{POST}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"),
    "kept alive": lambda server: server.say(f"{GET}\r\n"),
    "reads nothing": lambda server: server.say("GET /long HTTP/1.1\r\nHost: x\r\n\r\n", receive=2048),
    "too large, half sent": lambda server: server.say(f"{POST}Content-Length: 9999999\r\n\r\n" + "x" * 9999),
}


@requirement("H10")
@pytest.mark.parametrize("slow", [name for name in SLOW if name != "reads nothing"])
def test_slow_clients_hold_no_threads(patient: Server, slow: str) -> None:
    with ExitStack() as held:
        for _ in range(40):
            held.enter_context(closing(SLOW[slow](patient)))
        assert [patient.get() for _ in range(3)] == [200] * 3


@requirement("H10")
def test_who_does_not_read_a_page_holds_no_thread(patient: Server) -> None:
    """A page fits into what is kept to be sent; only much longer answers wait for their reader."""
    page = "GET /root HTTP/1.1\r\nHost: x\r\n\r\n" * 400
    with ExitStack() as held:
        for _ in range(40):
            held.enter_context(closing(patient.say(page, receive=2048)))
        assert [patient.get() for _ in range(3)] == [200] * 3


@requirement("H10")
@pytest.mark.parametrize("slow", SLOW)
def test_nobody_is_waited_for_after_the_deadline(impatient: Server, slow: str) -> None:
    """Also who never reads: the threads that make a long answer for them come back."""
    with ExitStack() as held:
        slow_ones = [held.enter_context(closing(SLOW[slow](impatient))) for _ in range(6)]
        assert impatient.get() == 200
        if slow not in ("reads nothing", "kept alive"):
            for one in slow_ones:
                while one.recv(65536):
                    pass


@requirement("H10")
@pytest.mark.parametrize("begun", ["GET /root HTTP/1.1\r\nX: ", f"{POST}Content-Length: 99999\r\n\r\n",
                                   f"{CHUNKED}fff\r\n"])
def test_a_further_byte_does_not_put_the_deadline_off(impatient: Server, begun: str) -> None:
    dribbling, until = impatient.say(begun), time.monotonic() + EVER
    dribbling.settimeout(0.05)
    answer = b""
    while not answer:
        assert time.monotonic() < until
        dribbling.sendall(b"x")
        try:
            answer = dribbling.recv(4096)
        except TimeoutError:
            continue
    assert answer.startswith(b"HTTP/1.1 408 ")
    dribbling.close()


@requirement("H10")
def test_more_silent_connections_than_there_is_room_for_keep_nobody_out(patient: Server) -> None:
    """The one that was waited for longest is closed; who speaks is quick enough."""
    with ExitStack() as held:
        silent = [held.enter_context(closing(patient.say(""))) for _ in range(520)]
        assert [patient.get() for _ in range(3)] == [200] * 3
        assert silent[0].recv(1) == b""


@requirement("H10")
def test_of_large_unfinished_requests_the_longest_under_way_makes_room(patient: Server) -> None:
    """4 MiB of them are kept here; small requests are never too many."""
    part = f"{POST}Content-Length: 1000000\r\n\r\n".encode() + b"x" * 900_000
    with ExitStack() as held:
        small = held.enter_context(closing(patient.say(f"{POST}Content-Length: 9\r\n\r\nsome")))
        large = [held.enter_context(closing(patient.say(part))) for _ in range(8)]
        for one in large[:3]:
            assert one.recv(4096).startswith(b"HTTP/1.1 503 ")
        large[-1].sendall(b"x" * 100_000)
        assert b"1000000 xxx" in large[-1].recv(4096)
        small.sendall(b" body")
        assert b"9 some body" in small.recv(4096)


def test_a_whole_request_in_pieces_is_taken(patient: Server) -> None:
    for parts in (("POST / HT", "TP/1.1\r\nHost: x\r\nContent-Length: 8\r", "\n\r\nhalf", "more"),
                  (f"{CHUNKED}4;x=", "1\r\nha", "lf\r\n4\r\nmore\r", "\n0\r\n\r\n")):
        connection = patient.say(parts[0])
        for part in parts[1:]:
            assert patient.get() == 200
            connection.sendall(part.encode())
        assert b"8 halfmore" in connection.recv(4096)
        connection.close()


def test_requests_one_behind_the_other_are_answered_in_order(patient: Server) -> None:
    bodies = ["a", "bb", "", "dddd"]
    sent = "".join(f"{POST}Content-Length: {len(body)}\r\n\r\n{body}" for body in bodies)
    answers = read_all(patient.say(f"{sent}{GET}Connection: close\r\n\r\n"))
    assert [answers.find(f"\r\n\r\n{len(body)} {body}".encode()) for body in bodies] == sorted(
        answers.find(f"\r\n\r\n{len(body)} {body}".encode()) for body in bodies)
    assert answers.count(b"HTTP/1.1 200") == 5


def test_who_has_sent_all_and_closed_that_side_reads_the_answer(patient: Server) -> None:
    connection = patient.say(f"{GET}\r\n")
    connection.shutdown(socket.SHUT_WR)
    assert read_all(connection).startswith(b"HTTP/1.1 200")


def test_a_long_answer_arrives_whole(patient: Server) -> None:
    answer = read_all(patient.say("GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", receive=4096))
    assert len(answer.partition(b"\r\n\r\n")[2]) == 8_000_000


def test_who_asks_whether_to_go_on_is_told(patient: Server) -> None:
    connection = patient.say(f"{POST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"body")
    assert b"4 body" in connection.recv(4096)
    connection.close()


def test_a_client_does_not_say_where_its_force_begins(patient: Server) -> None:
    with patient.say("GET /root HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /evil\r\n\r\n") as connection:
        assert b"evil" not in connection.recv(4096)


def test_what_is_no_request_is_refused_at_once(patient: Server) -> None:
    for sent, status in (("nonsense\r\n\r\n", 400), ("GET /root HTTP/1.1\nHost: x\n\n", 400),
                         (f"GET /{'x' * 5000}", 414), (f"{GET}X: {'x' * 9000}\r\n\r\n", 431),
                         (f"{CHUNKED}xyz\r\n", 400),
                         (f"{CHUNKED}1\r\nab\r\n", 400),
                         (f"{POST}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400),
                         (f"{POST}Transfer-Encoding: gzip\r\n\r\n", 400),
                         (f"{POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
                         (GET + "".join(f"X-{at}: {'x' * 4000}\r\n" for at in range(17)), 431),
                         (f"{POST}Content-Length: -1\r\n\r\n", 400)):
        assert read_all(patient.say(sent)).startswith(f"HTTP/1.1 {status} ".encode()), sent[:60]


HOLD = "POST {}machines/a/hold HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
GO_ON = "POST /go-on HTTP/1.1\r\nHost: x\r\nContent-Len"


# --- threads apart -------------------------------------------------------------------------------


@contextmanager
def full(server: Server) -> Iterator[ExitStack]:
    """Two of a machine's requests are under way and one waits. In the end they are let go, and answered."""
    with ExitStack() as held:
        taken = [held.enter_context(closing(server.say(HOLD.format("/")))) for _ in range(3)]
        for _ in range(2):
            server.get("/held")
        assert server.read("/beside") == "beside"  # that process has taken up the third by then
        yield held
        held.enter_context(closing(server.say(f"{GO_ON}gth: 0\r\n\r\n")))
        assert [one.recv(4096)[:12] for one in taken] == [b"HTTP/1.1 200"] * 3


@requirement("F11", "H11")
def test_what_machines_ask_takes_no_thread_of_pages_and_waits_in_no_endless_queue(stopping: Server) -> None:
    """Two are under way and one waits: the fourth hears at once that it is too much, and pages go on."""
    with full(stopping) as held:
        for path in ("/", "/force/", "//", "/force//", "/%2F"):
            for asked in (HOLD.format(path), HOLD.format(path).replace("machines", "%6dachines")):
                refused = held.enter_context(closing(stopping.say(asked))).recv(4096)
                assert refused.startswith(b"HTTP/1.1 503 ") and b"Retry-After: 1" in refused
        assert stopping.get() == 200

    def is_taken_up() -> bool:
        with closing(stopping.say(HOLD.format("/"))) as after:
            return after.recv(4096)[:12] == b"HTTP/1.1 200"

    # an answer is there a moment before its place is free
    wait_until(is_taken_up, EVER, "its place is not free")


@requirement("F11", "H11")
def test_a_thousand_requests_over_one_connection_hear_one_by_one_that_it_is_too_much(
    stopping: Server
) -> None:
    """Each refusal leads to the next request: the process that gives them lives on, with what it has."""
    with full(stopping):
        asked = "GET /machines/a/process HTTP/1.1\r\nHost: x\r\n"
        answers = read_all(stopping.say(f"{asked}\r\n" * 1500 + f"{asked}Connection: close\r\n\r\n"))
        assert answers.count(b"HTTP/1.1 503 ") == 1501


@requirement("F11", "H11")
def test_a_machine_that_asks_too_much_hears_it_later_and_nobody_else_waits(resting: Server) -> None:
    """It would ask again at once. It is told in an hour, or when the server stops."""
    with ExitStack() as held:
        with full(resting):
            asking = [held.enter_context(closing(resting.say(HOLD.format("/")))) for _ in range(20)]
            assert resting.read("/beside") == "beside"  # all twenty are taken up too
        assert resting.get() == 200 and select.select(asking, [], [], 0)[0] == []
        resting.process.terminate()
        assert [one.recv(4096)[:12] for one in asking] == [b"HTTP/1.1 503"] * 20


def test_when_the_process_of_machines_dies_another_takes_its_place(stopping: Server) -> None:
    first, of_pages = stopping.read("/machines/a/process"), stopping.read("/process")
    assert first != of_pages
    assert stopping.read("/machines/a/process") == first
    os.kill(int(first), signal.SIGKILL)
    until = time.monotonic() + EVER
    while True:
        assert stopping.get() == 200 and time.monotonic() < until
        try:
            assert stopping.read("/machines/a/process") != first
            break
        except OSError:
            continue  # it was handed to the one that died


def test_what_machines_ask_goes_on_over_one_connection_and_pages_too(stopping: Server) -> None:
    asked = "GET {} HTTP/1.1\r\nHost: x\r\n\r\n".format
    paths = ("/root", "/machines/a/process", "/machines/b/process", "/root")
    answers = read_all(stopping.say("".join(map(asked, paths)) + GET + "Connection: close\r\n\r\n"))
    assert answers.count(b"HTTP/1.1 200 OK") == 5
    assert answers.count(stopping.read("/machines/a/process").encode()) == 2


def test_a_page_over_a_connection_that_machines_used_is_not_made_where_machines_are_served(
    stopping: Server,
) -> None:
    """A proxy in front sends whatever comes next over a connection that it keeps."""
    asked = "GET {} HTTP/1.1\r\nHost: x\r\n\r\n".format
    pages, machines = stopping.read("/process"), stopping.read("/machines/a/process")
    with closing(stopping.say("")) as kept:
        for path, process in (("/machines/a/process", machines), ("/process", pages)) * 3:
            kept.sendall(asked(path).encode())
            answer = kept.recv(4096).decode()
            assert answer.startswith("HTTP/1.1 200 OK") and answer.endswith(process)


@requirement("F11", "H11")
@pytest.mark.parametrize("sent", [
    pytest.param(b"X" * 60_000, id="behind long headers"), pytest.param(b"", id="with a long body"),
])
def test_what_machines_ask_is_answered_where_machines_are_or_not_at_all(
    stopping: Server, sent: bytes
) -> None:
    """Whatever was sent with it in one piece: pages' threads never take it."""
    body = b"x" * 300_000
    headers = b"".join(b"X-%d: %s\r\n" % (at, sent[:8000]) for at in range(7 if sent else 0))
    head = b"POST /machines/a/take HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n"
    machines = stopping.read("/machines/a/process").encode()
    for _ in range(5):
        page = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"y" * 900_000
        asked = head % (len(body), headers) + body
        answers = read_all(stopping.say(page + asked + b"GET /root HTTP/1.0\r\n\r\n"))
        taken = answers.count(b"\r\n\r\n" + machines)
        refused = answers.count(b"HTTP/1.1 503 ")
        assert taken + refused == 1 and answers.count(b" 200 OK\r\n") == 2 + taken


# --- the end -------------------------------------------------------------------------------------


def test_a_server_that_stops_answers_what_is_under_way_and_what_is_half_sent(stopping: Server) -> None:
    under_way, half = stopping.say(HOLD.format("/")), stopping.say(f"{POST}Content-Length: 8\r\n\r\nhalf")
    stopping.get("/held")
    release = stopping.say(GO_ON)
    waits = stopping.say(f"{POST}Content-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    assert b"100 Continue" in waits.recv(4096)  # so the server has all four
    stopping.process.send_signal(signal.SIGTERM)
    release.sendall(b"gth: 0\r\n\r\n")
    half.sendall(b"more")
    assert b"8 halfmore" in read_all(half)
    assert read_all(under_way).startswith(b"HTTP/1.1 200") and b"HTTP/1.1 200" in read_all(release)
    waits.close()
    assert stopping.process.wait(EVER) == 0
