"""Four requests followed through the code: which files and rooms each enters, and the changes of room.

A walk is every start of a Python function of this project, in order, while one request is answered, in all
its threads; a generator that goes on starts anew. What it measures is how far a reader has to go who wants to
know what happens. Every request is sent once before, so that what is kept from the first is not counted.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any
from unittest.mock import patch

from tools.rooms import ROOT, room_of

CODE = re.compile(r"\b\d{6}\b")
# Who asks what holds for the work in hand, instead of being given it: a function by the names of its module,
# the newest first. One that is asked by another of its kind is the same question.
LOOK_UPS = {
    "force": {
        "current_force_id": ("core.base.scope", "core.scope"),
        "force_id_or_none": ("core.base.scope", "core.scope"),
        "installed": ("core.plugin_host.host", "core.plugin_host"),
        "the_force": ("core.plugin_host.host", "core.plugin_host"),
        "plugin_settings": ("core.plugin_host.host", "core.plugin_host"),
    },
    "language": {
        "language": ("core.base.i18n", "core.i18n"),
        "words": ("core.base.i18n", "core.i18n"),
        "pick_language": ("core.base.i18n", "core.i18n"),
    },
}


@dataclass
class Walk:
    """What was heard of one request: the files of each thread in order, and the look-ups by kind."""

    name: str
    heard: dict[int, list[Path]] = field(default_factory=dict)
    looked_up: Counter[str] = field(default_factory=Counter)
    entered: dict[tuple[str, str], int] = field(default_factory=dict)  # (file, function) -> which it was

    @property
    def files(self) -> set[Path]:
        return {one for files in self.heard.values() for one in files}

    @property
    def rooms(self) -> set[str]:
        return {room_of(one) for one in self.files}

    @property
    def changes(self) -> int:
        """How often one call is in another room than the call before it in the same thread."""
        return sum(room_of(a) != room_of(b) for files in self.heard.values() for a, b in pairwise(files))

    def __str__(self) -> str:
        asked = ", ".join(f"{self.looked_up[kind]} of the {kind}" for kind in LOOK_UPS)
        return (f"{self.name:18} {len(self.files):3} files {len(self.rooms):3} rooms {self.changes:4} changes"
                f"   looked up {sum(self.looked_up.values()):3}: {asked}")


def there(name: str, modules: tuple[str, ...]) -> Callable[..., Any]:
    """The function *name* of the first of *modules* that has it. Raises LookupError."""
    for module in modules:
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ModuleNotFoundError:
            continue
        if callable(found):
            function: Callable[..., Any] = inspect.unwrap(found)
            return function
    raise LookupError(f"{name} is in none of {', '.join(modules)}: say in tools/walks.py where it is now")


def look_ups() -> dict[CodeType, str]:
    """What is counted, with its kind."""
    return {
        there(name, modules).__code__: kind
        for kind, named in LOOK_UPS.items() for name, modules in named.items()
    }


def followed(path: str) -> Path | None:
    """The path in the project of a file that is followed: the portal's own, and no test kit."""
    file = Path(path)
    inside = file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path()
    ours = inside.suffix == ".py" and inside.parts[0] in ("core", "plugins", "forces")
    return inside if ours and inside.parts[:2] != ("core", "testing") else None


@contextmanager
def walk(name: str) -> Iterator[Walk]:
    """Everything that happens in the block, in this thread and in those that it starts."""
    kinds, known = look_ups(), dict[CodeType, Path | None]()
    found = Walk(name)

    def hear(frame: FrameType, what: str, _: Any) -> None:
        if what != "call":
            return
        code = frame.f_code
        if code not in known:
            known[code] = followed(code.co_filename)
        if path := known[code]:
            found.heard.setdefault(threading.get_ident(), []).append(path)
            found.entered.setdefault((path.as_posix(), code.co_qualname), len(found.entered))
            if code in kinds and not (frame.f_back and frame.f_back.f_code in kinds):
                found.looked_up[kinds[code]] += 1

    threading.setprofile(hear)
    sys.setprofile(hear)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


class Requests:
    """A portal with one case, its person and its officer; each method sends one request, and hears it."""

    def __init__(self, kit: ModuleType, portal: Any, force: str) -> None:
        self.kit, self.app, self.at = kit, portal.app, portal.at(force)
        # What the clock begins is of no request.
        importlib.import_module("core.plugin_host.jobs").registry(portal.app).periodic.clear()
        self.days = (f"2024-03-{day:02}T10:00:00Z" for day in itertools.count(3))
        own = self.at.installed.force
        self.reference = own.sample_reference(0, 2024)
        self.at.take_in(
            kit.recorded(self.reference, district=own.districts[0].id), kit.allocated(self.reference))
        self.case = self.at.case(self.reference).case
        self.person, self.officer = self.at.person(reference=self.reference), self.at.officer()
        keyring = importlib.import_module("plugins.record_feed.keyring")
        self.sender = next(iter(own.feed_sources))
        with self.at.scope() as session:
            self.key = keyring.make(self.sender)
            session.commit()

    def charged(self) -> Walk:
        """The record system says that somebody has been charged."""
        event = self.kit.event("suspect.charged", self.reference, time=next(self.days), text="A man, 34")
        body, browser = json.dumps(event).encode(), self.at.visitor()
        headers = self.signed(event["id"], body)
        with walk("charged: POST") as found:
            answer = browser.client.post(
                browser.path(f"/feed/v1/{self.sender}/events"), data=body, headers=headers)
        assert answer.get_json()["results"][0]["status"] == "accepted", answer.get_data(as_text=True)
        return found

    def signed(self, message: str, body: bytes) -> dict[str, str]:
        """The headers of a delivery to the feed."""
        signature = importlib.import_module("plugins.record_feed.signature")
        seconds = str(int(time.time()))
        signed = signature.sign(signature.key_bytes(self.key), message, seconds, body)
        return {"content-type": "application/cloudevents+json", "webhook-id": message,
                "webhook-timestamp": seconds, "webhook-signature": signed}

    def case_page(self) -> Walk:
        """A person opens her case."""
        browser = self.person
        with walk("case page") as found:
            answer = browser.client.get(browser.path(f"/case/{self.case}"), buffered=True)
        assert answer.status_code == 200, answer.status
        return found

    def code(self) -> Walk:
        """Somebody who signs in types the code that was sent."""
        browser = self.at.visitor()
        day = dict(zip(("year", "month", "day"), self.kit.person()["date_of_birth"].split("-"), strict=True))
        browser.post("/sign-in", {
            "crime_reference": self.reference, "surname": self.kit.person()["name"]["family"],
            "postcode": self.kit.person()["postcode"],
            **{f"date_of_birth-{part}": value for part, value in day.items()}})
        sent = next(found for one in reversed(self.at.letters()) if (found := CODE.search(one.text)))
        action = browser.path("/sign-in/code")
        filled = self.kit.form_on(browser.get("/sign-in/code").get_data(as_text=True), action)
        return self.sent("code: POST", browser, action, {**filled, "code": sent[0]})

    def update(self) -> Walk:
        """The officer of the case posts an update at the desk."""
        browser = self.officer
        page = browser.path(f"/desk/case/{self.case}")
        filled = self.kit.form_on(browser.client.get(page).get_data(as_text=True), f"{page}/update")
        return self.sent("officer's update", browser, f"{page}/update", {
            **filled, "stage": "investigating", "text": "I have seen the footage.", "next_step": ""})

    def letters(self) -> Walk:
        """The worker sends what is due."""
        with walk("letters") as found:
            assert self.at.letters()
        return found

    def message(self) -> Walk:
        """The person writes to her officer."""
        browser = self.person
        page = browser.path(f"/case/{self.case}/messages")
        filled = self.kit.form_on(browser.client.get(page).get_data(as_text=True), page)
        return self.sent("message: POST", browser, page, {**filled, "text": "Have you found my bicycle?"})

    def desk_page(self) -> Walk:
        """The officer opens the case at the desk."""
        browser = self.officer
        with walk("desk page") as found:
            answer = browser.client.get(browser.path(f"/desk/case/{self.case}"), buffered=True)
        assert answer.status_code == 200, answer.status
        return found

    def sent(self, name: str, browser: Any, action: str, filled: dict[str, str]) -> Walk:
        with walk(name) as found:
            answer = browser.client.post(action, data=filled, buffered=True)
        assert answer.status_code == 303, answer.status
        return found

    def walks(self) -> Iterator[Walk]:
        steps: tuple[Callable[[], Walk], ...] = (self.charged, self.case_page, self.code, self.update)
        for step in steps:
            step()
            yield step()


NEEDED = {"record_feed", "sign_in", "officer_desk", "messages"}


def walks(force: str | None = None) -> list[Walk]:
    """The four walks at *force*, by default the first that has all that they need. Takes about 10 seconds.

    Raises LookupError when no force has it, and AssertionError when a request is answered otherwise.
    """
    with requests(force) as found:
        return list(found.walks())


@contextmanager
def requests(force: str | None = None) -> Iterator[Requests]:
    """A portal of its own to send requests to, at *force* as in :func:`walks`."""
    kit = importlib.import_module("core.testing")
    rules = importlib.import_module("plugins.sign_in.rules")
    sessions = importlib.import_module("core.web.sessions")
    # No wait that chance chooses, and no visit that grows old on a busy machine.
    with kit.portal() as portal, patch.object(rules, "SEND_WITHIN", 0), \
            patch.object(sessions, "TOUCH_EVERY", timedelta(days=1)):
        host = there("host", ("core.plugin_host.host", "core.plugin_host"))
        chosen = force or first_able(host(portal.app).installed)
        yield Requests(kit, portal, chosen)


def first_able(installed: Mapping[str, Any]) -> str:
    """The first of the forces that has the plugins and a district. Raises LookupError."""
    for name, one in sorted(installed.items()):
        if {*one.force.plugins} >= NEEDED and one.force.districts:
            return name
    raise LookupError(f"no force has districts and the plugins {', '.join(sorted(NEEDED))}")
