"""Which languages the portal can be read in is one setting; the rest follows from the folder and CLDR."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.base import languages
from core.base.field_values import read_language
from core.base.i18n import _written
from core.base.settings import SettingsError, load_settings
from core.force.fault import ForceFileError
from core.force.file.lacks import missing_to_go_live
from core.force.file.reading import build_force
from tests.core.force.force_texts import changed

DEMO = {"TMC_MODE": "demo", "TMC_DATABASE_URL": "postgresql://portal@localhost/portal"}


@pytest.mark.parametrize(("code", "own", "english", "direction"), [
    ("en", "English", "English", "ltr"), ("cy", "Cymraeg", "Welsh", "ltr"), ("ur", "اردو", "Urdu", "rtl"),
    ("gd", "Gàidhlig", "Scottish Gaelic", "ltr"), ("pl", "Polski", "Polish", "ltr"),
])
def test_what_there_is_to_know_of_a_language_follows_from_its_code(
    code: str, own: str, english: str, direction: str
) -> None:
    assert languages.own_name(code) == own
    assert languages.english_name(code) == english
    assert languages.direction(code) == direction


@pytest.mark.parametrize(("code", "day", "month"), [
    ("en", "7 March 2024", "March 2024"), ("cy", "7 Mawrth 2024", "Mawrth 2024"),
    ("de", "7. März 2024", "März 2024"), ("pl", "7 marca 2024", "marzec 2024"),
    ("ar", "7 مارس 2024", "مارس 2024"),
])
def test_a_day_is_written_as_the_readers_of_a_language_write_it(code: str, day: str, month: str) -> None:
    assert _written(date(2024, 3, 7), code, None) == day
    assert _written(date(2024, 3, 7), code, "month") == month


@pytest.mark.parametrize(("code", "forms"), [
    ("en", ["one", "other"]), ("cy", ["zero", "one", "two", "few", "many", "other"]),
    ("pl", ["one", "few", "many", "other"]),
])
def test_a_number_of_things_is_said_in_each_form_of_the_language(code: str, forms: list[str]) -> None:
    found = languages.plural_forms(code)
    assert [form for form, _ in found] == forms
    form_of = languages.locale_of(code).plural_form
    assert all(form_of(number) == form for form, number in found if form in form_of.tags)


@pytest.mark.parametrize(("listed", "meant"), [
    ("en,cy", ("en", "cy")), ("cy en", ("cy", "en")), ("en", ("en",)), (" en , cy, en", ("en", "cy")),
])
def test_the_languages_are_those_of_the_setting_in_its_order(listed: str, meant: tuple[str, ...]) -> None:
    assert load_settings({**DEMO, "TMC_LANGUAGES": listed}).languages == meant
    assert load_settings(DEMO).languages == ("en", "cy")


@pytest.mark.parametrize(("listed", "words"), [
    ("cy", "“en” is missing"), ("en,xx", "there is no language “xx”"),
    ("en,../cy", "there is no language “../cy”"), ("en,cy_GB", "there is no language “cy_GB”"),
    ("en,fr", "translations/fr/LC_MESSAGES/messages.mo"),
])
def test_without_its_folder_a_language_stops_the_start_and_the_error_says_what_is_missing(
    listed: str, words: str
) -> None:
    with pytest.raises(SettingsError, match="TMC_LANGUAGES: ") as told:
        load_settings({**DEMO, "TMC_LANGUAGES": listed})
    assert words in str(told.value)


@pytest.fixture
def with_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of translations that has French too, compiled but without a sentence."""
    for code in ("cy", "fr"):
        (tmp_path / code / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / code / "LC_MESSAGES/messages.mo").touch()
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    for kept in (languages.installed, languages.names):
        kept.cache_clear()
    yield
    for kept in (languages.installed, languages.names):
        kept.cache_clear()


@pytest.mark.usefixtures("with_french")
def test_one_folder_and_one_line_of_settings_are_a_language() -> None:
    assert languages.installed() == ("en", "cy", "fr")
    assert load_settings({**DEMO, "TMC_LANGUAGES": "en,fr"}).languages == ("en", "fr")
    assert {"french", "français", "ffrangeg", "fra"} <= languages.names()["fr"]


def test_a_force_is_told_of_each_text_that_is_missing_in_a_language_that_it_offers() -> None:
    lacks = missing_to_go_live(build_force(changed('["en"]', '["en", "cy"]')))
    assert {one.partition(":")[0] for one in lacks if "is missing for" in one} >= {
        "name.cy", "districts[1].name.cy", "districts[2].name.cy", "crime_types[2].name.cy"}
    with pytest.raises(ForceFileError, match="“fr” is not known here"):
        build_force(changed('["en"]', '["en", "fr"]'))


@pytest.mark.parametrize(("said", "code"), [
    ("cym", "cy"), ("Welsh", "cy"), ("Gymraeg", "cy"), ("eng", "en"), ("Saesneg", "en"), ("fr-FR", "en")])
def test_a_record_system_may_call_a_language_by_any_of_its_names(said: str, code: str) -> None:
    assert read_language(said) == code
