"""sqlmap tries every field of every form, and every parameter of every link, one request at a time."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.testing.browser import Page, form_on

FOUND = re.compile(r"^Parameter: (.+)$", re.MULTILINE)
ENDED = re.compile(r"all tested parameters do not appear to be injectable|^Parameter: ", re.MULTILINE)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")
NOT_TRIED = {"csrf_token"}


@dataclass(frozen=True)
class Asked:
    """A request with something to try: a form as the page shows it, or a link with parameters."""

    method: str
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """Two requests of one shape reach the same code."""
        return self.method, UUID.sub("…", self.path), tuple(name for name, _ in self.fields)


def to_try(pages: Iterable[tuple[str, str]]) -> list[Asked]:
    """(path, HTML) of pages -> each request that they lead to, once for its shape."""
    found: dict[object, Asked] = {}
    for path, html in pages:
        for asked in (*_links(html), *_forms(path, html)):
            found.setdefault(asked.shape, asked)
    return list(found.values())


def _links(html: str) -> Iterator[Asked]:
    for link in Page(html).links:
        parts = urlsplit(link)
        fields = tuple(parse_qsl(parts.query, keep_blank_values=True))
        if fields and not parts.netloc and parts.path.startswith("/"):
            yield Asked("GET", parts.path, fields)


def _forms(path: str, html: str) -> Iterator[Asked]:
    for form in Page(html).forms:
        action = str(form["action"] or path)
        if action.startswith("/") and "sign-out" not in action and form["fields"]:
            filled = {k: v or "x" for k, v in {**form["fields"], **form_on(html, action)}.items()}
            yield Asked(str(form["method"]).upper(), action, tuple(filled.items()))


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


def _try(
    program: Path, base: str, one: Asked, folder: Path, left: float, database: str
) -> list[str]:
    names = [name for name, _ in one.fields if name not in NOT_TRIED]
    command = [
        str(program), "--batch", "-v", "1", "--disable-coloring", "--level", "1", "--risk", "1",
        "--technique", "BEU", "--dbms", database, "--flush-session", "--output-dir", str(folder),
        "--timeout", "10", "--retries", "0", "--skip-waf", "--ignore-code", "*",
        "--ignore-redirects", "-p", ",".join(names), "-u", base + one.path,
    ]
    if one.method == "POST":
        command += ["--data", urlencode(one.fields)]
    else:
        command[-1] += f"?{urlencode(one.fields)}"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=max(left, 20),
                              check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return [f"took too long: {one.method} {one.path}"]
    folder.mkdir(exist_ok=True)
    (folder / "said.txt").write_text(done.stdout + done.stderr)
    if not ENDED.search(done.stdout):
        return [f"sqlmap did not work on {one.method} {one.path}: {done.stdout[-300:]}{done.stderr[-300:]}"]
    return [f"SQL injection: {one.method} {one.path}: {where}" for where in FOUND.findall(done.stdout)]
