"""The gate of plugins' pages: what a force does not list does not exist for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.app import create_app
from core.storage.db import close_connections
from tests.conftest import HERTS
from tests.forces import live_force
from tests.pages import Browser


@pytest.fixture(scope="module")
def sparing(
    portal: Flask, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A portal with a third force that lists the support plugin only."""
    folder: Path = live_force(tmp_path_factory.mktemp("forces"), plugins=["support"])
    app = create_app(settings.model_copy(update={"forces_dir": folder}))
    yield app
    with app.app_context():
        close_connections()


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/demo/officers"])
def test_a_page_of_a_plugin_that_a_force_does_not_list_is_not_found(
    sparing: Flask, path: str
) -> None:
    assert Browser(sparing, "midshire").get(path).status_code == 404
    assert Browser(sparing, HERTS).get(path).status_code in (200, 303)


def test_a_force_without_sign_in_has_no_way_in_to_its_cases(sparing: Flask) -> None:
    assert Browser(sparing, "midshire").get("/your-reports").status_code == 404
    assert Browser(sparing, HERTS).get("/your-reports").status_code == 303


def test_a_form_for_a_plugin_that_is_off_does_nothing(sparing: Flask) -> None:
    assert Browser(sparing, "midshire").client.post("/midshire/sign-in", data={}).status_code in (
        400,
        404,
    )
    assert Browser(sparing, "midshire").get("/sign-in").status_code == 404


def test_the_home_page_of_such_a_force_offers_no_sign_in(sparing: Flask) -> None:
    assert "/sign-in" not in Browser(sparing, "midshire").get("/").text
    assert "/sign-in" in Browser(sparing, HERTS).get("/").text
