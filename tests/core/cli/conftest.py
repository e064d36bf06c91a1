"""Servers on raw connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.cli.raw_server import Server, serving


@pytest.fixture(scope="module")
def patient() -> Iterator[Server]:
    """Two threads, and deadlines that do not come: nobody is saved by one."""
    yield from serving(3600)


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    yield from serving(0.5)


@pytest.fixture
def stopping() -> Iterator[Server]:
    yield from serving(3600)


@pytest.fixture
def resting() -> Iterator[Server]:
    """Machines hear an hour later that they ask too much."""
    yield from serving(3600, rest=3600)
