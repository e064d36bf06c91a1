"""What is too large, too deep or said twice is refused before it costs much."""

from __future__ import annotations

import gzip
import io
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.storage.db import db
from core.testing import recorded
from plugins.record_feed import strict_json
from tests.conftest import HERTS
from tests.plugins.record_feed.feed_builders import BATCH, ONE, Sender, at
from tests.plugins.record_feed.hostile_bodies import GOOD, NOT_TAKEN, within
from tests.security.checklist import protection, requirement

MIB = 1024 * 1024
SECONDS, GROWTH = 1.0, 50 * MIB
# Beyond each bound of the contract: what is sent, and how.
BEYOND: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a body of more than a mebibyte": (GOOD.encode() + b" " * MIB, {}),
    "sixteen mebibytes": (b"[" * (16 * MIB), {}),
    "1,001 events": (
        json.dumps([recorded(id=str(n)) for n in range(1001)]).encode(), {"content_type": BATCH}),
    "a packed body": (gzip.compress(GOOD.encode()), {"content_encoding": "gzip"}),
    "a packed body that is not said to be": (gzip.compress(b"[" * MIB), {}),
    "a body said to be packed": (GOOD.encode(), {"content_encoding": "gzip"}),
}
OF_BOUNDS = (
    "NaN", "Infinity", "21 digits", "5,000 digits", "33 deep", "the same key twice",
    "the same key twice, deep", "a string too long", "a key too long",
)


def looked_at(name: str, send: Callable[..., Any], *args: Any, **more: Any) -> int:
    """The status. Fails when the answer took too long to make, or held too much on the way."""
    tracemalloc.reset_peak()
    before, started = tracemalloc.get_traced_memory()[0], time.thread_time()
    status: int = send(*args, **more).status_code
    took, held = time.thread_time() - started, tracemalloc.get_traced_memory()[1] - before
    assert took <= SECONDS and held <= GROWTH, (name, took, held)
    return status


@contextmanager
def memory_watched() -> Iterator[None]:
    tracemalloc.start(1)
    try:
        yield
    finally:
        tracemalloc.stop()


@requirement("E7")
def test_each_hostile_body_is_refused_within_a_second_and_takes_little_room(
    niche: Sender, record_property: Any
) -> None:
    bodies = {name: (body, {}) for name, body in NOT_TAKEN.items()} | BEYOND
    assert len(bodies) >= 60
    with memory_watched():
        for name, (body, more) in bodies.items():
            assert 400 <= looked_at(name, niche.post_bytes, body, **more) < 500, name
    record_property("figure", ("hostile bodies refused in time and room", len(bodies)))
    assert niche.post_bytes(GOOD.encode()).status_code == 202


FORM = "application/x-www-form-urlencoded"
FORM_AT = f"/{HERTS}/sign-in"
LARGE_FORMS: dict[str, dict[str, Any]] = {
    "one long field": {"data": b"surname=" + b"x" * 70_000, "content_type": FORM},
    "many fields": {"data": b"a=&" * 30_000, "content_type": FORM},
    "many parts": {
        "data": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1_200 + b"--x--",
        "content_type": "multipart/form-data; boundary=x"},
    "megabytes": {"data": b"surname=" + b"x" * (8 * MIB), "content_type": FORM},
}


@requirement("E7")
def test_a_form_that_is_too_large_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.post(FORM_AT, data={"surname": "x" * 60_000}).status_code == 400  # it lacks its token
    with memory_watched():
        for name, sent in LARGE_FORMS.items():
            assert looked_at(name, client.post, FORM_AT, **sent) == 413, name


IN_CHUNKS = {"environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}}


def in_chunks(body: bytes, **more: Any) -> dict[str, Any]:
    """As it comes from a server that read a body whose length nobody said."""
    return {"input_stream": io.BytesIO(body), **IN_CHUNKS, **more}


@requirement("E7")
@pytest.mark.parametrize("size", [MIB + 1, 2 * MIB, 5_000_000])
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("signed", [True, False])
def test_a_body_that_is_too_large_is_told_so_whatever_its_coding(
    app: Flask, niche: Sender, size: int, chunked: bool, signed: bool
) -> None:
    """Rightly signed or not: that it is too large is said, and it is not noted as a wrong signature."""
    body = b" " * size
    headers = niche.headers(body) if signed else {"content-type": ONE}
    sent = in_chunks(body, headers=headers) if chunked else {"data": body, "headers": headers}
    answer = app.test_client().post(niche.address, **sent)
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")
    assert answer.get_json()["type"] == "urn:trackmycrime:feed:too-large"
    with at(app):
        refused = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == "record_feed_refused")
        assert db.session.scalar(refused) == 0


@requirement("E7")
def test_what_comes_in_chunks_and_is_not_too_large_is_taken(app: Flask, niche: Sender) -> None:
    body = GOOD.encode() + b" " * (MIB - len(GOOD.encode()))
    assert app.test_client().post(
        niche.address, **in_chunks(body, headers=niche.headers(body))).status_code == 202
    packed = gzip.compress(GOOD.encode())
    headers = niche.headers(packed, content_encoding="gzip")
    assert app.test_client().post(niche.address, **in_chunks(packed, headers=headers)).status_code == 415


@requirement("E7")
@pytest.mark.parametrize("size", [65 * 1024, MIB, 5_000_000])
def test_a_form_in_chunks_that_is_too_large_gets_a_page_that_says_so(app: Flask, size: int) -> None:
    answer = app.test_client().post(FORM_AT, **in_chunks(b"surname=" + b"x" * size, content_type=FORM))
    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "too much text" in answer.text


@protection("E7")
def test_without_the_bounds_the_same_bodies_get_in(
    niche: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = sys.modules["plugins.record_feed.routes"]
    monkeypatch.setattr(routes, "LARGEST_BODY", 64 * MIB)
    monkeypatch.setattr(routes, "LARGEST_BATCH", 10_000)
    monkeypatch.setattr(strict_json, "parse", json.loads)
    for name in OF_BOUNDS:
        body = NOT_TAKEN[name].replace(b'"good"', json.dumps(name).encode(), 1)
        fells = name in ("NaN", "Infinity", "5,000 digits")
        assert niche.post_bytes(body).status_code == (500 if fells else 202), name
    for name in ("a body of more than a mebibyte", "1,001 events"):
        body, more = BEYOND[name]
        assert niche.post_bytes(body, **more).status_code == 202, name
    assert niche.post_bytes(within("[" * 100_000 + "]" * 100_000)).status_code == 500


@protection("E7")
def test_without_its_bound_a_large_form_is_read(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", None)
    monkeypatch.setitem(app.config, "MAX_FORM_MEMORY_SIZE", None)
    answer = app.test_client().post(FORM_AT, **LARGE_FORMS["megabytes"])
    assert answer.status_code == 400  # the form's token is missed: it was read to its end
