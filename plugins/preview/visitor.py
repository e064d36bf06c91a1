"""A visitor who is not signed in and makes mistakes: for pages that only a sent form leads to."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    """Goes through the real pages of the force, in one language."""

    app: Flask
    force_id: str
    language: str
    client: FlaskClient

    @classmethod
    def of(cls, app: Flask, force_id: str, language: str) -> Visitor:
        return cls(app, force_id, language, app.test_client())

    def get(self, path: str) -> TestResponse:
        return self.client.get(**self._where(path))

    def send(self, path: str, shown: TestResponse | None, **fields: str) -> TestResponse:
        """Send a form; its token is taken from the page *shown*, if there is one."""
        token = TOKEN.search(shown.get_data(as_text=True)) if shown else None
        data = {**fields, **({"csrf_token": token[1]} if token else {})}
        return self.client.post(data=data, **self._where(path))

    def _where(self, path: str) -> dict[str, Any]:
        return {
            "path": f"/{self.force_id}{path}", "query_string": {"lang": self.language},
            "buffered": True, "environ_base": {"REMOTE_ADDR": someone_else()},
        }


def someone_else() -> str:
    """An address that nobody has (RFC 3849), of a network of its own: nothing here counts together."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"


STRANGER = {
    "crime_reference": "SAMPLE1", "checked": "SAMPLE1", "surname": "Nobody", "date_of_birth-day": "27",
    "date_of_birth-month": "3", "date_of_birth-year": "1985", "postcode": "ZZ99 9ZZ",
}


def sign_in_errors(visitor: Visitor) -> TestResponse:
    """The sign-in page, sent with nothing filled in."""
    return visitor.send("/sign-in", visitor.get("/sign-in"))


def code(visitor: Visitor) -> TestResponse:
    """The page that asks for the code."""
    visitor.send("/sign-in", visitor.get("/sign-in"), **STRANGER)
    return visitor.get("/sign-in/code")


def code_wrong(visitor: Visitor) -> TestResponse:
    """The same page after a code that is not right."""
    return visitor.send("/sign-in/code", code(visitor), code="000000")
