"""A portal that sends through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.mail import MailServer, sends_through


@pytest.fixture
def sender(portal: Flask, post: MailServer) -> Iterator[Flask]:
    with sends_through(portal, post.url):
        yield portal
