"""Whoever forwards a request writes the address in some form or other: it is the same visitor."""

from __future__ import annotations

from typing import Any

import pytest

from core.web.forwarded import NO_ADDRESS, ClientAddress, client_address
from tests.security.checklist import requirement

FOUR, SIX = "203.0.113.7", "2001:db8:1:2::/64"
FORMS = {
    FOUR: (
        "203.0.113.7", " 203.0.113.7\t", "203.0.113.7:51234", "203.0.113.7:0", "203.0.113.7:",
        "203.0.113.7:_hidden-1", '"203.0.113.7:51234"', '"203.0.113.7"', "for=203.0.113.7",
        'For="203.0.113.7:80"', "for=203.0.113.7;proto=https;by=198.51.100.1",
        "proto=https; for=203.0.113.7", "[203.0.113.7]:443", "::ffff:203.0.113.7",
        "[::ffff:203.0.113.7]:443", "::FFFF:203.0.113.7", "::ffff:cb00:7107", 'for="[::ffff:203.0.113.7]"',
    ),
    SIX: (
        "2001:db8:1:2::1", "2001:DB8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002:0:0:0:1",
        "[2001:db8:1:2::1]", "[2001:db8:1:2::1]:443", "[2001:db8:1:2::1]:", '"[2001:db8:1:2::1]:443"',
        'for="[2001:db8:1:2::1]:_x"', "FOR=2001:db8:1:2::1", "2001:db8:1:2::1%eth0",
        "[2001:db8:1:2::1%25eth0]:443", " [2001:db8:1:2::1]:443 ", SIX,
    ),
    "fe80::/64": ("fe80::1%eth0", "fe80::2%3", "[fe80::3%wlan0]:1"),
    "::/64": ("::1", "::", "[::1]:8000"),
    NO_ADDRESS: (
        "", " ", '""', "-", "unknown", "_hidden", "for=", "for=unknown", "localhost", "example.org:443",
        "203.0.113", "203.0.113.7.1", "203.0.113.256", "203.0.113.7:http", "203.0.113.7:123456",
        "203.0.113.7:1:2", "203.0.113.7 198.51.100.1", "203.0.113.7%eth0", "0x7f.1", "2130706433",
        "٢٠٣.0.113.7", "[2001:db8::1", "2001:db8::1]", "[2001:db8::1]443", "[2001:db8::1]:http", "[]:80",
        "2001:db8:::1", "2001:db8::g", "1:2:3:4:5:6:7:8:9", "203.0.113.7/32", "2001:db8::1/48", "\0", "'",
        "x" * 10_000, "1.2.3.4, 203.0.113.7",
    ),
}
TABLE = [(written, address) for address, forms in FORMS.items() for written in forms]


@requirement("G15", "A9")
@pytest.mark.parametrize(("written", "address"), TABLE)
def test_however_an_address_is_written_it_is_one_visitor(written: str, address: str) -> None:
    assert client_address(written) == address
    assert client_address(client_address(written)) == address


def test_nobody_says_an_address_and_that_is_one_visitor_too() -> None:
    assert client_address(None) == NO_ADDRESS


def seen(proxies: int, sent_by: str, forwarded: str | None) -> str:
    environ: dict[str, Any] = {"REMOTE_ADDR": sent_by}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    ClientAddress(lambda environ, start: [environ["REMOTE_ADDR"].encode()], proxies)(environ, None)
    return str(environ["REMOTE_ADDR"])


@requirement("G15", "A9")
@pytest.mark.parametrize(("proxies", "sent_by", "forwarded", "address"), [
    (0, "198.51.100.1", "203.0.113.7", "198.51.100.1"),
    (0, "::ffff:198.51.100.1", None, "198.51.100.1"),
    (0, "2001:db8:1:2::1%eth0", None, SIX),
    (0, "", None, NO_ADDRESS),
    (1, "10.0.0.1", "203.0.113.7:51234", FOUR),
    (1, "10.0.0.1", "192.0.2.1, 203.0.113.7:51235", FOUR),
    (1, "10.0.0.1", '"192.0.2.1, 203.0.113.7:51236', FOUR),
    (1, "10.0.0.1", "192.0.2.1,[2001:db8:1:2::1]:443", SIX),
    (1, "10.0.0.1", 'for=192.0.2.1, for="[2001:db8:1:2::1]:443"', SIX),
    (1, "10.0.0.1", "203.0.113.7, -", NO_ADDRESS),
    (1, "10.0.0.1", "203.0.113.7,", NO_ADDRESS),
    (1, "10.0.0.1", "", NO_ADDRESS),
    (1, "10.0.0.1", None, "10.0.0.1"),
    (2, "10.0.0.1", "203.0.113.7:5, 10.0.0.2:6", FOUR),
    (2, "10.0.0.1", "192.0.2.1, 203.0.113.7, 10.0.0.2", FOUR),
    (2, "10.0.0.1", "203.0.113.7", "10.0.0.1"),
    (3, "10.0.0.1", "203.0.113.7, 10.0.0.2", "10.0.0.1"),
])
def test_the_nearest_trusted_proxies_say_who_it_is(
    proxies: int, sent_by: str, forwarded: str | None, address: str
) -> None:
    assert seen(proxies, sent_by, forwarded) == address
