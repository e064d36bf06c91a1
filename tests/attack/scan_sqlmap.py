"""sqlmap tries every field of every form, and every parameter of every link, one request at a time."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.testing.browser import Page, form_on
from tests.attack import tool
from tests.attack.proxy import ENDS_A_VISIT, Counted

FOUND = re.compile(r"^Parameter: (.+)$", re.MULTILINE)
ENDED = re.compile(r"all tested parameters do not appear to be injectable|^Parameter: ", re.MULTILINE)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")
NOT_TRIED = {"csrf_token"}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Asked:
    """A request with something to try: a form as the page shows it, or a link with parameters."""

    method: str
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.fields if name not in NOT_TRIED]

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """Two requests of one shape reach the same code."""
        return self.method, UUID.sub("…", self.path), tuple(name for name, _ in self.fields)


def to_try(pages: Iterable[tuple[str, str]], good: Callable[[str, str], dict[str, str]]) -> list[Asked]:
    """(path, HTML) of pages -> each request that they lead to, once for its shape. *good* has values
    for fields of a form (method, path) with which it is taken as it is."""
    found: dict[object, Asked] = {}
    for path, html in pages:
        for asked in (*_links(html), *_forms(path, html, good)):
            found.setdefault(asked.shape, asked)
    return list(found.values())


def _links(html: str) -> Iterator[Asked]:
    for link in Page(html).links:
        parts = urlsplit(link)
        fields = tuple(parse_qsl(parts.query, keep_blank_values=True))
        if fields and not parts.netloc and parts.path.startswith("/"):
            yield Asked("GET", parts.path, fields)


class _Choices(HTMLParser):
    """The first choice of each list of a page that stands for something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.first: dict[str, str] = {}
        self._of = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self._of = given.get("name") or ""
        if tag == "option" and given.get("value"):
            self.first.setdefault(self._of, str(given["value"]))


def likely(name: str) -> str:
    """What somebody could write into a field of this name, so that the form is read to its end."""
    day = datetime.now(UTC).date() + (timedelta(7) if name.startswith("next") else timedelta(-30))
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return str(parts.get(name.rpartition("-")[2], "x"))


def _forms(path: str, html: str, good: Callable[[str, str], dict[str, str]]) -> Iterator[Asked]:
    choices = _Choices(html).first
    for form in Page(html).forms:
        action, method = str(form["action"] or path), str(form["method"]).upper()
        if not action.startswith("/") or ENDS_A_VISIT.fullmatch(f"{method} {action}"):
            continue
        fields = {**form["fields"], **form_on(html, action)} if form["fields"] else {}
        filled = {name: value or choices.get(name) or likely(name) for name, value in fields.items()}
        filled |= good(method, action)
        if set(filled) - NOT_TRIED:
            yield Asked(method, action, tuple(filled.items()))


def scan(
    program: Path, base: str, asked: Iterable[Asked], folder: Path, *, seconds: int,
    database: str = "postgresql",
) -> list[str]:
    """The findings, one line each; tries all as far as time allows, and says what was left out."""
    folder.mkdir(parents=True)
    deadline, found = time.monotonic() + seconds, list[str]()
    for number, one in enumerate(asked):
        left = deadline - time.monotonic()
        if left < 1:
            found.append(f"no time was left for {one.method} {one.path}")
            continue
        found += _try(program, base, one, folder / str(number), left, database)
    return found


def untouched(proxy: Counted, asked: Iterable[Asked]) -> list[str]:
    """Sends each request once as it is; those that do not come to their view."""
    found = []
    for one in asked:
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.base.rsplit(":", 1)[1]), timeout=20)
        sent = urlencode(one.fields)
        if one.method == "POST":
            connection.request("POST", one.path, sent, {"Content-Type": FORM})
        else:
            connection.request("GET", f"{one.path}?{sent}")
        answer = connection.getresponse()
        kind = proxy.kind(answer.status, answer.read(), answer.getheader("Location", ""))
        connection.close()
        if kind in ("refused", "429", "5xx"):
            found.append(f"{one.method} {one.path} as it is: {answer.status}, {kind}")
    return found


def not_tried(proxy: Counted, asked: Iterable[Asked]) -> list[str]:
    """Parameters that no second value came to: the tool never tried them."""
    return [
        f"{one.method} {one.path}: {name}" for one in asked for name in one.names
        if len(proxy.tried[f"{one.method} {proxy.rule(one.path)}", name]) < 2
    ]


def _try(
    program: Path, base: str, one: Asked, folder: Path, left: float, database: str
) -> list[str]:
    command = [
        str(program), "--batch", "-v", "1", "--disable-coloring", "--level", "1", "--risk", "1",
        "--technique", "BEU", "--dbms", database, "--flush-session", "--output-dir", str(folder),
        "--timeout", "10", "--retries", "0", "--skip-waf", "--ignore-code", "*",
        "--ignore-redirects", "-p", ",".join(one.names), "-u", base + one.path,
    ]
    if one.method == "POST":
        command += ["--data", urlencode(one.fields)]
    else:
        command[-1] += f"?{urlencode(one.fields)}"
    said = tool.run(command, seconds=max(left, 20))
    if said is None:
        return [f"took too long: {one.method} {one.path}"]
    if not ENDED.search(said):
        return [f"sqlmap did not work on {one.method} {one.path}: {said[-600:]}"]
    return [f"SQL injection: {one.method} {one.path}: {where}" for where in FOUND.findall(said)]
