"""A portal that sends through a real mail server, and a case in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from core.testing import allocated, recorded
from tests.mail import MailServer, sends_through
from tests.people import take


@pytest.fixture
def portal_with_mail(app: Flask, post: MailServer) -> Iterator[Flask]:
    with sends_through(app, post.url):
        yield app


@pytest.fixture
def case(portal_with_mail: Flask) -> Flask:
    """A portal with one case, one person and an officer."""
    take(portal_with_mail, recorded(), allocated())
    return portal_with_mail
