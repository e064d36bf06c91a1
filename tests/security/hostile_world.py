"""A force, its staff, its people and their record system, all of whom write the same texts everywhere.

Built once with payloads and once with plain words, page by page alike, so that a page of the one can be
compared with the page of the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from core.base.settings import Settings
from core.intake.store import LONG_WORD, LONGEST_REFERENCE
from core.testing import event, officer, people, person, recorded
from core.testing.browser import Page, form_on
from tests.pages import Browser
from tests.security import payloads

Texts = Callable[[int], list[str]]  # as many texts as are needed, each of at most so many signs
LINE, SUBJECT, TYPED, SEARCH, LONG, MESSAGE = 480, 180, 190, 95, 19_000, 3_900
NO_PAGES = {"static", "pages.leave", "pages.brand", "pages.logo"}
PLUGINS = "".join(f"[plugins.{name}]\n" for name in (
    "sign_in", "your_account", "passkeys", "messages", "officer_desk", "support", "eligibility",
    "record_feed"))
QUIET_SIGNS = str.maketrans({"\t": " "})


def hostile(most: int) -> list[str]:
    return [text.translate(QUIET_SIGNS) for text in payloads.together(most)]


def plain(most: int) -> list[str]:
    return ["some plain words"] * len(payloads.together(most))


def force_toml(force_id: str, texts: Texts) -> str:
    """A draft whose every free text is one of *texts*."""
    words, long = itertools.cycle(texts(LINE)), itertools.cycle(texts(1900))

    def line() -> str:
        return toml(next(words))

    return f"""id = "{force_id}"
name = {{ en = {line()}, cy = {line()} }}
short_name = {line()}
status = "draft"
nation = "England"
languages = ["en"]
non_emergency = "101"
governed_by = {line()}
notes = {toml(next(long))}
crime_types = [{{ id = "bicycle-theft", name = {{ en = {line()}, cy = {line()} }} }}]
[brand]
colour = "#14505c"
[email_sender]
name = {line()}
address = "no-reply@{force_id}.example"
discreet_address = "updates@letterbox.example"
[references]
[references.help]
en = {toml(next(long))}
{_lists_of(texts, line)}
[feed.sources.niche]
{PLUGINS}[[phases]]
name = {line()}
opens = 2016-04-01
districts = ["district-0"]
crime_types = ["bicycle-theft"]
"""


def _lists_of(texts: Texts, line: Callable[[], str]) -> str:
    """Districts and support, one for each text."""
    support = "".join(
        f'\n[[support]]\nid = "help-{n}"\nname = {{ en = {line()}, cy = {line()} }}\n'
        'phone = "0808 157 0000"\n'
        f"words = {{ en = {toml(text)}, cy = {toml(text)} }}\nhours = {{ en = {line()} }}\n"
        for n, text in enumerate(texts(1900))
    )
    districts = "".join(
        f'\n[[districts]]\nid = "district-{n}"\nname = {toml(f"{n} {one_name(text)}")}\n'
        for n, text in enumerate(texts(LINE))
    )
    return f"{districts}{support}"


def toml(text: str) -> str:
    """As a TOML string; a force.toml with unseen signs is refused, so they are left out."""
    text = "".join(sign for sign in text if sign.isprintable())
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def one_name(text: str) -> str:
    """As a district is called: with semicolons it would be refused as several."""
    return text.replace(";", ",")


def got(browser: Browser, path: str) -> str:
    """A page as it came; the kit's own checks take template syntax for a slip of ours."""
    return browser.client.get(browser.path(path)).text


def make_portal(settings: Settings, folder: Path, **forces: Texts) -> Flask:
    """A portal in demo mode that serves these forces too."""
    from core.app import create_app

    for force_id, texts in forces.items():
        (folder / force_id).mkdir(parents=True)
        (folder / force_id / "force.toml").write_text(force_toml(force_id, texts))
    return create_app(settings.model_copy(update={"forces_dir": folder}))


@dataclass
class World:
    """What was written at one force, and who reads it. ``page`` is called with each page seen."""

    app: Flask
    force: str
    texts: Texts
    case: UUID = field(init=False)
    others: list[UUID] = field(init=False)
    ids: dict[str, UUID] = field(init=False)
    opened: dict[str, list[str]] = field(default_factory=dict)  # who -> paths of pages
    read: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        people.take(self.app, *self._events(), force=self.force)
        met = people.meet(self.app, self._subjects[0], force=self.force)
        assert met.staff
        self.case = met.case
        self.ids = {"case_id": met.case, "person_id": met.people["P0"], "staff_id": met.staff}
        self.others = [people.meet(self.app, subject, force=self.force).case
                       for subject in self._subjects[1:len(self.texts(LINE))]]
        self.person = people.sign_in_as(self._browser(), person_id=met.people["P0"])
        self.officer = people.sign_in_as(self._browser(), staff_id=met.staff)
        self.nobody = self._browser()

    def _browser(self) -> Browser:
        return Browser(self.app, self.force)

    @property
    def _subjects(self) -> list[str]:
        """Whatever is let in as a reference: not long, and without long words."""
        given = ((n, f"{n} {text}") for n, text in enumerate(self.texts(SUBJECT)))
        return [text if len(text) <= LONGEST_REFERENCE and not LONG_WORD.search(text) else f"{n} ZZ"
                for n, text in given]

    def _events(self) -> Iterator[dict[str, Any]]:
        """From the record system: every text field of every type of event."""
        lines, (long,) = self.texts(LINE), self.texts(LONG)
        main = self._subjects[0]
        crowd = [
            person(n, id=f"P{n}", name={"given": line, "family": line}, organisation=line, postcode=line)
            for n, line in enumerate(lines)
        ]
        for n, subject in enumerate(self._subjects):
            line = lines[n % len(lines)]
            with_case = officer(id=f"O{n % len(lines)}", name=line, unit=f"{n} {line}", collar_number=line)
            yield recorded(
                subject, district="district-0", people=crowd if subject == main else crowd[:1],
                officer=with_case, summary=long if subject == main else line, incident_reference=line,
            )
        later = {"time": "2024-03-03T10:00:00Z"}
        yield event("crime.progress", main, text=long, next_step=long, **later)
        yield event("suspect.charged", main, text=long, **later)
        yield event("crime.outcome", main, outcome="1", reasons=long, done=long, **later)
        yield event("message.sent", main, to="P0", text=long, time="2024-03-04T10:00:00Z",
                    officer=officer(id="O0", name=lines[0], unit=lines[0], collar_number=lines[0]))

    # --- what people and officers write ---------------------------------------------------------

    def write(self) -> None:
        """Messages of the person, answers and updates of the officer, through their forms."""
        case, person_id = f"/case/{self.case}", self.ids["person_id"]
        for text in self.texts(MESSAGE):
            self._sent(self.person, f"{case}/messages", f"{case}/messages", text=text)
        for text in self.texts(MESSAGE):
            self._sent(self.officer, f"/desk{case}", f"/desk{case}/messages/{person_id}",
                       **{f"answer-{UUID(str(person_id)).hex}": text})
        for text, step in zip(self.texts(1900), self.texts(900), strict=False):
            self._sent(self.officer, f"/desk{case}", f"/desk{case}/update", text=text,
                       next_step=step[:480], stage="investigating")
        for reader, path in ((self.person, case), (self.person, f"{case}/messages"),
                             (self.officer, f"/desk{case}")):
            got(reader, path)  # so that nothing is new any more

    def _sent(self, browser: Browser, page: str, action: str, **fields: str) -> TestResponse:
        given = form_on(got(browser, page), browser.path(action)) | fields
        answer = browser.client.post(browser.path(action), data=given)
        assert answer.status_code == 303, answer.text
        return answer

    # --- what is read ----------------------------------------------------------------------------

    def pages(self) -> Iterator[tuple[str, str]]:
        """(kind, HTML) of every page that has an address, for everybody who may see it."""
        for who, browser in self.readers().items():
            self.opened[who] = []
            for endpoint, path in self.addresses():
                answer = browser.client.get(browser.path(path))
                if answer.mimetype == "text/html" and answer.status_code < 300 and answer.data:
                    self.opened[who].append(path)
                    yield f"{who}: {endpoint}", answer.text
        for case in self.others:
            yield "another case", got(self.person, f"/case/{case}")
        yield from self._rest_of_the_desk()

    def readers(self) -> dict[str, Browser]:
        return {"nobody": self.nobody, "person": self.person, "officer": self.officer}

    def addresses(self) -> Iterator[tuple[str, str]]:
        """(endpoint, path) of all that can be got here with the ids of the main case."""
        for rule in self.app.url_map.iter_rules():
            known = rule.arguments <= set(self.ids)
            if "GET" in (rule.methods or ()) and known and rule.endpoint not in NO_PAGES:
                built = rule.build({name: self.ids[name] for name in rule.arguments})
                assert built
                yield rule.endpoint, built[1]

    def _rest_of_the_desk(self) -> Iterator[tuple[str, str]]:
        shown = got(self.officer, "/desk/")
        while after := [link for link in Page(shown).links if "after=" in link]:
            shown = got(self.officer, after[0])
            yield "the desk, further", shown

    def echoes(self) -> Iterator[tuple[str, str]]:
        """(kind, HTML) of the pages that show again what was typed or stood in an address."""
        yield from self._details()
        for text in self.texts(LINE):
            given = {"kind": text, "district": text, "reported-day": text, "reported-month": text,
                     "call": text}
            for who, browser, path in (("nobody", self.nobody, "/can-i-track"),
                                       ("officer", self.officer, "/desk/can-they-track")):
                yield f"{who}: {path}", browser.client.get(browser.path(path), query_string=given).text
        seldom = people.sign_in_as(self._browser(), staff_id=people.staff_id(
            self.app, f"O{len(self.texts(LINE)) - 1}", force=self.force))
        form = form_on(got(seldom, "/desk/"), seldom.path("/desk/"))
        for text in self.texts(SEARCH):
            seldom.client.post(seldom.path("/desk/"), data=form | {"reference": f"zz {text}"})
            yield "the desk, searched", got(seldom, "/desk/?found=1")
        for text in self.texts(LINE):
            yield "mailbox of", self.nobody.client.get("/demo/mailbox/", query_string={"to": text}).text
        unsent = self.person.client.post(
            self.person.path(f"/case/{self.case}/messages"), data={"text": self.texts(LONG)[0]})
        yield "not sent", unsent.text

    def _details(self) -> Iterator[tuple[str, str]]:
        token = form_on(got(self.nobody, "/sign-in"), self.nobody.path("/sign-in"))
        for text in self.texts(TYPED):
            given = {name: text for name in token if name != "csrf_token"}
            given["surname"] = f"Khan {text}"  # else some are nobody's surname, which is a slip of its own
            answer = self.nobody.client.post(self.nobody.path("/sign-in"), data=token | given)
            assert answer.status_code == 400
            yield "sign-in", answer.text
