"""Which addresses letters can go to, and in which form: IDNA 2008, never 2003."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from core.base import address_syntax
from core.base.address_syntax import NoAddress, ascii_domain
from core.base.email_address import ascii_address, comparable, is_address
from core.base.installation import installation
from core.base.mail_server import MailServer as Address
from core.cases.people import was_replaced

ROOT = Path(__file__).resolve().parents[3]

# What the standard of 2003 folded or dropped, and so gave to other people's domains, comes first.
DOMAINS = {
    "straße.example": "xn--strae-oqa.example",
    "STRASSE.example": "strasse.example",
    "fußball.example": "xn--fuball-cta.example",
    "βόλος.example": "xn--nxasmm1c.example",
    "ΒΌΛΟΣ.example": "xn--nxasmq6b.example",  # a capital has one small letter only
    "نامه\u200cای.example": "xn--mgba3gch31f060k.example",
    "ශ්\u200dරී.example": "xn--10cl1a0b660p.example",
    "exam\u00adple.example": "example.example",
    "ｅｘａｍｐｌｅ.example": "example.example",
    "example。example": "example.example",
    "Bücher.Example": "xn--bcher-kva.example",
    "bu\u0308cher.example": "xn--bcher-kva.example",
    "xn--bcher-kva.example": "xn--bcher-kva.example",
    "XN--STRAE-OQA.example": "xn--strae-oqa.example",
    "example.example.": "example.example",
    "a" * 63 + ".example": "a" * 63 + ".example",
    "ﬁsh.example": "fish.example",
    "3m.example": "3m.example",
}
NO_DOMAINS = (
    "i❤.example", "☕.example", "👍.example", "a\u200db.example", "a\u200cb.example", "a" * 64 + ".example",
    "xn--a.example", "xn--strasse-.example", "-a.example", "a-.example", "a_b.example", "a..example",
    ".example", "example..", "", ".", "exa mple.example", "exa\nmple.example", "ex@mple.example",
    "․example", "a\x00.example", "\u0301a.example", ("a" * 60 + ".") * 5 + "example",
)
NO_ADDRESSES = (
    "", "none", "@example.com", "ada@", "ada", "ada@example", "ada@localhost", "ada@127.0.0.1",
    "ada@[127.0.0.1]", "ada@example.123", "ada@example.invalid", "ada@x.onion", "ö@example.com",
    "o’brien@example.com", "ada\u200b@example.com", "a\u00adda@example.com", "ada..b@example.com",
    ".ada@example.com", "ada.@example.com", "a" * 65 + "@example.com", '"ada b"@example.com',
    "ada b@example.com", "ada@example.com,b@example.com", "Ada <ada@example.com>", "ada@b@example.com",
    "ada(x)@example.com", "ada@example.com\nBcc: b@example.com",
    "a" * 64 + "@" + ("b" * 60 + ".") * 3 + "example.com",
)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_is_its_own_and_nobody_elses(domain: str) -> None:
    assert ascii_address(f"ada@{domain}") == f"ada@{DOMAINS[domain]}"
    assert ascii_domain(domain) == DOMAINS[domain]


@pytest.mark.parametrize("domain", NO_DOMAINS)
def test_a_domain_that_idna_2008_refuses_is_no_address(domain: str) -> None:
    with pytest.raises(NoAddress):
        ascii_address(f"ada@{domain}")


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_no_letter_reaches_is_no_address_and_its_reason_does_not_repeat_it(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(NoAddress) as refused:
        ascii_address(text)
    assert not re.findall(r"ada|example|brien", str(refused.value))


@pytest.mark.parametrize("text", [
    "ada@example.com", "Ada.B+portal@example.co.uk", "o'brien@example.com", "a_b-c@example.org",
    "ada@staff.test", "ada@printer.local",
])
def test_an_ordinary_address_goes_as_it_stands(text: str) -> None:
    assert ascii_address(text) == text


def test_made_up_domains_are_for_samples_and_tests_only(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = installation(app).settings.model_copy(update={"mode": "production"})
    with app.app_context():
        assert is_address("ada@staff.test") and is_address("ada@printer.local")
        monkeypatch.setattr(installation(app), "settings", real)
        assert not is_address("ada@staff.test") and not is_address("ada@printer.local")
        assert is_address("ada@example.com")


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Ada@Example.com", "ada@example.com.", True),
    ("ada@straße.example", "ada@XN--STRAE-OQA.example", True),
    ("ada@straße.example", "ada@strasse.example", False),
    ("none", " None ", True),
    (None, "", True),
])
def test_two_spellings_of_one_address_are_one(one: Any, other: Any, same: bool) -> None:
    assert (comparable(one) == comparable(other)) is same


def test_an_address_replaced_here_does_not_come_back_in_another_spelling() -> None:
    gone = '{"email": ["Ada@straße.example"]}'
    assert was_replaced(gone, "email", "ada@xn--strae-oqa.example")
    assert not was_replaced(gone, "email", "ada@strasse.example")
    assert not was_replaced(gone, "phone", "ada@xn--strae-oqa.example")


def test_a_mail_server_is_asked_for_by_its_name_of_2008() -> None:
    assert Address.of("smtp://post.straße.example:587").host == "post.xn--strae-oqa.example"
    with pytest.raises(ValueError, match="IDNA 2008"):
        Address.of("smtp://post.☕.example:587")


# --- Python's own codec ---------------------------------------------------------------------------


def texts_of_2003(path: Path) -> Iterator[str]:
    """Where Python's codec "idna" (of 2003) is named, whatever for."""
    for node in ast.walk(ast.parse(path.read_text())):
        named = isinstance(node, ast.Constant) and node.value in ("idna", "punycode", "IDNA")
        imported = isinstance(node, ast.ImportFrom | ast.Import) and any(
            "encodings" in f"{getattr(node, 'module', '')} {name.name}" for name in node.names)
        if named or imported:
            yield f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def test_pythons_codec_of_2003_is_used_nowhere(tmp_path: Path) -> None:
    code = [p for folder in ("core", "plugins", "forces", "tools") for p in (ROOT / folder).rglob("*.py")]
    assert len(code) > 200
    assert [place for path in code for place in texts_of_2003(path)] == []


@pytest.mark.parametrize("text", [
    '"a".encode("idna")', "from encodings import idna", "import encodings.idna",
])
def test_the_same_search_finds_it(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(text)
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert len(list(texts_of_2003(tmp_path / "bad.py"))) == 1


# --- the short way says what the libraries say -------------------------------------------------

_letters = st.sampled_from("abzAZ09k._+-@ ßéſ\u212a")
_label = st.text(st.sampled_from("abzAZ019-"), min_size=1, max_size=64)
_domains = st.lists(_label, min_size=1, max_size=5).map(".".join) | st.text(_letters, max_size=12)


@given(st.text(_letters, min_size=1, max_size=66), _domains)
@example("a" * 64, "b" * 63 + ".com")
@example("a" * 65, "b" * 64 + ".com")
@example("a", "xn--strae-oqa.example")
@example("a", ".".join(["b" * 62] * 4) + ".com")
@example("\u212aa", "\u212aa.com")
def test_an_ordinary_address_is_read_as_the_libraries_read_it(local: str, domain: str) -> None:
    read = address_syntax.ascii_address.__wrapped__

    def address_or_fault(text: str) -> str:
        try:
            return str(read(text, True))
        except NoAddress as why:
            return f"refused: {why}"

    never = re.compile("(?!)")
    with mock.patch.multiple(address_syntax, PLAIN_LOCAL=never, PLAIN_DOMAIN=never):
        slowly = address_or_fault(f"{local}@{domain}")
    assert address_or_fault(f"{local}@{domain}") == slowly
