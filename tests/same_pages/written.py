"""How an answer is written down, so that two of the same page are the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from werkzeug.test import TestResponse

# What each answer has another of, and no reader sees.
CHANCE = (
    (re.compile(r'(name="(?:csrf_token|form_key|answer_key|contact_key|call)" value=")[^"]+'), r"\1CHANCE"),
    (re.compile(r"(data-[\w-]*(?:challenge|options)[\w-]*=\")[^\"]+"), r"\1CHANCE"),
    (re.compile(r"('nonce-|nonce=\")[\w+/=-]+"), r"\1CHANCE"),
    (re.compile(r"((?:\?|&amp;|&)(?:version|v|call)=)[\w-]+"), r"\1CHANCE"),
    (re.compile(r"(?<![\w-])([\w-]{1,60})[.-][0-9a-f]{8,40}(\.(?:css|js|svg|woff2))\b"), r"\1.HASH\2"),
    (re.compile(r'(id="activation-code"[^>]*>)[^<]+'), r"\1CODE"),
    (re.compile(r"(<li>\s*<strong>)[A-Z0-9](</strong> )[^<]+(?=</li>)"), r"\1SIGN\2SPELLED"),
    (re.compile(r"(<strong>(?:<bdi>)?)[0-9A-F]{8}((?:</bdi>)?</strong>)"), r"\1REFERENCE\2"),
    (re.compile(r'(<code class="pv-file">)[^<]*(?=/forces/)'), r"\1CHECKOUT"),
    (re.compile(r"\d{8}T\d{6}\.\d{6}-\d{20}-[0-9a-f]{8}"), "LETTER"),
    (re.compile(r"(127\.0\.0\.1|localhost|portal\.test):\d+"), r"\1:PORT"),
)
# with hyphens or, in a name of HTML, without
UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}(?![0-9a-f])")
CODE = re.compile(r"(?<![\w#/-])(?<!\d )\d{6}(?![\w/-])")  # no colour, no phone, no crime reference
SILENT = {"date", "content-length", "etag", "last-modified", "server", "connection"}
COOKIE, COOKIE_INSTEAD = re.compile(r"^([^=]+)=[^;]*"), r"\1=CHANCE"


def masked(text: str) -> str:
    """*text* without what chance chose; ids are counted as they come, so that which is which is kept."""
    for pattern, instead in CHANCE:
        text = pattern.sub(instead, text)
    text = CODE.sub("CODE", text)
    ids: dict[str, str] = {}
    return UUID.sub(lambda found: ids.setdefault(found[0].replace("-", ""), f"ID-{len(ids) + 1}"), text)


def lines(html: str) -> str:
    """White space as a reader takes it, and a line for each tag.

    What stands before a tag stays: a blank there may part two words. ``<bdi>`` begins no line, so that a
    list of differences can drop it.
    """
    return re.sub(r"(<(?!/|bdi\b)[^>]*>)", r"\n\1", re.sub(r"\s+", " ", html)).strip()


def headers_of(answer: TestResponse) -> list[str]:
    """Those that a browser heeds; of cookies all but their values."""
    kept = [(name.lower(), value) for name, value in answer.headers if name.lower() not in SILENT]
    return sorted(
        f"{name}: {COOKIE.sub(COOKIE_INSTEAD, value) if name == 'set-cookie' else value}"
        for name, value in kept)


def written(answer: TestResponse) -> str:
    """Status, headers and content of an answer."""
    text = answer.get_data(as_text=True)
    if answer.mimetype == "application/json" and text:
        text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    content = lines(text) if answer.mimetype == "text/html" else text
    return masked("\n".join([answer.status, *headers_of(answer), "", content]))


def letters_written(folder: Path) -> Iterable[str]:
    """Every letter of a mailbox: what is said to whom, as text and as HTML, by the words of it."""
    return sorted(_letter(path.read_bytes()) for path in folder.glob("*.eml"))


def _letter(raw: bytes) -> str:
    """The first line is the mailbox's own: when the letter came."""
    letter = message_from_bytes(raw.partition(b"\n")[2], policy=policy.default)
    assert isinstance(letter, EmailMessage)
    heads = [f"{name}: {value}" for name, value in letter.items()
             if name.lower() not in ("date", "message-id", "content-type")]
    parts = [f"--- {part.get_content_type()}\n{_content(part)}"
             for part in letter.walk() if not part.is_multipart()]
    return masked("\n".join([*sorted(heads), *parts]))


def _content(part: EmailMessage) -> str:
    content = str(part.get_content())
    return lines(content) if part.get_content_type() == "text/html" else content


class Pages:
    """The folder of files, one for each state."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.count = folder, 0

    def keep(self, state: str, text: str) -> None:
        """Raises FileExistsError for a second page of the same name: one of both would be lost."""
        path = self._folder / f"{state}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text + "\n")
        self.count += 1
