"""What people and officers write is read aloud in its own language, or in none that is claimed."""

from __future__ import annotations

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

from core.base import i18n
from core.base.templates import Templates
from core.base.written_language import ELSEWHERE, FREQUENT, written_in

ENGLISH = (
    "Thank you.", "Thanks", "Hello, is there any news?", "Have you found my bicycle?",
    "The court has a date.", "I will call you next week about the footage.",
    "We have looked at all the footage from the shop in Heol y Dderwen and can see nobody.",
    "I’m sorry that it took so long. We’ve now spoken to your neighbour.",
    "PLEASE CALL ME, I HAVE THE SERIAL NUMBER OF THE BIKE",
    "We will be at court", "Where is the case?", "What about my bike", "They closed it", "Will you be there",
    "Dear officer Siân Llywelyn, I am out on Tuesday but at home before noon. Yours, Gwenllian ap Rhys",
)
WELSH = (
    "Diolch.", "Diolch yn fawr iawn", "Helo, oes yna newyddion?", "Ydych chi wedi dod o hyd i’m beic?",
    "Mae gan y llys ddyddiad.", "Byddaf yn eich ffonio yr wythnos nesaf am y lluniau camera.",
    "Rydym wedi edrych ar y lluniau o siop Marks and Spencer ac ni welsom neb.",
    "Mae’n ddrwg gennym iddo gymryd cyhyd. Rydyn ni bellach wedi siarad â’ch cymydog.",
    "DIOLCH AM YR ATEB, MAE'R RHIF CYFRESOL GYDA FI",
    "Beth sydd nesaf?", "Ble mae fy meic?", "Mae wedi dod", "Pwy yw'r swyddog?", "Nid wyf yn siŵr",
    "Mae ein beic yn y tŷ",
    "Annwyl swyddog John Smith, bydda i allan ddydd Mawrth ond gartref cyn hanner dydd.",
)
NEITHER = (
    "", " ", "07700 900123", "41/90001/26", "Siân Jones", "https://example.org/a", "??", "OK",
    "Proszę o kontakt, nie mam żadnych wiadomości o moim rowerze.",
    "No me he enterado de nada. ¿Hay noticias de mi bicicleta y de mi casco?",
    "Was ist mit meinem Fahrrad passiert? Bitte rufen Sie mich an, so bald es geht.",
    "Bonjour, avez-vous des nouvelles de mon vélo ? On me dit que le dossier est clos.",
    "هل هناك أي أخبار عن دراجتي؟", "我的自行车有消息吗?", "Ba mhaith liom scéala faoi mo rothar.",
    "Juan y Maria", "Gracias, y el caso?", "Il y a un problème", "il y a", "hon kommer nu", "Chi è stato?",
    "we weten niet of hij komt", "Wij had of we", "Was ist neu?", "Ein Wort", "Will er?", "la police",
    "Ik heb het", "Ei ole", "eu não sei", "det ble sent", "Hun har en", "nad ranem", "at sila", "Ce mai are?",
    "gan bhrón",
    "woh ghar pe the", "wo kal yahan the", "Beth Jones", "We hebben vorige week niets gehoord",
    "Ik heb nog niet gehoord of de politie van de week komt", "Hon sa att de had been", "le suspect est mort",
    "Er ist gut, aber neu", "la case est là", "le cas, y compris eu", "All more",
    "Diolch, thank you", "Diolch am eich neges. Thank you for your message, we will answer next week.",
)
TABLE = [(text, code) for code, texts in (("en", ENGLISH), ("cy", WELSH), (None, NEITHER)) for text in texts]


@pytest.mark.parametrize(("text", "code"), TABLE)
def test_a_text_is_of_the_language_it_is_written_in_or_of_none_that_we_know(
    text: str, code: str | None
) -> None:
    assert written_in(text) == code
    assert written_in(f"{text}\n\n{text}\n") == code
    assert written_in(f"  {text.replace('’', chr(39))}") == code


def test_words_of_other_languages_tell_nothing_by_themselves() -> None:
    """But among many that are frequent in one language: "We will be at court"."""
    assert (FREQUENT["en"] | FREQUENT["cy"]).issuperset(ELSEWHERE)
    for word in sorted(ELSEWHERE):
        for text in (word, f"{word} Smith", f"xx {word} yy zz", f"{word}, {word}! {word}"):
            assert written_in(text) is None, text


def test_no_word_tells_of_both_languages() -> None:
    assert not FREQUENT["en"] & FREQUENT["cy"]


def test_the_longest_text_that_anybody_may_write_is_told_at_once() -> None:
    assert written_in("mae " * 1000) == "cy"
    assert written_in("'’" * 20_000) is None
    assert written_in("a" * 100_000) is None


@pytest.mark.parametrize(("page", "text", "marked"), [
    ("en", ENGLISH[0], ""), ("cy", ENGLISH[0], ' lang="en"'),
    ("cy", WELSH[0], ""), ("en", WELSH[0], ' lang="cy"'),
    ("en", "Siân Jones", ' lang="" dir="auto"'), ("cy", "Siân Jones", ' lang="" dir="auto"'),
    ("cy", None, ""), ("en", "", ""),
    ("ar", ENGLISH[0], ' lang="en" dir="ltr"'), ("ar", "Siân Jones", ' lang="" dir="auto"'),
])
def test_a_page_says_it_only_where_its_own_language_does_not_hold(
    page: str, text: str | None, marked: str
) -> None:
    app = Flask("core")
    app.jinja_environment = Templates
    app.jinja_loader = DictLoader({"page.html": "<p{{ text | lang_of }}>{{ text }}</p>"})  # type: ignore[assignment]
    i18n.init_app(app)
    with app.test_request_context(), i18n.force_locale(page):
        shown = render_template("page.html", text=text)
    assert shown.startswith(f"<p{marked}>")
