"""People who use a keyboard always see where they are, and come to the end of what they began."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import ALL
from tests.live import Demo
from tests.visits import CODE, HOME, Details, code_in, fill, kept_by, send, unfold, visit

STATES = {state.name: state for state in ALL}
MOST_STOPS = 80
MINUTE = 60_000
# Where the focus is, whether that can be seen, and whether something else lies over it.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const look = getComputedStyle(one), box = one.getBoundingClientRect();
  const drawn = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0
                 && !/^rgba.* 0\\)$/.test(look.outlineColor)) || look.boxShadow !== "none";
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(
    ([x, y]) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height));
  return {html: one.outerHTML.slice(0, 120), drawn, place: [box.left, box.top],
          seen: points.some(at => at && one.contains(at))};
}"""


@pytest.mark.parametrize("name", [
    "home", "sign-in, nothing filled in", "code", "case, busy", "messages, both ways", "desk",
    "desk, case", "desk, wrong update", "safe contact", "a person's access", "given name, of nobody",
])
def test_the_focus_is_always_seen(name: str, demo: Demo, browser: Browser, twins: Details) -> None:
    state = STATES[name]
    kept = None if state.who == "nobody" else kept_by(
        browser, demo, state.who, twins if state.who == "twins" else None)
    with visit(browser, demo, kept=kept) as (page, _):
        state.open(page, demo.signed_in.get(state.who, (None, ""))[1], "en")
        stops = walk(page, "Tab")
        assert len(stops) > 5
        stops += walk(page, "Shift+Tab")
        faults = [stop for stop in stops if not (stop["drawn"] and stop["seen"])]
        assert not faults, faults


def walk(page: Page, key: str) -> list[dict[str, Any]]:
    """Every place the focus comes to until it leaves the page."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        stops.append(stop)
    return stops


def tab_to(page: Page, name: str, *, presses: int = MOST_STOPS) -> None:
    """Go on to what is called *name*, or begins so."""
    named = page.get_by_label(name).or_(page.get_by_role("button", name=name)).or_(
        page.get_by_role("link", name=name)).or_(page.locator("summary", has_text=name))
    wanted = page.get_by_role("main").locator("a, button, input, select, textarea, summary").and_(
        named).filter(visible=True).first
    for _ in range(presses):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"{presses} presses do not lead to {name}")


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_officer_answers_or_says_that_no_answer_is_needed(demo: Demo, browser: Browser) -> None:
    person, officer = (kept_by(browser, demo, who) for who in ("busy", "officer of busy"))
    case = demo.signed_in["busy"][1]
    with visit(browser, demo, kept=person) as (hers, _), \
            visit(browser, demo, kept=officer, width=1280) as (page, _):
        for done, words in (("No answer needed", ""), ("Send to", "It is in the safe.")):
            hers.goto(f"{case}/messages?lang=en")
            fill(hers, {"text": "Where is my ring?"})
            send(hers, "form#write")
            page.goto(f"{HOME}desk/?lang=en")
            tab_to(page, "41/")
            press_enter(page)
            waits = page.get_by_text("Waits for your answer").first
            expect(waits).to_be_visible()
            if words:
                tab_to(page, "Write to")
                page.keyboard.type(words)
            tab_to(page, done)
            press_enter(page)
            expect(waits).to_be_hidden()
            if words:
                expect(page.locator("li:target")).to_contain_text(words)
                tab_to(page, "Write to", presses=1)
            else:
                expect(page.locator(".govuk-notification-banner--success")).to_be_focused()


def test_enter_in_a_date_presses_the_button_beside_it_and_no_other(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo, kept=kept_by(browser, demo, "officer of busy")) as (page, _):
        STATES["desk, case"].open(page, "", "en")
        unfold(page)
        page.locator("#text").fill("Not yet finished")
        for part, box, asked in (("Write an update", "#next_update_by-day", "Next update by"),
                                 ("Say that there is nothing", "#nothing_by-day", "Why is there nothing")):
            if not page.locator(box).is_visible():
                tab_to(page, part)
                page.keyboard.press("Enter")
            page.locator(box).focus()
            page.keyboard.type("31")
            press_enter(page)
            expect(page.locator(".govuk-error-summary")).to_be_focused()
            expect(page.locator(".govuk-form-group--error").first).to_contain_text(asked)
            assert page.locator("#text").input_value() == "Not yet finished"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("input[name=nothing_reason]").first).to_be_focused()
        unfold(page)
        page.locator("#text").fill("")


def test_without_scripts_enter_sends_nothing_from_the_desk(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo, kept=kept_by(browser, demo, "officer of busy"), scripts=False) as (page, _):
        STATES["desk, case"].open(page, "", "en")
        lines = page.locator(".tmc-timeline__entry").count()
        unfold(page)
        page.locator("#text").fill("Not yet finished")
        unfold(page, "nothing-new")
        page.locator("#nothing_by-day").focus()
        press_enter(page)
        expect(page.get_by_text("Nothing is sent yet")).to_be_visible()
        assert page.locator("#text").input_value() == "Not yet finished"
        assert page.locator(".tmc-timeline__entry").count() == lines
        page.locator("#text").fill("")


@pytest.mark.parametrize("who", ["busy", "officer of busy"])
def test_whoever_comes_back_to_a_covered_page_goes_on_where_they_were(
    who: str, demo: Demo, browser: Browser
) -> None:
    kept_by(browser, demo, "busy")
    kept, case = kept_by(browser, demo, who), demo.signed_in["busy"][1]
    address = f"{case}/messages" if who == "busy" else case.replace("/case/", "/desk/case/")
    with visit(browser, demo, kept=kept) as (page, _):
        page.clock.install()
        page.goto(f"{address}?lang=en")
        unfold(page)
        text = page.locator("#text")
        text.fill("")  # what another test began in this visit
        text.press_sequentially("It was bl")
        page.clock.fast_forward(18 * MINUTE + 1000 if who == "busy" else 28 * MINUTE + 1000)
        stay = page.get_by_role("button", name="Stay signed in")
        expect(stay).to_be_visible()
        for _ in range(MOST_STOPS):
            page.keyboard.press("Shift+Tab")
            if stay.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(stay).to_be_hidden()
        expect(text).to_be_focused()
        page.clock.fast_forward(31 * MINUTE)
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        tab_to(page, "I have signed in")
        page.keyboard.press("Enter")
        expect(text).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.type("ue.")
        expect(text).to_have_value("It was blue.")
        text.fill("")


def test_one_of_two_who_share_an_address_gets_in_with_code_and_given_name(
    demo: Demo, browser: Browser, twins: Details
) -> None:
    before = demo.letters(twins.email)
    with visit(browser, demo) as (page, _):
        page.goto(f"{HOME}sign-in?lang=en")
        for label, value in zip(("Crime reference", "Surname", "Day", "Month", "Year", "Postcode"),
                                twins.fields().values(), strict=True):
            tab_to(page, label)
            page.keyboard.type(value)
        press_enter(page)
        tab_to(page, "Code")
        page.keyboard.type(code_in(demo.next_letter(twins.email, before, CODE)))
        press_enter(page)
        tab_to(page, "Given name")
        page.keyboard.type("Gwen")
        press_enter(page)
        assert "/case/" in page.url
