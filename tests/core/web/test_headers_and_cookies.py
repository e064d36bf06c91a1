"""What every answer carries and no cookie or address may hold: pages, files, refusals, whoever answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from gunicorn.http import errors
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Headers

from core.cli.processes import web
from core.cli.processes.refusals import Refusals
from core.testing import allocated, event, person, recorded
from core.testing.browser import Page
from core.web.security import HEADERS
from plugins.record_feed.problems import TITLES
from tests.conftest import AVON, HERTS
from tests.core.web.production import hosted_portal
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take
from tests.security.answers import cookie_faults, faults_of
from tests.security.checklist import requirement

HERE = f"/{HERTS}"
FEED = f"{HERE}/feed/v1/niche/events"


hosted = pytest.fixture(scope="module")(hosted_portal)


# --- headers -----------------------------------------------------------------------------------

ASKED: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", f"{HERE}/", {}, 200),
    ("HEAD", f"{HERE}/", {}, 200),
    ("OPTIONS", f"{HERE}/sign-in", {}, 200),
    ("GET", f"{HERE}/static/app.css", {}, 200),
    ("GET", f"{HERE}/static/app.js", {"headers": {"If-None-Match": "x"}}, 200),
    ("GET", f"{HERE}/static/none.css", {}, 404),
    ("GET", f"{HERE}/logo.svg", {}, 200),
    ("GET", f"{HERE}/brand.css", {}, 200),
    ("GET", f"{HERE}/health/live", {}, 200),
    ("GET", f"{HERE}/nothing", {}, 404),
    ("GET", "/atlantis/", {}, 404),
    ("PUT", f"{HERE}/sign-in", {}, 405),
    ("GET", f"{HERE}/sign-out", {}, 405),
    ("POST", f"{HERE}/sign-in", {}, 400),
    ("POST", f"{HERE}/sign-in", {"data": b"x" * 70_000,
                                 "content_type": "application/x-www-form-urlencoded"}, 413),
    ("POST", FEED, {"data": b"{}"}, 401),
    ("POST", FEED, {"data": b" " * 1_100_000}, 413),
    ("GET", FEED, {}, 405),
    ("GET", f"{HERE}/desk", {}, 308),
    ("GET", f"{HERE}/leave", {}, 303),
    ("GET", f"{HERE}/desk/", {}, 303),
    ("TRACE", f"{HERE}/", {}, 405),
]


@requirement("C7")
@pytest.mark.parametrize(("method", "path", "more", "status"), ASKED)
def test_every_kind_of_answer_has_the_headers(
    app: Flask, method: str, path: str, more: dict[str, Any], status: int
) -> None:
    with app.test_client().open(path, method=method, **more) as answer:
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@requirement("C7")
@pytest.mark.parametrize(("failure", "status"), [
    (RuntimeError("x"), 500), (OperationalError("x", {}, Exception()), 503),
    (SystemExit(), 500), (MemoryError(), 500), (RecursionError(), 500),
])
def test_a_failing_page_has_the_headers(
    app: Flask, monkeypatch: pytest.MonkeyPatch, failure: BaseException, status: int
) -> None:
    def fails(**view_args: Any) -> None:
        raise failure

    fails.tmc_policy = app.view_functions["pages.safety"].tmc_policy  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "pages.safety", fails)
    answer = app.test_client().get(f"{HERE}/safety")
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@requirement("C7")
def test_a_host_that_is_not_served_gets_the_headers(hosted: Flask) -> None:
    answer = hosted.test_client().get("/", base_url="https://evil.example")
    assert answer.status_code == 421
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@requirement("C7")
@pytest.mark.parametrize(("fault", "status"), [
    (errors.InvalidRequestLine("GET x"), "400"), (errors.LimitRequestLine(1, 1), "414"),
    (errors.LimitRequestHeaders("too many"), "431"), (errors.InvalidHeaderName("<b>"), "400"),
    (errors.UnsupportedTransferCoding("x"), "501"), (errors.InvalidHTTPVersion("9"), "400"),
    (errors.ExpectationFailed("x"), "417"), (RuntimeError("canary"), "500"),
])
def test_what_never_became_a_request_is_answered_with_them_and_not_said_again(
    fault: Exception, status: str
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker = SimpleNamespace(app=SimpleNamespace(refusals=Refusals(None)))
        web._Worker.handle_error(worker, None, ours, ("127.0.0.1", 1), fault)
        head, _, body = theirs.recv(8192).decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    given = Headers([tuple(line.split(": ", 1)) for line in lines])  # type: ignore[misc]
    assert first.split()[:2] == ["HTTP/1.1", status]
    assert {name: given.get(name) for name in HEADERS} == HEADERS
    assert int(given["Content-Length"]) == len(body)
    assert "canary" not in body and "<b>" not in body


@requirement("C7")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_the_feeds_address_answers_other_methods_as_the_feed_does(app: Flask, method: str) -> None:
    answer = app.test_client().open(FEED, method=method)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert answer.get_json()["title"] == TITLES["not-allowed"][1]
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_page_of_a_plugin_that_is_off_is_not_found_with_any_method(hosted: Flask) -> None:
    client = hosted.test_client()
    for path in ("/midshire/passkeys", "/midshire/demo/officers/" + "0" * 8 + "-0000" * 3
                 + "-" + "0" * 12):
        assert client.get(path, base_url="https://portal.test").status_code == 404
    assert client.put("/midshire/sign-in", base_url="https://portal.test").status_code == 405


@requirement("C7")
def test_a_missing_header_would_be_seen() -> None:
    for name in HEADERS:
        left = Headers({key: value for key, value in HEADERS.items() if key != name})
        answer = SimpleNamespace(headers=left, mimetype="text/plain", location=None)
        assert faults_of(answer, demo=True), name  # type: ignore[arg-type]
    weak = HEADERS | {"Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'"}
    answer = SimpleNamespace(headers=Headers(weak), mimetype="text/plain", location=None,
                             request=SimpleNamespace(path="/"))
    assert faults_of(answer, demo=True)  # type: ignore[arg-type]


# --- cookies -----------------------------------------------------------------------------------


def set_by(app: Flask, *asked: tuple[str, str]) -> list[str]:
    """Every Set-Cookie of these requests of one visitor, over https."""
    client, lines = app.test_client(), []
    for method, path in asked:
        answer = client.open(path, method=method, base_url="https://portal.test")
        lines += answer.headers.getlist("Set-Cookie")
    return lines


@requirement("C3")
def test_every_cookie_of_production_is_closed_and_empty_of_data(hosted: Flask) -> None:
    lines = set_by(hosted, ("GET", "/midshire/sign-in"), ("GET", "/midshire/?lang=cy"),
                   ("GET", "/midshire/leave"))
    assert len(lines) >= 2 and any("Max-Age=0" in line for line in lines)
    assert [cookie_faults(line, demo=False) for line in lines] == [[]] * len(lines)
    assert {line.split("=")[0] for line in lines} == {"__Host-tmc-midshire"}


@requirement("C3")
def test_only_a_demo_on_this_machine_goes_without_secure(app: Flask) -> None:
    lines = set_by(app, ("GET", f"{HERE}/sign-in"), ("GET", f"/{AVON}/sign-in"))
    assert [cookie_faults(line, demo=True) for line in lines] == [[], []]
    assert [line.split("=")[0] for line in lines] == [f"tmc-{HERTS}", f"tmc-{AVON}"]
    assert all("Secure" not in line for line in lines)


@requirement("C3")
@pytest.mark.parametrize("line", [
    "__Host-tmc-x=; Path=/; Secure; HttpOnly", "__Host-tmc-x=; Path=/; Secure; SameSite=Lax",
    "__Host-tmc-x=; Path=/; HttpOnly; SameSite=Lax", "tmc-x=; Path=/; Secure; HttpOnly; SameSite=Lax",
    "__Host-tmc-x=; Path=/; Secure; HttpOnly; SameSite=Lax; Domain=portal.test",
    "__Host-tmc-x=; Path=/x; Secure; HttpOnly; SameSite=Lax",
    "__Host-tmc-x=eyJuYW1lIjoiQW1pbmEifQ; Path=/; Secure; HttpOnly; SameSite=Lax",
    "__Host-tmc-x=; Path=/; Secure; HttpOnly; SameSite=None",
])
def test_an_open_cookie_would_be_seen(line: str) -> None:
    assert cookie_faults(line, demo=False)


# --- other sites -------------------------------------------------------------------------------

EVIL = "https://evil.example"


@requirement("C12")
@pytest.mark.parametrize("path", [f"{HERE}/sign-in", FEED, f"{HERE}/health/live", "/demo/mailbox.json"])
def test_a_preflight_of_another_site_is_allowed_nothing(app: Flask, path: str) -> None:
    answer = app.test_client().options(path, headers={
        "Origin": EVIL, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, webhook-id",
    })
    assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []
    plain = app.test_client().get(path, headers={"Origin": EVIL})
    assert [name for name, _ in plain.headers if name.startswith("Access-Control")] == []


@requirement("C12")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_simple_form_of_another_site_is_refused_everywhere(app: Flask, kind: str) -> None:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint != "record_feed.post_events":
            ids = dict.fromkeys(rule.arguments, "00000000-0000-7000-8000-000000000000")
            built = rule.build(ids)
            assert built
            answer = app.test_client().post(f"{HERE}{built[1]}", content_type=kind, data=b"x=1",
                                            headers={"Origin": EVIL})
            assert answer.status_code == 400, rule


@requirement("C12")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json",
                                  "multipart/form-data; boundary=x", ""])
def test_the_feed_takes_its_own_content_types_only(app: Flask, kind: str) -> None:
    from plugins.record_feed import keyring, signature

    with app.test_request_context(f"{HERE}/"):
        from core.base import clock
        from core.storage.db import db, force_scope

        with force_scope(HERTS):
            key = keyring.make("niche")
            db.session.commit()
    seconds, body = str(int(clock.now().timestamp())), b"{}"
    signed = signature.sign(signature.key_bytes(key), "m", seconds, body)
    answer = app.test_client().post(FEED, data=body, headers={
        "content-type": kind, "webhook-id": "m", "webhook-timestamp": seconds,
        "webhook-signature": signed,
    })
    assert answer.status_code == 415


# --- addresses and titles ------------------------------------------------------------------------

CANARIES = {
    "reference": "41/777/24", "given": "Zebedee", "family": "Quillfeather", "email": "zebedee@canary.example",
    "postcode": "WD17 9ZZ", "born": "1971-11-23", "written": "Canarytext", "officer": "Kestrel",
}


@requirement("C9")
def test_no_address_title_or_file_name_holds_personal_data(app: Flask) -> None:
    one = person(1, name={"given": CANARIES["given"], "family": CANARIES["family"]},
                 email=CANARIES["email"], postcode=CANARIES["postcode"], date_of_birth=CANARIES["born"])
    lead = {"id": "O1", "name": CANARIES["officer"]}
    take(app, recorded(CANARIES["reference"], people=[one]),
         allocated(CANARIES["reference"], officer=lead),
         event("crime.progress", CANARIES["reference"], text=CANARIES["written"]), force=HERTS)
    met = meet(app, CANARIES["reference"])
    readers = [person_browser(app, met), officer_browser(app, met.staff), Browser(app, HERTS)]
    ids = {"case_id": met.case, "person_id": met.people["P1"], "staff_id": met.staff}
    shown, seen = "", list[str]()
    for reader in readers:
        for path in addresses(app, ids):
            answer = reader.client.get(f"{HERE}{path}")
            shown += answer.text if answer.mimetype == "text/html" else ""
            seen += [path, *kept_of(answer)]
    assert CANARIES["reference"] in shown and CANARIES["written"] in shown
    assert [word for word in CANARIES.values() if word in unquote(" ".join(seen))] == []


def addresses(app: Flask, ids: dict[str, Any]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= set(ids) and rule.endpoint != "pages.leave":
            built = rule.build({name: ids[name] for name in rule.arguments})
            assert built
            yield built[1]


def kept_of(answer: Any) -> list[str]:
    """What a browser's history, or a proxy, keeps of an answer: addresses, the title, names of files."""
    kept = [answer.location or "", answer.headers.get("Content-Disposition", "")]
    if answer.mimetype == "text/html":
        page = Page(answer.text)
        kept += [page.title, *page.links, *(str(form["action"]) for form in page.forms)]
    return kept


@requirement("C9")
def test_no_form_puts_what_people_type_into_an_address(app: Flask) -> None:
    """A form that is sent with GET asks what the portal is for, never who somebody is."""
    asking = {"/desk/can-they-track", "/demo/mailbox/"}
    take(app, recorded(), allocated(), force=HERTS)
    met = meet(app)
    ids = {"case_id": met.case, "person_id": met.people["P1"], "staff_id": met.staff}
    for reader in (person_browser(app, met), officer_browser(app, met.staff), Browser(app, HERTS)):
        for path in addresses(app, ids):
            answer = reader.client.get(f"{HERE}{path}")
            forms = Page(answer.text).forms if answer.mimetype == "text/html" else []
            gets = {str(f["action"]).removeprefix(HERE) for f in forms if f["method"] == "get"}
            assert gets <= asking, (path, gets)


