from __future__ import annotations

import pytest
from feed_builders import Sender
from flask import Flask


@pytest.fixture
def niche(app: Flask) -> Sender:
    return Sender(app)
