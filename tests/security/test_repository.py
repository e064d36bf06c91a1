"""Nothing secret stands in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.security.checklist import requirement

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a key of AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of GitHub": r"\bgh[pousr]_[A-Za-z0-9]{30,}\b",
    "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a signing key of the feed": r"\bwhsec_[A-Za-z0-9+/=]{24,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    "32 bytes in base64": r"(?<![A-Za-z0-9+/=-])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])",
    "32 bytes in hex": r"(?<![0-9a-fA-F:])[0-9a-fA-F]{64}(?![0-9a-fA-F])",
    "a password in an address": r"://[^\s/:@\"'<>{}$…]+:(?!password@)[^\s/@\"'<>{}$…]{3,}@",
    "a password in code": r"(?i)\b(?:password|passwd|secret|api_?key|token)\b\s*[=:]\s*"
                          r"[\"'][^\"'\s{}<>…]{8,}[\"']",
}
HASHES_OF_PACKAGES = re.compile(r"requirements[\w-]*\.txt|package-lock\.json")
# What looks like one and is none: the file, and the words.
KNOWN = {
    ("tests/plugins/email_notices/test_email_sending.py", "a password in an address"),
    ("tests/plugins/email_notices/test_email_connections.py", "a password in an address"),
    ("tests/core/app/test_start.py", "a password in an address"),
}
FILES_OF_SECRETS = re.compile(r"(^|/)(\.env.*|.*\.(pem|key|p12|pfx|kdbx|sqlite3?|dump|pgdump))$")


def found_in(text: str) -> set[str]:
    return {what for what, pattern in SECRETS.items() if re.search(pattern, text)}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@requirement("G11")
def test_no_tracked_file_holds_a_secret() -> None:
    names = tracked()
    assert len(names) > 300
    found = {
        (name, what)
        for name in names if not HASHES_OF_PACKAGES.fullmatch(name)
        for what in found_in((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    }
    assert found - KNOWN == set()
    assert [name for name in names if FILES_OF_SECRETS.search(name)] == []


@pytest.mark.parametrize(("what", "planted"), [
    ("a private key", "-----BEGIN EC " + "PRIVATE KEY-----"),
    ("a key of AWS", "AKIA" + "ABCDEFGHIJKLMNOP"),
    ("a token of GitHub", "ghp_" + "a1" * 18),
    ("a signing key of the feed", "whsec_" + "Ab3/" * 8),
    ("32 bytes in base64", "key: " + "q8Zr" * 10 + "abc="),
    ("32 bytes in hex", "0f" * 32),
    ("a password in an address", "postgresql://tmc:" + "hunter22@db/x"),
    ("a password in code", "PASS" + 'WORD = "correct-horse"'),
])
def test_a_planted_secret_is_found(what: str, planted: str) -> None:
    assert what in found_in(f"first line\n{planted}\nlast line")


@requirement("G11")
def test_nothing_secret_goes_into_the_package() -> None:
    """The wheel takes files by their ending; none of these endings is one that keys have."""
    taken = re.findall(r"^    \*(\.\w+)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)
    assert ".html" in taken
    assert [ending for ending in taken if FILES_OF_SECRETS.search(f"x{ending}")] == []
