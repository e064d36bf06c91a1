"""Two more programs say what they think of every page in every state: asked by `make pages` alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Response

from tests.browser.judges import Validator, sniffed, validator
from tests.browser.looks import SIZES, WAYS, WHOLE, Way, look
from tests.browser.states import ALL, State
from tests.browser.test_every_page import Rooms, rooms, shown

if not WHOLE:
    pytest.skip("`make pages` asks these programs", allow_module_level=True)
__all__ = ["rooms"]


@pytest.fixture(scope="module")
def checker() -> Iterator[Validator]:
    with validator() as running:
        yield running


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("state", ALL, ids=str)
def test_programs_that_know_the_rules_find_no_fault(
    state: State, way: Way, rooms: Rooms, checker: Validator
) -> None:
    came: list[Response] = []
    page, _ = rooms.of(state.who, way.scripts)
    hears = lambda response: came.append(response)  # noqa: E731 - the same one is taken away again
    page.on("response", hears)
    shown(rooms, state, way)
    page.remove_listener("response", hears)
    pages = [one for one in came if one.request.is_navigation_request() and one.frame == page.main_frame]
    assert not checker.errors(pages[-1].body())
    if way.scripts:
        look(page, SIZES[2])
        assert not sniffed(page)


def test_the_programs_see_a_fault(rooms: Rooms, checker: Validator) -> None:
    right = b'<!doctype html><html lang="en"><title>x</title>'
    assert not checker.errors(right)
    for wrong in (b'<form action=""></form>', b'<input type="hidden" name="x" autocomplete="off">'):
        assert checker.errors(right + wrong)
    page, _ = rooms.of("nobody")
    page.goto("/hertfordshire/sign-in?lang=en")
    page.evaluate("""() => { document.querySelector("main button").remove(); }""")
    assert [code for code, *_ in sniffed(page) if "H32" in code]
