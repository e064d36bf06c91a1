"""A visitor's browser: keeps cookies, fills the form token, checks every page it is shown."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.web.security import HEADERS

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}
NEED_LABEL = ("input", "textarea", "select")
LABELLED_BY = ("aria-label", "aria-labelledby")


class Page(HTMLParser):
    """What the checks and the tests need of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.h1: list[str] = []
        self.title = ""
        self.ids: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self.text = ""
        self.links: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.problems += [
            f"the field {name} has no label" for name, own in self.fields if own not in self.labels
        ]
        if self._open:
            self.problems.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "label":
            self.labels.add(str(given.get("for")))
        seen = tag in NEED_LABEL and given.get("type") not in ("hidden", "submit", "button")
        if seen and not any(given.get(name) for name in LABELLED_BY):
            self.fields.append((str(given.get("name")), str(given.get("id", "?"))))
        if tag == "html" and not given.get("lang"):
            self.problems.append("the page does not say its language")
        if tag == "h1" and "template" not in self._open:
            self.h1.append("")
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "form":
            self.forms.append(
                {"action": given.get("action"), "method": given.get("method", "get"), "fields": {},
                 "sent_by": 0}
            )
        if tag in ("input", "button") and self.forms and "form" in self._open:
            self.forms[-1]["sent_by"] += given.get("type", "submit" if tag == "button" else "") == "submit"
        if tag == "input" and given.get("type") == "hidden" and given.get("autocomplete") in ("on", "off"):
            self.problems.append(f"the hidden {given.get('name')} says whether it is filled in")
        if tag in ("input", "textarea", "select", "button") and self.forms and given.get("name"):
            self.forms[-1]["fields"][given["name"]] = given.get("value") or ""
        if any(name.startswith("on") or name == "style" for name in given):
            self.problems.append(f"<{tag}> has an inline handler or style")
        if tag == "script" and "src" not in given:
            self.problems.append("an inline script")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:]}")
            if tag in self._open:
                while self._open and self._open.pop() != tag:
                    pass
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if "template" in self._open:  # shown by a script only, in place of something else
            return
        if "title" in self._open:
            self.title += data
        elif "script" not in self._open and "style" not in self._open:
            self.text += data
        if "h1" in self._open:
            self.h1[-1] += data


def words(text: str) -> str:
    """*text* as a reader takes it: white space is one blank."""
    return re.sub(r"\s+", " ", text).strip()


def check_page(answer: TestResponse) -> Page:
    """The page of an answer. Fails unless it has one h1, a title that begins with it, unique ids, a label
    for every field, forms with an action and a button that sends them, nothing inline, and the portal's
    headers."""
    page = Page(answer.get_data(as_text=True))
    page.text = words(page.text)
    problems = list(page.problems)
    if len(page.h1) != 1:
        problems.append(f"{len(page.h1)} h1: {page.h1}")
    else:
        title = re.sub(r"^(Error|Gwall): ", "", words(page.title))
        if not title.startswith(words(page.h1[0])):
            problems.append(f"the title {page.title!r} does not begin with {page.h1[0]!r}")
    problems += [f"id {name} stands {n} times" for name, n in Counter(page.ids).items() if n > 1]
    problems += ["a form without an action" for form in page.forms if not form["action"]]
    problems += [f"nothing sends the form to {f['action']}" for f in page.forms if not f["sent_by"]]
    problems += [f"no header {name}" for name in HEADERS if name not in answer.headers]
    if "%(" in page.text or "{{" in page.text:
        problems.append("a placeholder is shown")
    assert not problems, f"{answer.request.path}: {problems}"
    return page


class Browser:
    """One visitor at one force: keeps cookies, and every page it is shown is checked.

    ``page`` is the last one: its ``text``, ``h1``, ``links`` and ``forms``.
    """

    def __init__(self, app: Flask, force: str | None, address: str = "127.0.0.1") -> None:
        self.app, self.force = app, force
        self.client: FlaskClient = app.test_client()
        self.address = address
        self.page: Page | None = None

    def path(self, path: str) -> str:
        prefix = f"/{self.force}" if self.force else ""
        return path if prefix and path.startswith(f"{prefix}/") else f"{prefix}{path}"

    def get(self, path: str, **kw: Any) -> TestResponse:
        """The answer for a path of the force."""
        return self._seen(
            self.client.get(
                self.path(path), environ_base={"REMOTE_ADDR": self.address}, buffered=True, **kw
            )
        )

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        form_at: str | None = None,
        **kw: Any,
    ) -> TestResponse:
        """Send a form; its token is taken from the page at *form_at* (default: the same path)."""
        shown = self.get(form_at or path)
        token = next(
            (
                f["fields"]["csrf_token"]
                for f in check_page(shown).forms
                if "csrf_token" in f["fields"]
            ),
            "",
        )
        return self._seen(self.client.post(
            self.path(path), data={"csrf_token": token, **(data or {})},
            environ_base={"REMOTE_ADDR": self.address}, buffered=True, **kw,
        ))

    def _seen(self, answer: TestResponse) -> TestResponse:
        self.page = (
            check_page(answer)
            if answer.mimetype == "text/html"
            and answer.data
            and not 300 <= answer.status_code < 400
            else None
        )
        return answer


class _Fields(HTMLParser):
    """The fields of each form, and the paths to which it or one of its buttons sends them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[set[str], dict[str, str]]] = []
        self._inside = False
        self._writing: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = True
            self.forms.append((set(), {}))
        if not self._inside:
            return
        paths, fields = self.forms[-1]
        paths |= {str(given[name]).partition("?")[0] for name in ("action", "formaction") if name in given}
        unticked = given.get("type") in ("radio", "checkbox") and "checked" not in given
        if tag in ("input", "textarea", "select") and given.get("name") and not unticked:
            fields[str(given["name"])] = given.get("value") or ""
            self._writing = given["name"] if tag != "input" else None
        if tag == "option" and "selected" in given and self._writing:
            fields[self._writing] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag in ("textarea", "select"):
            self._writing = None

    def handle_data(self, data: str) -> None:
        if self._inside and self._writing and self.lasttag == "textarea":
            self.forms[-1][1][self._writing] += data.strip()


def form_on(html: str, action: str) -> dict[str, str]:
    """The fields of the form that is sent to the path *action*, by itself or one of its buttons.

    As a browser would send them untouched.
    """
    parser = _Fields()
    parser.feed(html)
    found = [fields for paths, fields in parser.forms if fields and action in paths]
    assert found, f"no form for {action}"
    return {name: value for fields in found for name, value in fields.items()}
