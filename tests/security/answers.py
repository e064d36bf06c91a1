"""Looks at every answer that the tests get from the portal, whichever test asked.

All of them have the protecting headers, closed cookies, and redirects that stay here. A test that gets
another answer fails, at the request that showed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.base.installation import installation
from core.web.pages import EXIT_TO
from core.web.portal import Portal
from core.web.security import HEADERS
from plugins.staff_sign_in.settings import StaffSignInSettings

REQUIRED = tuple(HEADERS)
OWN_LOOK = ("/preview/", "/demo/mailbox/")  # show letters, which bring their own style


def faults_of(answer: TestResponse, *, demo: bool, own: frozenset[str] = frozenset()) -> list[str]:
    """What an answer lacks or says too much; *own* are the hosts of the configuration."""
    found = [f"no {name}" for name in REQUIRED if name not in answer.headers]
    found += [f"CORS: {name}" for name, _ in answer.headers if name.startswith("Access-Control-")]
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe-eval" in policy or (
        "unsafe-inline" in policy and not any(place in answer.request.path for place in OWN_LOOK)
    ):
        found.append(f"a weak policy: {policy}")
    if answer.mimetype == "text/html" and "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append("a page that is kept")
    for line in answer.headers.getlist("Set-Cookie"):
        found += cookie_faults(line, demo=demo)
    if answer.location:
        found += redirect_faults(answer.location, own)
    return found


def cookie_faults(line: str, *, demo: bool) -> list[str]:
    (cookie,) = SimpleCookie(line).values()
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    found = [f"{cookie.key} without {one}" for one in ("path=/", "httponly", "samesite=lax")
             if one not in attributes]
    if any(one.startswith("domain") for one in attributes):
        found.append(f"{cookie.key} is for other hosts too")
    if not demo and ("secure" not in attributes or not cookie.key.startswith("__Host-tmc-")):
        found.append(f"{cookie.key} is not locked to the host")
    if cookie.value and not re.fullmatch(r"[\w-]{43}", cookie.value, re.ASCII):
        found.append(f"{cookie.key} holds something")
    return found


def redirect_faults(location: str, own: frozenset[str] = frozenset()) -> list[str]:
    """Only this site's own paths, the harmless page of the exit, and hosts of the configuration."""
    parts = urlsplit(location)
    here = location.startswith("/") and not location.startswith(("//", "/\\")) and location.isprintable()
    listed = parts.scheme in ("http", "https") and parts.netloc in own
    return [] if here or listed or location == EXIT_TO else [f"leads to {location!r}"]


def own_hosts(app: Portal) -> frozenset[str]:
    """The hosts that a redirect may name: of the portal, of its forces, of the providers of their staff."""
    settings, forces = installation(app).settings, installation(app).host.installed.values()
    named = {name for one in forces for name in one.force.hosts}
    doors = (one.settings.get("staff_sign_in") for one in forces)
    named |= {urlsplit(door.issuer).netloc for door in doors if isinstance(door, StaffSignInSettings)}
    return frozenset({*named, urlsplit(settings.base_url or "").netloc})


@pytest.fixture(scope="session", autouse=True)
def every_answer_is_looked_at() -> Iterator[None]:
    ask = FlaskClient.open

    def asked(self: FlaskClient, *args: Any, **kw: Any) -> TestResponse:
        answer = ask(self, *args, **kw)
        app = self.application
        if isinstance(app, Portal):
            settings = installation(app).settings
            faults = faults_of(answer, demo=settings.demo, own=own_hosts(app))
            assert not faults, f"{answer.request.method} {answer.request.path}: {faults}"
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FlaskClient, "open", asked)
        yield
