"""More than 400 payloads, written by everybody into every field, read on every page by a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from core.base.settings import Settings
from core.storage.db import close_connections
from core.testing.postgres import empty
from tests.security.checklist import protection, requirement
from tests.security.hostile_world import World, hostile, make_portal, plain
from tests.security.nodes import dialogs, injected
from tests.security.payloads import scripts
from tests.security.serving import served

EVIL, CALM = "evilshire", "calmshire"


@pytest.fixture(scope="module")
def worlds(
    portal: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """The hostile one and the one of plain words, each with letters in the demo's mailbox."""
    empty(settings.owner_database_url)
    folder = tmp_path_factory.mktemp("worlds")
    app = make_portal(settings.model_copy(update={"data_dir": folder}), folder / "forces",
                      **{EVIL: hostile, CALM: plain})
    try:
        made = World(app, EVIL, hostile), World(app, CALM, plain)
        for world in made:
            world.write()
            world.read = list(world.pages())
        yield made
    finally:
        with app.app_context():
            close_connections()


def test_there_are_enough_payloads() -> None:
    assert len(scripts()) == len(set(scripts())) >= 400


@requirement("E2")
def test_no_page_has_more_in_it_for_what_people_wrote(
    worlds: tuple[World, World], browser: Browser, record_property: Any
) -> None:
    evil, calm = worlds
    seen = [*evil.read, *evil.echoes()]
    assert injected(browser, seen, [*calm.read, *calm.echoes()]) == {}
    assert len({kind for kind, _ in seen}) > 20
    record_property("figure", ("pages with script payloads read", len(seen)))


@requirement("E2")
def test_no_dialog_opens_even_without_a_content_security_policy(
    worlds: tuple[World, World], browser: Browser
) -> None:
    assert opened(worlds[0], browser) == []


def opened(world: World, browser: Browser, having: str = "") -> list[str]:
    """Which of the pages (*having* this in their path) of somebody signed in opened a dialog."""
    found: list[str] = []
    with served(world.app) as base:
        for who, reader in list(world.readers().items())[1:]:
            cookie = reader.client.get_cookie(f"tmc-{world.force}")
            kept = [{"name": cookie.key, "value": cookie.value}] if cookie else []
            paths = [f"/{world.force}{path}" for path in world.opened[who] if having in path]
            assert paths
            found += dialogs(browser, base, kept, paths)
    return found


@protection("E2")
def test_without_escaping_a_browser_finds_them_on_every_kind_of_page(
    worlds: tuple[World, World], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil, calm = worlds
    anew = {"autoescape": False, "cache": {}, "bytecode_cache": None, "of_languages": {}}
    for name, value in anew.items():
        monkeypatch.setattr(evil.app.jinja_env, name, value)
    assert len(injected(browser, evil.pages(), calm.read)) > 12
    assert opened(evil, browser, having="/case/")
