"""Keys that change, a provider that is away or not itself; whom it may be, and who does not wait for it."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.base import clock
from core.storage.db import db
from plugins.staff_sign_in import fetching
from plugins.staff_sign_in.fetching import ProviderAway, Reach, fetch
from tests.mail import certificate_for, server_context
from tests.plugins.staff_sign_in.door import NOW, Door
from tests.plugins.staff_sign_in.simulator import (
    Claims,
    Simulator,
    key_called,
    signed_with,
    simulator,
)
from tests.security.checklist import requirement

AWAY = "Sign-in is not working at the moment"


def unknown_key(of: Simulator, claims: Claims) -> str:
    return signed_with(key_called("unknown"), {"alg": "RS256", "kid": "unknown"}, claims)


# --- keys -----------------------------------------------------------------------------------------


@requirement("B5")
def test_a_provider_may_change_its_keys_while_the_portal_serves(door: Door) -> None:
    door.signed_in()
    door.provider.kid = "second"
    with clock.travel(NOW + timedelta(minutes=1)):
        door.signed_in()
    assert door.provider.asked["/jwks"] == 2


@requirement("B5")
def test_a_key_that_is_gone_opens_nothing_ten_minutes_later(door: Door) -> None:
    door.signed_in()
    old, door.provider.kid = door.provider.key, "second"

    def signed_with_old(of: Simulator, claims: Claims) -> str:
        return signed_with(old, {"alg": "RS256", "kid": "first"}, claims)

    with clock.travel(NOW + timedelta(minutes=10)):
        assert door.sign_in(make=signed_with_old).status_code == 403


@requirement("B5")
def test_an_unknown_key_is_looked_for_once_a_minute_at_most(door: Door) -> None:
    door.signed_in()
    for _ in range(5):
        assert door.sign_in(make=unknown_key).status_code == 403
    assert door.provider.asked["/jwks"] == 1
    with clock.travel(NOW + timedelta(seconds=61)):
        for _ in range(5):
            door.sign_in(make=unknown_key)
    assert door.provider.asked["/jwks"] == 2


# --- away -----------------------------------------------------------------------------------------


@requirement("B5")
def test_while_the_provider_is_away_staff_read_why_and_people_notice_nothing(door: Door) -> None:
    door.provider.status = 503
    page = door.browser().get("/staff/sign-in/begin")
    assert page.status_code == 503 and AWAY in page.text
    for path in ("/", "/sign-in", "/health/ready"):
        assert door.browser().get(path).status_code == 200
    asked = sum(door.provider.asked.values())
    door.browser().get("/staff/sign-in/begin")
    assert sum(door.provider.asked.values()) == asked, "whoever does not answer is left in peace for a while"
    door.provider.status = 200
    with clock.travel(NOW + timedelta(seconds=11)):
        door.signed_in()


@requirement("B5")
@pytest.mark.parametrize("path", ["/token", "/jwks"])
def test_a_provider_that_goes_away_on_the_way_signs_nobody_in(door: Door, path: str) -> None:
    browser = door.browser()
    address = door.provider.allow(door.sent(browser))

    def goes_away(asked: str) -> None:
        door.provider.status = 500 if asked == path else 200

    door.provider.before = goes_away
    answer = door.back(browser, address)
    assert answer.status_code == 503 and AWAY in answer.text
    assert door.sessions() == 0


@requirement("B2", "B5")
@pytest.mark.parametrize("told", [
    {"issuer": "https://login.example/other"}, {"token_endpoint": "http://169.254.169.254/latest"},
    {"jwks_uri": "https://elsewhere.example/jwks"}, {"authorization_endpoint": "javascript:alert(1)"},
    {"end_session_endpoint": "https://elsewhere.example/"}, {"jwks_uri": 7},
])
def test_a_provider_that_says_it_is_another_is_none(door: Door, told: dict[str, Any]) -> None:
    door.provider.told = told
    assert door.browser().get("/staff/sign-in/begin").status_code == 503


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize(
    "said", [b"", b"[]", b"null", b"<html>", b"[" * 100_000, b"x" * 300_000, b'{"keys": 1}'])
def test_what_is_no_answer_of_a_provider_is_a_provider_away(
    door: Door, monkeypatch: pytest.MonkeyPatch, path: str, said: bytes
) -> None:
    real = Simulator.answer

    def answer(of: Simulator, asked: str, *more: Any) -> tuple[int, Any]:
        return (200, said) if asked == path else real(of, asked, *more)

    monkeypatch.setattr(Simulator, "answer", answer)
    browser = door.browser()
    begun = browser.get("/staff/sign-in/begin")
    if begun.status_code == 303:
        begun = door.back(browser, door.provider.allow(begun.headers["Location"]))
    assert begun.status_code in (403, 503)
    assert door.sessions() == 0


@requirement("H5")
def test_nobody_holds_a_connection_while_the_provider_thinks(door: Door) -> None:
    held: list[int] = []
    with door.app.app_context():
        pool = db.engine.pool

    def look(path: str) -> None:
        held.append(pool.checkedout())  # type: ignore[attr-defined]

    door.provider.before = look
    browser = door.signed_in()
    browser.post("/sign-out", form_at="/desk/")
    browser.get("/staff/sign-in/signed-out")
    assert held and set(held) == {0}


def test_a_provider_that_trickles_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps any time-out of a socket from ever being over."""
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/jwks"
        sent = threading.Thread(target=trickle, args=(listener,), daemon=True)
        sent.start()
        with pytest.raises(ProviderAway, match="no_answer"):
            fetch(Reach(frozenset({"127.0.0.1"}), own_machine=True), url)
    sent.join(5)
    assert not sent.is_alive()


def trickle(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client, suppress(OSError):
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            client.sendall(b"x")
            threading.Event().wait(0.02)


def test_a_provider_that_is_slow_is_asked_by_two_at_a_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.staff_sign_in.provider.WAIT", 0.01)
    door.sent(door.browser())
    from plugins.staff_sign_in.provider import PROVIDERS

    of = PROVIDERS.get(door.app)["midshire"]
    assert of.places.acquire() and of.places.acquire()
    browser = door.browser()
    answer = door.back(browser, door.provider.allow(door.sent(browser)))
    assert answer.status_code == 503
    of.places.release()
    door.signed_in()


# --- who may be asked -------------------------------------------------------------------------------


@requirement("E10")
@pytest.mark.parametrize(("address", "private", "allowed"), [
    ("127.0.0.1", False, False), ("127.0.0.1", True, False), ("::1", True, False),
    ("169.254.169.254", True, False), ("fe80::1%eth0", True, False), ("0.0.0.0", True, False),  # noqa: S104
    ("224.0.0.1", True, False), ("10.1.2.3", False, False), ("10.1.2.3", True, True),
    ("192.168.1.1", False, False), ("fd00::1", False, False), ("fd00::1", True, True),
    ("::ffff:127.0.0.1", True, False), ("::ffff:10.1.2.3", False, False), ("100.64.0.1", False, False),
    ("20.190.128.1", False, True), ("2603:1006:2000::1", False, True),
])
def test_a_name_leads_to_no_address_inside_unless_the_force_says_so(
    address: str, private: bool, allowed: bool
) -> None:
    assert Reach(frozenset({"login.example"}), private=private).allows(address) is allowed


@requirement("E10")
@pytest.mark.parametrize("url", [
    "http://login.example/", "https://other.example/", "https://login.example@other.example/",
    "https://user@login.example/", "file:///etc/passwd", "https://login.example/#x", "http://127.0.0.1/",
    "https://LOGIN.example.other/",
])
def test_only_the_providers_own_hosts_are_asked_and_over_tls(url: str) -> None:
    with pytest.raises(ProviderAway, match="elsewhere"):
        Reach(frozenset({"login.example", "127.0.0.1"})).refuse_elsewhere(url)
    Reach(frozenset({"login.example"})).refuse_elsewhere("https://login.example/a?b")


@requirement("E10")
def test_in_production_a_provider_on_this_machine_is_not_even_connected_to() -> None:
    with simulator() as of:
        url = of.issuer.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(ProviderAway, match="elsewhere"):
            fetch(Reach(frozenset({"localhost"}), private=True), url)
        assert sum(of.asked.values()) == 0


@requirement("E10")
def test_a_provider_that_leads_elsewhere_is_not_followed(door: Door) -> None:
    door.provider.status = 302
    assert door.browser().get("/staff/sign-in/begin").status_code == 503
    assert "/elsewhere" not in door.provider.asked


@requirement("G14")
@pytest.mark.parametrize("fault", [None, "of another name", "of nobody we trust"])
def test_a_provider_proves_by_its_certificate_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str | None
) -> None:
    right = certificate_for("localhost", tmp_path / "right.pem")
    other = certificate_for("elsewhere.test", tmp_path / "other.pem")
    shown = other if fault == "of another name" else right
    monkeypatch.setenv("SSL_CERT_FILE", str(other if fault == "of nobody we trust" else shown))
    reach = Reach(frozenset({"localhost"}), own_machine=True)
    with simulator(server_context(shown)) as of:
        url = of.issuer.replace("127.0.0.1", "localhost") + "/jwks"
        if fault is None:
            assert json.loads(fetch(reach, url).body)["keys"]
            return
        with pytest.raises(ProviderAway, match="certificate"):
            fetch(reach, url)
        assert sum(of.asked.values()) == 0
