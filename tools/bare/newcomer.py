"""What somebody new does, in the folder they cloned: the README's lines, and a first sign-in.

Runs inside a bare root, with the Python that is there and nothing else; ``--part N`` takes a tenth of
the tests, and a browser's among them.
"""

from __future__ import annotations

import argparse
import hashlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

PARTS = 10
READY_WITHIN, LETTER_WITHIN, STOPS_WITHIN = 1200, 120, 60  # seconds: ceilings, not measures
HEADING = "## Two commands"
SAMPLE = re.compile(r"^ +(\w+) +(\S+) +(\S+) +(\d\d)-(\d\d)-(\d{4})  (\S+ \S+)$", re.MULTILINE)
SIGN_IN = re.compile(r"sign in as a victim +(\S+)")


class Failed(Exception):
    """The README promised otherwise; the text says what came instead."""


def lines_to_copy(readme: Path) -> list[str]:
    """The lines to copy under the heading of the two commands, without what explains them."""
    section = readme.read_text(encoding="utf-8").split(HEADING, 1)[1].split("\n## ", 1)[0]
    lines = [line.split(" # ")[0].strip() for line in section.splitlines() if line.startswith("    ")]
    return [line for line in lines if line]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=int, choices=range(PARTS))
    part = parser.parse_args().part
    _, *lines = lines_to_copy(Path("README.md"))
    run = next(line for line in lines if line.startswith("make run"))
    test = next(line for line in lines if line.startswith("make test"))
    try:
        with running(run) as said:
            sign_in(said)
        say("signed in with the code from the mailbox")
        tests(test, part)
    except Failed as failure:
        say(f"FAILED: {failure}")
        return 1
    say("all as the README says")
    return 0


@contextmanager
def running(line: str) -> Iterator[str]:
    """The demo as *line* starts it, until Ctrl-C; what it printed until it was ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = Path("run.log")
    say(line)
    with log.open("wb") as output:
        process = subprocess.Popen(["sh", "-c", line], stdout=output, stderr=subprocess.STDOUT,
                                   env=os.environ | {"PORT": str(port)}, start_new_session=True)
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not re.search(r"^ready http", text := log.read_text(encoding="utf-8"), re.MULTILINE):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{line} was never ready:\n{text}")
            time.sleep(0.2)
        yield text
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise Failed(f"{line} does not stop with Ctrl-C") from None
        log.unlink()


class Page(HTMLParser):
    """The hidden fields of the first form that is posted to the address it is read from."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()
        self._within = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = not self.action and given.get("method") == "post" \
                and "/sign-in" in given.get("action", "")
            self.action = given["action"] if self._within else self.action
        elif self._within and tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "form"


def sign_in(said: str) -> None:
    """As the first sample person of the last force: details, the code from the mailbox, the case."""
    address = SIGN_IN.findall(said)[-1]
    people = SAMPLE.findall(said[said.rindex(address):])
    if not people:
        raise Failed(f"make run printed no sample people:\n{said}")
    _, reference, surname, day, month, year, postcode = people[0]
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    before = letters(opener, address)
    asked = post(opener, address, read(opener, address), {
        "crime_reference": reference, "surname": surname, "date_of_birth-day": day,
        "date_of_birth-month": month, "date_of_birth-year": year, "postcode": postcode})
    code = code_among(opener, address, before)
    shown = post(opener, address, asked, {"code": code})
    if reference not in shown or "sign-out" not in shown:
        raise Failed(f"after the code no page of the case {reference} came:\n{shown[:2000]}")


def read(opener: urllib.request.OpenerDirector, address: str) -> str:
    with opener.open(address, timeout=30) as answer:
        return str(answer.read().decode())


def post(opener: urllib.request.OpenerDirector, base: str, html: str, typed: dict[str, str]) -> str:
    """The page that comes of filling in the form of *html*."""
    form = Page(html)
    if not form.action:
        raise Failed(f"no form to sign in with:\n{html[:2000]}")
    body = urllib.parse.urlencode(form.fields | typed).encode()
    headers = {"Referer": base, "Origin": base.split("/", 3)[0] + "//" + base.split("/", 3)[2]}
    request = urllib.request.Request(  # noqa: S310 - our own demo's
        urllib.parse.urljoin(base, form.action), body, headers)
    with opener.open(request, timeout=30) as answer:
        return str(answer.read().decode())


def letters(opener: urllib.request.OpenerDirector, address: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        read(opener, urllib.parse.urljoin(address, "/demo/mailbox.json")))
    return found


def code_among(
    opener: urllib.request.OpenerDirector, address: str, before: list[dict[str, str]]
) -> str:
    """The code in the letter that came since."""
    deadline = time.monotonic() + LETTER_WITHIN
    while time.monotonic() < deadline:
        for letter in letters(opener, address):
            code = re.search(r"\b(\d{6})\b", letter["text"])
            if letter not in before and code:
                return code[1]
        time.sleep(0.5)
    raise Failed("no letter with a code came into the mailbox")


def tests(line: str, part: int | None) -> None:
    # none is skipped for a program: all of them are in the README's first line
    environment = os.environ | {"BARE": "true"}
    if part is not None:
        environment["TESTS"] = " ".join(chosen(part))
        say(f"{line} with {environment['TESTS']}")
    else:
        say(line)
    if subprocess.run(["sh", "-c", line], env=environment, check=False).returncode:
        raise Failed(f"{line} is not green")


def chosen(part: int) -> list[str]:
    """A tenth of the files of tests, each in one of the parts, and a browser's file in each."""
    files = sorted(str(path) for path in Path("tests").rglob("test_*.py")
                   if not {"examples", "faults"} & set(path.parts))
    browsers = [file for file in files if file.startswith("tests/browser/")]
    tenth = {file for file in files if int(hashlib.sha256(file.encode()).hexdigest(), 16) % PARTS == part}
    return sorted({*tenth, browsers[part % len(browsers)]})


def say(words: str) -> None:
    print(f"newcomer: {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
