"""Everything that people of a force can meet is in its preview, as they would see it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from werkzeug.test import Client, TestResponse

from core.force.vocabulary import HOME_OFFICE_OUTCOMES, STAGES, NationCodes
from core.notices import letter_words
from core.plugin_host.host import host
from core.testing.browser import check_page, words
from plugins.preview.letters import EMAILS, KINDS, MANNERS, STAFF_KINDS
from plugins.preview.portal import Portal
from plugins.preview.stories import every_sample
from plugins.victims_code import SCHEMES, stage_now, tell
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES
from tests.plugins.preview.conftest import MakePortal
from tests.security.audited import audited

HOME = "/hertfordshire/preview/"
LANGUAGES = ("en", "cy")
# What else than 200 a page of the preview may answer, by how its address goes on.
ANSWERS = {f"error/{code}": code for code in (400, 404, 413, 429, 500, 503)} | {
    "signed-out": 400, "mistake/sign-in": 400, "mistake/code-wrong": 400,
}


def visit(portal: Portal, address: str) -> TestResponse:
    return Client(portal).get(address, base_url="http://127.0.0.1:8010", follow_redirects=True)


def app_of(portal: Portal) -> Flask:
    assert portal._app
    return portal._app


def links_of(portal: Portal, language: str = "en") -> dict[str, str]:
    """Address -> what the index calls it."""
    text = visit(portal, f"{HOME}?lang={language}").text
    return {
        unescape(address): words(unescape(re.sub(r"<[^>]+>", "", name)))
        for address, name in re.findall(r'<a class="govuk-link[^>]*? href="(/[^"]+)"[^>]*>(.*?)</a>', text)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_is_in_the_brand_of_the_force_and_in_both_languages(
    complete: Portal, language: str
) -> None:
    answer = visit(complete, f"{HOME}?lang={language}")
    page = check_page(answer)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "/hertfordshire/brand.css" in answer.text and "/hertfordshire/logo.svg" in answer.text
    assert "the brand colours and the wordmark are ours" in page.text  # what it lacks to go live
    assert "hertfordshire/force.toml" in page.text


@audited("preview_email_shown")
def test_every_page_that_the_index_leads_to_is_there_in_both_languages(complete: Portal) -> None:
    links = {**links_of(complete, "cy"), **links_of(complete)}
    assert len(links) > 200
    wrong, seen = {}, set()
    for address in links:
        answer = visit(complete, address)
        ends = address.split("?")[0].removeprefix(HOME)
        if answer.status_code != ANSWERS.get(ends, 200):
            wrong[address] = answer.status_code
        language = address.rpartition("lang=")[2] if "lang=" in address else "en"
        page = check_page(answer) if "/email/" not in address else None
        if f'<html lang="{language}"' not in answer.text:
            wrong[address] = f"not in {language}"
        if page and not address.startswith(HOME):
            assert answer.request.path.rstrip("/") in address, f"{address} led elsewhere"
        seen.add(ends)
    assert wrong == {}
    assert seen >= set(ANSWERS)


def test_there_is_a_case_for_every_stage_and_outcome(complete: Portal) -> None:
    names = {
        *(f"stage-{one.replace('_', '-')}" for one in STAGES),
        *(f"outcome-{one.lower()}" for one in HOME_OFFICE_OUTCOMES),
        *(f"published-{one}" for one in POLICE_UK_OUTCOMES),
        "messages", "officer-away", "no-officer", "several", "officer-1",
    }
    linked = {address.split("/")[2] for address in links_of(complete) if address.startswith("/as/")}
    assert names - linked == set()
    assert {one.name for one in every_sample(NationCodes(SCHEMES))} - {"silent", "readers"} <= linked | {
        "several-first", "several-second", "several-third"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_says_what_the_portal_says_of_its_stage_or_outcome(
    complete: Portal, language: str
) -> None:
    shown = {
        address.split("/")[2]: words(unescape(re.sub(r"<[^>]+>", " ", visit(complete, address).text)))
        for address in links_of(complete, language)
        if re.fullmatch(rf"/as/[^/]+/hertfordshire/case/[^/]+\?lang={language}", address)
    }
    with app_of(complete).app_context(), force_locale(language):
        for stage in STAGES:
            heading = str(stage_now(stage)[0])
            assert heading in shown[f"stage-{stage.replace('_', '-')}"], stage
        for scheme, outcomes, prefix in (
            ("home_office", HOME_OFFICE_OUTCOMES, "outcome"),
            ("police_uk", POLICE_UK_OUTCOMES, "published"),
        ):
            for outcome in outcomes:
                told = tell("outcome", outcome=outcome, scheme=scheme)
                assert str(told.title) in shown[f"{prefix}-{outcome.lower()}"], outcome


def test_other_states_show_what_they_are_for(complete: Portal) -> None:
    links = {name: address for address, name in links_of(complete).items()}
    assert "Away until" in visit(complete, links["The officer is away"]).text
    assert "DC Example One" not in visit(complete, links["No officer yet"]).text
    assert "DC Example One" in visit(complete, links["Another officer took over"]).text
    thread = visit(complete, links["The page of messages"]).text
    assert "I found the receipt of the bicycle" in thread and "Thank you for your list" in thread
    assert visit(complete, links["Someone with several reports"]).text.count("/case/") >= 3
    assert "Not shown online" in visit(complete, links["A case that is no longer shown online"]).text
    kept = visit(complete, links["Signed out while writing: the words are kept"]).text
    assert "You have been signed out" in kept and "I found the receipt" in kept
    assert 'class="govuk-error-summary' in visit(complete, links["Sign in, with mistakes"]).text


def test_every_window_keeps_its_own_person(complete: Portal) -> None:
    """One browser, two windows: what one person sees is not what the other sees."""
    browser = Client(complete)
    links = {name: address for address, name in links_of(complete).items()}
    for name in ("Being investigated", "At court", "Being investigated"):
        answer = browser.get(links[name], base_url="http://127.0.0.1:8010")
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    stranger = links["At court"].replace("/as/stage-court", "/as/stage-closed")
    assert browser.get(stranger, base_url="http://127.0.0.1:8010").status_code == 303
    nobody = links["At court"].replace("/as/stage-court", "")
    assert visit(complete, nobody).request.path.endswith("/sign-in")


# --- emails -----------------------------------------------------------------------------------


def test_every_letter_that_has_words_is_shown() -> None:
    """Each file of words below core/notices/templates/letters, but those of texts, is an email here."""
    written = {
        (kind, manner) for kind, manner in (
            name.removesuffix(".txt").split("/")[1:] for name in letter_words.PLAIN_TEXT
            if name.count("/") == 2) if not manner.endswith("_sms")
    }
    assert len(written) >= 15
    shown = {(kind, manner) for manner in MANNERS for kind in KINDS}
    shown |= {(kind, "staff") for kind in STAFF_KINDS}
    assert written == shown
    assert {f"{m}-{k}-{c}" for m in MANNERS for k in KINDS for c in LANGUAGES} <= set(EMAILS)
    assert {one.kind for one in EMAILS.values()} == {*KINDS, *STAFF_KINDS}


@pytest.mark.parametrize("name", EMAILS)
def test_an_email_is_shown_as_text_and_as_html(complete: Portal, name: str) -> None:
    page, alone = visit(complete, f"{HOME}email/{name}"), visit(complete, f"{HOME}email/{name}/html")
    assert page.status_code == 200 == alone.status_code
    one, shown = EMAILS[name], check_page(page).text
    assert f'lang="{one.language}"' in alone.text
    named = "Hertfordshire" in alone.text
    assert named is (one.manner != "discreet")
    for sign in ("crime", "trosedd", "41/9") + (("polic", "heddlu") if one.manner == "discreet" else ()):
        assert sign not in alone.text.casefold()
    if one.kind == "code":
        assert "123456" in alone.text and "123456" in shown
    plain = words(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", alone.text.split("<body")[1])))
    assert plain.split(">", 1)[-1].strip()[-60:] in shown
    assert "style-src 'unsafe-inline'" in alone.headers["Content-Security-Policy"]
    assert "script-src 'self'" in alone.headers["Content-Security-Policy"]


def test_other_pages_keep_the_portals_own_policy(complete: Portal) -> None:
    assert "unsafe-inline" not in visit(complete, HOME).headers["Content-Security-Policy"]


# --- drafts that have little yet -----------------------------------------------------------------


def test_a_draft_without_phase_district_and_crime_type_is_shown_all_the_same(
    portals: MakePortal, new_force: Path
) -> None:
    file = new_force / "newshire" / "force.toml"
    text = file.read_text()
    text = re.sub(r"^crime_types = \[.*?^\]$", "crime_types = []", text, count=1, flags=re.M | re.S)
    text = re.sub(r"^\[\[districts\]\].*?(?=^# Support)", "", text, flags=re.M | re.S)
    text = re.sub(r"^template = .*$", "", text, flags=re.M)
    text = re.sub(r"^\[plugins.police_uk.crime_types\].*?(?=^\[plugins.sign_in)", "", text, flags=re.M | re.S)
    text = re.sub(r"^\[\[support\]\].*?(?=^# Who sends)", "", text, flags=re.M | re.S)
    file.write_text(text.split("[[phases]]")[0])
    portal = portals("newshire", new_force)
    assert portal.load() == []
    page = check_page(visit(portal, "/newshire/preview/")).text
    for said in ("No phase has been open for 40 days", "No district is there yet", "No crime type is there"):
        assert said in page
    assert "Some sample cases could not be taken in" not in page
    case = re.search(r'href="(/as/stage-court/[^"]+)"', visit(portal, "/newshire/preview/").text)
    assert case and "The case is in court" in visit(portal, unescape(case[1])).text


def test_what_a_force_does_not_have_is_not_in_its_preview(
    portals: MakePortal, new_force: Path
) -> None:
    file = new_force / "newshire" / "force.toml"
    text = file.read_text()
    for plugin in ("messages", "officer_desk", "sign_in", "eligibility"):
        text = text.replace(f"[plugins.{plugin}]", "")
    file.write_text(text)
    portal = portals("newshire", new_force)
    assert portal.load() == []
    answer = visit(portal, "/newshire/preview/")
    for gone in ("/messages", "/desk/", "/sign-in", "can-i-track", "signed-out"):
        assert f'{gone}"' not in answer.text and f"{gone}?" not in answer.text
    assert visit(portal, "/newshire/preview/signed-out").status_code == 404
    assert visit(portal, "/newshire/preview/mistake/sign-in").status_code == 404


def test_what_is_always_on_is_on_in_a_preview_whatever_the_file_lists(complete: Portal) -> None:
    assert complete._app is not None
    shown = host(complete._app).get("hertfordshire")
    assert "oversight" not in shown.force.plugins
    assert shown.has("oversight") and shown.manager.has_plugin("oversight")
    assert "preview" in shown.force.plugins
