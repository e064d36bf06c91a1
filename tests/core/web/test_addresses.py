"""Nothing that a caller says about hosts, proxies or where to go next is believed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from flask import Flask, request, request_started

from core.base.installation import installation
from core.base.scope import scope_of
from core.notices.letters import portal_link
from core.plugin_host.host import the_force
from core.storage.db import close_connections, db
from core.testing import allocated, recorded
from core.testing.postgres import Addresses
from core.web.security import trust_proxies
from core.web.tenancy import Tenancy
from tests.conftest import HERTS
from tests.core.web.production import hosted_portal, production
from tests.people import meet, officer_browser, person_browser, take
from tests.security.answers import redirect_faults
from tests.security.checklist import protection, requirement
from tests.security.payloads import ELSEWHERE

HERE = f"/{HERTS}"
OWN, SHARED, EVIL = "track.midshire.police.uk", "portal.test", "evil.example"


# --- redirects ---------------------------------------------------------------------------------


def leads_off(location: str) -> bool:
    """Whether a browser on this site would leave it for the host of the payload."""
    return bool(redirect_faults(location)) or EVIL in (urlsplit(location).netloc or "")


def redirecting(app: Flask) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """(client, path, more) of every way to a redirect, with PAYLOAD where a caller may write."""
    take(app, recorded(), allocated(), force=HERTS)
    met = meet(app)
    nobody, amina = app.test_client(), person_browser(app, met).client
    officer = officer_browser(app, met.staff).client
    named = dict.fromkeys(("lang", "next", "url", "return_to", "redirect", "to", "back"), "PAYLOAD")
    for client, path in (
        (nobody, "/leave"), (nobody, "/desk/"), (nobody, "/desk"), (nobody, "/your-reports"),
        (nobody, "/sign-in/code"), (amina, "/sign-in"), (amina, "/your-reports"), (amina, "/leave"),
        (officer, f"/desk/case/{met.case}/update"), (nobody, f"/case/{met.case}"),
        (officer, f"/desk/case/{met.case}/messages/{met.people['P1']}"),
    ):
        yield client, f"{HERE}{path}", {"query_string": named}
        yield client, f"{HERE}{path}", {"headers": {"Referer": "PAYLOAD", "X-Original-URL": "PAYLOAD"}}
    kinds = {"kind": "rape", "district": "watford", "lang": "PAYLOAD"}
    yield nobody, f"{HERE}/can-i-track", {"query_string": kinds}
    yield nobody, f"{HERE}/PAYLOAD", {}
    yield nobody, "/PAYLOAD", {}
    yield nobody, f"{HERE}/safety/PAYLOAD/..", {}


def with_payload(value: Any, payload: str) -> Any:
    if isinstance(value, dict):
        return {key: with_payload(inner, payload) for key, inner in value.items()}
    return value.replace("PAYLOAD", payload) if isinstance(value, str) else value


@requirement("C10")
def test_no_redirect_leads_off_the_site_whatever_is_asked(app: Flask, record_property: Any) -> None:
    ways, redirects = list(redirecting(app)), 0
    assert len(ELSEWHERE) >= 40
    for payload in ELSEWHERE:
        header = "".join(sign for sign in payload if sign.isprintable()).encode().decode("latin-1")
        for client, path, more in ways:
            asked = with_payload(more, header if "headers" in more else payload)
            raw = with_payload(path, payload).encode().decode("latin-1")
            answer = client.get("/", environ_overrides={"PATH_INFO": raw}, **asked)
            assert answer.status_code < 500, (path, payload)
            if answer.location:
                redirects += 1
                assert not leads_off(answer.location), (path, payload, answer.location)
    assert redirects > 500
    record_property("figure", ("redirects with hostile targets", redirects))


@requirement("C10")
@pytest.mark.parametrize("payload", [one for one in ELSEWHERE if EVIL in one and one.startswith(
    ("//", "/\\", "http", "HTTP", "\\"))])
def test_a_target_elsewhere_would_be_seen(payload: str) -> None:
    assert leads_off(payload)


@requirement("C10")
def test_an_address_of_an_absorbed_force_leads_to_its_successor_only() -> None:
    tenancy = object.__new__(Tenancy)
    tenancy.moved, tenancy.base_url = {"oldshire": "newshire"}, "https://portal.test"
    for hosts, base in (([], "https://portal.test/newshire/"), (["new.police.uk"], "https://new.police.uk/")):
        tenancy.own_hosts = {"newshire": hosts}
        for payload in ELSEWHERE:
            path = "/" + payload.encode().decode("latin-1")
            begin = Mock()
            tenancy._lead_on("oldshire", path, {"QUERY_STRING": ""}, begin)
            location = dict(begin.call_args.args[1])["Location"]
            assert location.startswith(base) and location.isprintable(), location


# --- hosts and proxies -------------------------------------------------------------------------


hosted = pytest.fixture(scope="module")(hosted_portal)


@contextmanager
def seen_by(app: Flask) -> Iterator[list[tuple[str, str, str]]]:
    """What the portal takes for (address, host, scheme) of each request."""
    seen: list[tuple[str, str, str]] = []

    def note(_: Any, **more: Any) -> None:
        seen.append((str(request.remote_addr), request.host, request.scheme))

    with request_started.connected_to(note, app):
        yield seen


SPOOFS = {
    "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "81", "X-Forwarded-Prefix": "/evil", "Forwarded": f"for=203.0.113.9;host={EVIL}",
    "X-Real-IP": "203.0.113.9", "Client-IP": "203.0.113.9", "True-Client-IP": "203.0.113.9",
    "X-Host": EVIL, "X-Original-Host": EVIL, "X-Rewrite-URL": "/evil", "X-Original-URL": "/evil",
    "X-Forwarded-Server": EVIL, "CF-Connecting-IP": "203.0.113.9", "X-HTTP-Method-Override": "DELETE",
}


@requirement("G15")
def test_without_a_proxy_no_forwarding_header_is_believed(hosted: Flask) -> None:
    with seen_by(hosted) as seen:
        for name, value in SPOOFS.items():
            answer = hosted.test_client().get(
                "/midshire/sign-in", base_url=f"https://{SHARED}", headers={name: value})
            assert answer.status_code == 200, name
            assert EVIL not in answer.text and "/evil" not in answer.text, name
    assert set(seen) == {("127.0.0.1", SHARED, "https")}


@requirement("G15")
def test_behind_one_proxy_only_what_that_proxy_added_counts(
    database: Addresses, portal: Flask, tmp_path: Path
) -> None:
    app = production(database, tmp_path, proxies=1)
    with seen_by(app) as seen:
        answer = app.test_client().get("/", base_url="http://10.0.0.7", headers={
            "X-Forwarded-For": "203.0.113.9, 198.51.100.2", "X-Forwarded-Proto": "http, https",
            "X-Forwarded-Host": f"{EVIL}, {OWN}", "Forwarded": f"host={EVIL}", "X-Forwarded-Prefix": "/evil",
        })
    assert answer.status_code == 200
    assert seen == [("198.51.100.2", OWN, "https")]
    with app.app_context():
        close_connections()


@protection("G15")
def test_a_proxy_that_is_not_there_would_let_a_caller_choose_their_address(
    hosted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = installation(hosted).settings.model_copy(update={"proxies": 1})
    monkeypatch.setattr(hosted, "wsgi_app", hosted.wsgi_app)
    trust_proxies(hosted, settings)
    with seen_by(hosted) as seen:
        hosted.test_client().get("/midshire/sign-in", base_url=f"https://{SHARED}",
                                 headers={"X-Forwarded-For": "203.0.113.9"})
    assert seen == [("203.0.113.9", SHARED, "https")]


HOSTS = (
    EVIL, f"{OWN}.{EVIL}", f"{EVIL}:443", f"{OWN}@{EVIL}", f"{EVIL}#{OWN}", f"{EVIL}/{OWN}", f"{OWN},{EVIL}",
    f"{OWN} {EVIL}", f"{SHARED}.", f".{SHARED}", f"{SHARED}%00", "", "[::1]", "0", "10.0.0.1", "portal.test.",
    f"x{OWN}", "police.uk", "*", "..", "portal。test",
)


@requirement("G15")
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_refused(hosted: Flask, host: str) -> None:
    answer = hosted.test_client().get("/midshire/", environ_overrides={
        "HTTP_HOST": host.encode().decode("latin-1")})
    assert answer.status_code in (400, 421)
    assert "Midshire" not in answer.text and EVIL not in answer.text


@requirement("G15")
@pytest.mark.parametrize("host", [SHARED, SHARED.upper(), f"{SHARED}:443", OWN, f"{OWN}:8443"])
def test_our_own_hosts_are_served_and_no_page_repeats_what_was_asked(hosted: Flask, host: str) -> None:
    path = "/" if OWN in host else "/midshire/"
    answer = hosted.test_client().get(path, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 200
    assert ":8443" not in answer.text and "http://" not in answer.text.replace("http://www.w3.org", "")


@requirement("G15")
def test_an_address_without_its_last_stroke_leads_to_a_path(app: Flask) -> None:
    answer = app.test_client().get(f"{HERE}/desk", base_url=f"http://{EVIL}:9999")
    assert (answer.status_code, answer.location) == (308, f"{HERE}/desk/")


@protection("G15")
def test_without_the_table_of_hosts_any_would_be_served(
    hosted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    outermost: Any = hosted.wsgi_app
    tenancy = outermost.wsgi
    assert isinstance(tenancy, Tenancy)
    monkeypatch.setattr(tenancy, "shared_hosts", None)
    answer = hosted.test_client().get("/midshire/", base_url=f"https://{EVIL}")
    assert answer.status_code == 200 and "Midshire" in answer.text


@requirement("G15")
def test_links_in_letters_come_from_the_configuration(hosted: Flask, app: Flask) -> None:
    with scope_of("midshire"), hosted.test_request_context("/midshire/", base_url=f"https://{EVIL}"):
        assert portal_link(the_force(), "en") == f"https://{OWN}/"
        db.session.rollback()
    with scope_of(HERTS), app.test_request_context("/", base_url=f"https://{EVIL}"):
        assert portal_link(the_force(), "cy") == f"http://portal.test{HERE}/?lang=cy"
        db.session.rollback()
