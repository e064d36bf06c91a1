"""Signing in with what people have at hand: paste, a password manager, the telephone's autofill."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.live import Demo
from tests.security.checklist import requirement
from tests.visits import CODE, HOME, code_in, fill, sample, send, visit

FILLED_IN_BY_MACHINES = {
    "surname": "family-name", "date_of_birth-day": "bday-day", "date_of_birth-month": "bday-month",
    "date_of_birth-year": "bday-year", "postcode": "postal-code",
}
PUZZLES = "img:not([src*=logo]), canvas, iframe, audio, video, [class*=captcha], [id*=captcha]"


def paste(page: Page, name: str, text: str) -> None:
    """As Ctrl-V does: whatever is not let in is not in the field afterwards."""
    field = page.locator(f"[name='{name}']")
    field.focus()
    taken = field.evaluate(
        """(field, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          return field.dispatchEvent(new ClipboardEvent(
            "paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""", text)
    assert taken, "the page lets people paste"
    page.keyboard.insert_text(text)
    assert field.input_value() == text, "nothing is cut off or taken out"


@requirement("A16")
def test_details_and_code_can_be_pasted_and_filled_in_by_machines_and_there_is_no_puzzle(
    browser: Browser, demo: Demo
) -> None:
    person = sample("closed")
    before = demo.letters(person.email)
    with visit(browser, demo) as (page, _):
        page.goto(f"{HOME}sign-in")
        assert page.locator(f"main :is({PUZZLES})").count() == 0
        for name, purpose in FILLED_IN_BY_MACHINES.items():
            assert page.locator(f"[name='{name}']").get_attribute("autocomplete") == purpose
        fill(page, person.fields() | {"crime_reference": ""})
        paste(page, "crime_reference", person.reference)
        send(page)
        code = page.locator("[name=code]")
        assert code.get_attribute("autocomplete") == "one-time-code"
        assert code.get_attribute("maxlength") is None
        assert page.locator(f"main :is({PUZZLES})").count() == 0
        sent = code_in(demo.next_letter(person.email, before, CODE))
        paste(page, "code", f" {sent[:3]} {sent[3:]}")
        send(page)
        assert "/case/" in page.url
