"""The letters of the demo's mailbox: kept as files by the mail process, read by the web process.

A letter is an ``.eml`` file. Its first line is ours and says when it came and for whom; a letter's
own headers stand below it and so cannot pretend to be that line.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from pathlib import Path

from core.base import clock

MARK = b"X-Demo-Mailbox: "
LONGEST_MARK = 65_536
LONGEST_HEADER = 1_000
MOST_LETTERS = 200
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-\d{20}-[0-9a-f]{8}", re.ASCII)  # what keep() calls a letter
# all control characters but tab and line feed
_INVISIBLE = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)])


@dataclass(frozen=True)
class Letter:
    """A letter as the demo shows it: plain text throughout, but for ``html``, which only a page that runs
    nothing may show."""

    name: str
    to: str
    from_: str
    subject: str
    moment: datetime
    text: str
    html: str

    @property
    def sent_at(self) -> str:
        moment = self.moment.astimezone(UTC).isoformat(timespec="milliseconds")
        return moment.replace("+00:00", "Z")


class Mailbox:
    """A folder of letters."""

    def __init__(self, store: Path) -> None:
        self._store = store

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Write a letter down; readers see all of it or nothing."""
        now = clock.now()
        known = {"at": now.isoformat(), "from": sender, "to": list(recipients)}
        self._store.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{now:%Y%m%dT%H%M%S.%f}-{time.monotonic_ns():020d}-{secrets.token_hex(4)}"
        unfinished = self._store / f"{name}.part"
        try:
            with open(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(MARK + json.dumps(known).encode() + b"\r\n" + content)
            unfinished.rename(self._store / f"{name}.eml")
        finally:
            unfinished.unlink(missing_ok=True)


def keep_text(store: Path, number: str, text: str) -> None:
    """A text message, beside the letters: without a sender's address, its number as it is."""
    content = EmailMessage()
    content["Subject"] = "Text message"
    content.set_content(text)
    Mailbox(store).keep("", [number], content.as_bytes())


def letters(store: Path, to: str | None = None, most: int = MOST_LETTERS) -> list[Letter]:
    """The letters in *store*, newest first; only those to the address *to* when it is given."""
    wanted = (to or "").strip().casefold()
    found: list[Letter] = []
    for path in sorted(store.glob("*.eml"), reverse=True):
        with suppress(FileNotFoundError):  # somebody empties the mailbox while we read
            found += _read(path, wanted)
        if len(found) >= most:
            break
    return found


def letter_named(store: Path, name: str) -> Letter | None:
    """The letter that :meth:`Mailbox.keep` gave this name; None if there is none."""
    if not NAME.fullmatch(name):
        return None
    with suppress(FileNotFoundError):
        return next(iter(_read(store / f"{name}.eml", "")), None)
    return None


def mailbox_json(store: Path, to: str | None = None) -> list[dict[str, str]]:
    """What ``/demo/mailbox.json`` answers."""
    return [
        {
            "to": letter.to,
            "from": letter.from_,
            "subject": letter.subject,
            "sent_at": letter.sent_at,
            "text": letter.text,
            "html": letter.html,
        }
        for letter in letters(store, to)
    ]


def mailbox_page(
    store: Path, to: str | None = None, withheld: Iterable[str] = ()
) -> dict[str, object]:
    """The values for the template ``demo/mailbox.html``; *withheld* are sentences for its top."""
    to = (to or "").strip()
    return {"letters": letters(store, to), "to": to, "withheld": list(withheld)}


def _read(path: Path, wanted: str) -> list[Letter]:
    with path.open("rb") as file:
        mark = file.readline(LONGEST_MARK)
        if not mark.startswith(MARK):  # not one of ours
            return []
        known = json.loads(mark.removeprefix(MARK))
        if wanted and wanted not in [address.casefold() for address in known["to"]]:
            return []
        content = file.read()
    try:
        return [_understand(path.stem, known, message_from_bytes(content))]
    except RecursionError:  # parts within parts within parts
        return [_understand(path.stem, known, Message(), content.decode(errors="replace"))]


def _understand(
    name: str, known: dict[str, str], message: Message, as_it_came: str = ""
) -> Letter:
    return Letter(
        name=name,
        to=_line(", ".join(known["to"])),
        from_=_header(message, "From") or _line(known["from"]),
        subject=_header(message, "Subject"),
        moment=datetime.fromisoformat(known["at"]),
        text=_clean(as_it_came) or _body(message, "text/plain"),
        html=_body(message, "text/html"),
    )


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name, ""))[: 4 * LONGEST_HEADER]
    try:
        return _line(str(make_header(decode_header(raw))))
    except (HeaderParseError, LookupError, ValueError):  # a character set that does not exist …
        return _line(raw)


def _line(text: str) -> str:
    """One line, without characters that are unseen or turn the writing round."""
    line = " ".join(text.split())[:LONGEST_HEADER]
    return "".join(letter for letter in line if letter.isprintable())


def _body(message: Message, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            return _clean(_decode(content, part.get_content_charset("utf-8")))
    return ""


def _decode(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):  # no such character set
        return content.decode("utf-8", "replace")


def _clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    return lines.encode("utf-8", "replace").decode()
