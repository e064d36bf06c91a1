"""Whatever signs somebody types, there is an answer; what is kept is composed text without control signs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.fields import MOST_MARKS, clean_line, clean_text
from tests.conftest import HERTS
from tests.security.checklist import requirement
from tests.security.signs import APART, ODD, TOGETHER, faults_in_store, stored, unclean
from tests.security.table import Line, lines, table
from tests.security.world import World, csrf_token

FORM = "application/x-www-form-urlencoded"
WRITERS = [line for line in lines() if line.unsafe and line.allow and (line.form or line.fields)
           and line.path not in table()["forms_without_token"]]
CASE = "/desk/case/<uuid:case_id>"
# A form that does different things: what else is sent, so that each of its fields is read.
OTHERWISE: dict[str, list[dict[str, str]]] = {
    f"{CASE}/person/<uuid:person_id>": [
        {"act": "change", "contact": "email", "value": "new@example.com", "change-how": "in_person"},
        {"act": "change", "contact": "phone", "value": "07700 900123", "change-how": "in_person"},
        {"act": "confirm", "change": "x"}, {"act": "unlock", "unlock-how": "in_person"},
    ],
    "/your-account/contact": [{"contact": "phone", "phone": "07700 900123"}],
    f"{CASE}/update": [{"stage": "closed", "text": "It ends here.", "next_update_by-day": "1",
                        "next_update_by-month": "2", "next_update_by-year": "2027"}],
}
FEW = settings(max_examples=14, deadline=None, derandomize=True, database=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])


def sent(world: World, line: Line, form: dict[str, str]) -> int:
    """The status. Half signs are sent as the bytes that a hostile browser would send for them."""
    client = world.app.test_client()
    client.set_cookie(f"tmc-{HERTS}", world.tokens[HERTS][line.anybody])
    body = urlencode({"csrf_token": csrf_token(world.app), **form}, errors="surrogatepass")
    answer = client.post(f"/{HERTS}{world.path(line.path, line.anybody)}", data=body.encode(),
                         content_type=FORM, buffered=True)
    return answer.status_code


def whole(line: Line) -> list[dict[str, str]]:
    """Forms that are right, each to be spoilt in one field."""
    plain = dict.fromkeys(line.fields, "") | {name: str(value) for name, value in line.form.items()}
    return [plain, *({**plain, **other} for other in OTHERWISE.get(line.path, []))]


@requirement("E6")
@pytest.mark.parametrize("line", WRITERS, ids=str)
def test_every_field_of_a_form_takes_or_refuses_every_sign(world: World, line: Line) -> None:
    @FEW
    @given(data=st.data())
    def spoilt(data: Any) -> None:
        form = data.draw(st.sampled_from(whole(line)))
        field, text = data.draw(st.sampled_from(sorted(form))), data.draw(ODD)
        assert sent(world, line, {**form, field: text}) < 500

    spoilt()
    assert sent(world, line, dict.fromkeys(whole(line)[0], APART)) < 500
    assert faults_in_store(world.app) == []


# Who writes at length: what is typed apart is kept together.
LONG = {
    "/case/<uuid:case_id>/messages": "text", f"{CASE}/update": "text", "/desk/reason": "words",
    f"{CASE}/messages/<uuid:person_id>": "answer-", "/passkeys/<uuid:passkey_id>/name": "name",
}


@requirement("E6")
@pytest.mark.parametrize("path", LONG)
def test_what_is_typed_in_parts_is_kept_composed(world: World, path: str) -> None:
    line = next(line for line in WRITERS if line.path == path)
    actor = "other_unit" if path == "/desk/reason" else line.anybody
    field = LONG[path]
    if field.endswith("-"):  # and whom to
        field += UUID(world.path(path, actor).rpartition("/")[2]).hex
    form = {**whole(line)[0], field: f"Some words: {APART}"}
    client = world.app.test_client()
    client.set_cookie(f"tmc-{HERTS}", world.tokens[HERTS][actor])
    answer = client.post(f"/{HERTS}{world.path(path, actor)}", buffered=True,
                         data={"csrf_token": csrf_token(world.app), **form})
    assert answer.status_code == 303
    kept = [text for _, text in stored(world.app)]
    assert any(TOGETHER in text for text in kept)
    assert not any(APART in text for text in kept)


@requirement("E6")
def test_what_an_officer_looks_for_is_shown_again_composed(world: World) -> None:
    line = next(line for line in WRITERS if line.path == "/desk/")
    assert sent(world, line, {"reference": f"\x00{APART}\x1b"}) == 303
    page = world.ask(line.anybody, "GET", "/desk/?found=1").text
    assert TOGETHER in page and APART not in page and "\x1b" not in page


@requirement("E6")
@given(text=ODD)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_the_layer_that_looks_at_texts_lets_nothing_else_through(text: str) -> None:
    for clean in (clean_text, clean_line):
        try:
            made = clean(text)
        except ValueError:
            continue
        assert unclean(made) is None
        assert clean(made) == made


@requirement("E6")
def test_ordinary_writing_of_many_languages_is_let_through() -> None:
    for text in ("Siân Llŷr, Tŷ'r Gŵydd", "O’Brien – “yes”…", "Nguyễn Thị Ánh", "محمد", "שָׁלוֹם", "हिन्दी",
                 "👩‍👩‍👧 ✓", "line\nline\ttab", "e" + "\u0301" * MOST_MARKS):
        assert unclean(clean_text(text)) is None
    for text in ("a\x00b", "\x1b[31m", "a\x85b", "\ud800", "e" + "\u0301" * (MOST_MARKS + 1)):
        with pytest.raises(ValueError, match="holds"):
            clean_text(text)
