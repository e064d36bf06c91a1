"""What the comparison of two walks notices, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, Response, make_response

from tests.same_pages.__main__ import main
from tests.same_pages.compare import Allowed, differences, read_pages
from tests.same_pages.forms import forms_of
from tests.same_pages.written import Pages, lines, masked, written

LIST = Path(__file__).resolve().parents[2] / "docs/page-changes.txt"
PAGE = '<html lang="en">\n<h1>Your case</h1>\n<p>We are looking into it.</p>'


def allowing(folder: Path, *entries: str) -> Allowed:
    path = folder / "allowed.txt"
    path.write_text("# why\n\n" + "\n".join(entries))
    return Allowed.read(path)


def test_a_page_that_is_the_same_is_no_difference() -> None:
    assert differences({"home": PAGE}, {"home": PAGE}, Allowed()) == {}


@pytest.mark.parametrize("after", [
    PAGE.replace("looking", "loking"), PAGE.replace(' lang="en"', ""), f"{PAGE}\n<p>More.</p>",
    PAGE.replace("<h1>Your case</h1>\n", ""), "",
])
def test_a_change_of_a_word_or_a_tag_is_told(after: str) -> None:
    found = differences({"home": PAGE}, {"home": after}, Allowed())
    assert list(found) == ["home"] and "--- before: home" in found["home"]


def test_a_page_that_only_one_walk_has_is_told() -> None:
    found = differences({"old": PAGE, "same": ""}, {"new": PAGE, "same": ""}, Allowed())
    assert found == {"old": "old: only before", "new": "new: only after"}


def test_pages_that_the_list_names_may_stand_in_one_walk_only(tmp_path: Path) -> None:
    allowed = allowing(tmp_path, "only preview/*/as.outcome-*", "only desk/*")
    old, new = {"preview/ni/as.outcome-1": PAGE, "preview/ni/as.stage": PAGE}, {"home": PAGE}
    assert list(differences(old, new, allowed)) == ["home", "preview/ni/as.stage"]
    assert allowed.unused() == ["only desk/*"]
    assert differences({"desk/a": PAGE}, {"desk/a": ""}, allowed), "what both have is compared"


def test_what_the_list_drops_is_no_difference_and_everything_else_is(tmp_path: Path) -> None:
    after = PAGE.replace('lang="en"', 'lang="en" dir="ltr"').replace("Your case", "<bdi>Your case</bdi>")
    allowed = allowing(tmp_path, r'drop \sdir="(?:ltr|rtl)"', "drop </?bdi>")
    assert differences({"home": PAGE}, {"home": after}, allowed) == {}
    assert allowed.unused() == []
    assert differences({"home": PAGE}, {"home": after.replace("We are", "We were")}, allowed)


def test_lines_may_change_on_the_pages_that_the_list_names(tmp_path: Path) -> None:
    entry = "change desk/* <h1>(Your|The) case</h1>"
    allowed, after = allowing(tmp_path, entry), PAGE.replace("Your", "The")
    assert list(differences({"desk/a": PAGE, "home": PAGE}, {"desk/a": after, "home": after}, allowed)) == [
        "home"]
    further = after.replace("We are", "We were")
    assert list(differences({"desk/a": PAGE}, {"desk/a": further}, allowed)) == ["desk/a"]
    assert allowing(tmp_path, entry).unused() == [entry]


@pytest.mark.parametrize("entry", [
    "forget <p>", "drop", "change desk", "drop (", "change * [", "only", "only desk/* <p>"])
def test_a_line_of_the_list_that_says_nothing_is_refused_with_its_number(tmp_path: Path, entry: str) -> None:
    with pytest.raises(ValueError, match=r"allowed\.txt:3: "):
        allowing(tmp_path, entry)


def test_the_command_ends_with_1_when_a_page_differs_or_none_was_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"old": PAGE, "same": PAGE, "new": PAGE.replace("case", "report")}.items():
        Pages(tmp_path / name).keep("home", text)
    (tmp_path / "none").mkdir()
    compare = {name: main(["compare", str(tmp_path / "old"), str(tmp_path / name)])
               for name in ("same", "new")}
    assert compare == {"same": 0, "new": 1}
    assert "-<h1>Your case</h1>\n+<h1>Your report</h1>" in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "none"), str(tmp_path / "none")]) == 1
    assert main(["save", str(tmp_path / "old")]) == 1, "pages of two walks would mix"
    with pytest.raises(FileNotFoundError):
        read_pages(tmp_path / "nowhere")


def test_no_page_is_written_over_another(tmp_path: Path) -> None:
    pages = Pages(tmp_path)
    pages.keep("a/home", PAGE)
    with pytest.raises(FileExistsError):
        pages.keep("a/home", "")
    assert read_pages(tmp_path) == {"a/home": f"{PAGE}\n"} and pages.count == 1


def test_a_walk_that_was_written_with_fewer_masks_is_read_with_those_of_today(tmp_path: Path) -> None:
    for name, checkout in {"old": "/home/a", "new": "/srv/b"}.items():
        Pages(tmp_path / name).keep("preview", f'<code class="pv-file">{checkout}/forces/x/force.toml</code>')
    assert main(["compare", str(tmp_path / "old"), str(tmp_path / "new")]) == 0


A, B = "0190c0de-0000-7000-8000-00000000000a", "0190c0de-0000-7000-8000-00000000000b"


@pytest.mark.parametrize(("one", "other"), [
    ('name="csrf_token" value="abc"', 'name="csrf_token" value="x.y-z"'),
    ('name="contact_key" value="abc"', 'name="contact_key" value="x_y-z"'),
    ('<form action="/case/' + A + '">', '<form action="/case/' + B + '">'),
    ('src="/static/app-0123456789ab.js"', 'src="/static/app-ba9876543210.js"'),
    ("script-src 'nonce-abc='", "script-src 'nonce-x/y='"),
    ('<li>\n<strong>R</strong> Romeo</li>', '<li>\n<strong>2</strong> dau</li>'),
    (f'id="person-{A.replace("-", "")}"', f'id="person-{B.replace("-", "")}"'),
    ("the code you asked for. 913087 Type it", "the code you asked for. 047687 Type it"),
    ("<strong>7624A0A6</strong>", "<strong>F9517086</strong>"),
    ("<strong><bdi>7624A0A6</bdi></strong>", "<strong><bdi>F9517086</bdi></strong>"),
    ('<code class="pv-file">/a/forces/x/force.toml', '<code class="pv-file">/b c/forces/x/force.toml'),
    ("http://127.0.0.1:8000/", "http://127.0.0.1:43121/"),
])
def test_what_chance_chose_is_no_difference(one: str, other: str) -> None:
    assert masked(one) == masked(other) != ""


@pytest.mark.parametrize(("one", "other"), [
    (f"{A} {A}", f"{A} {B}"), ("<strong>R</strong> Romeo", "<strong>S</strong> Sierra"),
    ('name="surname" value="a"', 'name="surname" value="b"'),
    ("/static/app.js", "/static/other.js"), ("by 12 July 2026", "by 13 July 2026"),
    ("07700 900001", "07700 900002"), ("41/900001/26", "41/900002/26"),
    ("#14505c #123456", "#14505c #123457"),
])
def test_what_people_read_is(one: str, other: str) -> None:
    assert masked(one) != masked(other)


def test_white_space_that_no_reader_sees_is_no_difference() -> None:
    assert lines("<p>Your\n   case</p>\n\n<p>is  new</p>") == lines("<p>Your case</p>  <p>is new</p>")
    assert lines("<p>Your case</p>") != lines("<p>Yourcase</p>")
    assert lines("<p>to <a>you</a></p>") != lines("<p>to<a>you</a></p>")


def test_the_list_of_this_checkout_lets_the_direction_of_words_be_said_and_nothing_else() -> None:
    before = {"home": lines('<html lang="en"><p>From Gwen to <b>you</b></p>')}
    told = {"home": lines('<html lang="en" dir="ltr"><p>From <bdi>Gwen</bdi> to <b dir="auto">you</b></p>')}
    assert differences(before, told, Allowed.read(LIST)) == {}
    for other in ("Ann", "<b>Gwen</b>"):
        changed = {"home": told["home"].replace("Gwen", other)}
        assert differences(before, changed, Allowed.read(LIST))


@pytest.mark.parametrize(("state", "line"), [
    ("pages/hertfordshire/home,en", "<p>The margin-top of the form; ask us.</p>"),
    ("assets/app.js", "margin-top: 1px;"), ("assets/app.js", "0" * 64),
    ("preview/police-scotland/as.stage-charged.case,en", "<h1>Your report</h1>"),
    ("preview/police-scotland/as.stage-charged.case,en", '<button type="submit">Send</button>'),
    ("preview/hertfordshire/as.stage-charged.case,en", "<p>Someone has been charged.</p>"),
    ("preview/btp/btp.preview.email.named-code-cy,cy", "<dd>North Wales Police &lt;a@b.example&gt;</dd>"),
])
def test_the_list_of_this_checkout_lets_no_line_change_that_no_reason_covers(state: str, line: str) -> None:
    assert differences({state: line}, {state: ""}, Allowed.read(LIST))


def answered(cookie: str = "a", **headers: str) -> str:
    app = Flask(__name__)

    @app.get("/")
    def page() -> Response:
        answer = make_response(PAGE, {"Content-Security-Policy": "default-src 'self'", **headers})
        answer.set_cookie("visit", cookie, secure=True, httponly=True)
        return answer

    return written(app.test_client().get("/"))


def test_headers_and_the_attributes_of_cookies_are_written_down_and_their_values_are_not() -> None:
    assert answered() == answered("b") == answered(Date="Thu, 18 Jun 2026 11:30:00 GMT")
    assert "set-cookie: visit=CHANCE; Secure; HttpOnly; Path=/" in answered()
    assert answered() != answered(**{"Content-Security-Policy": "default-src *"})
    assert answered() != answered(**{"Cache-Control": "no-store"})


def test_a_form_is_sent_by_each_of_its_buttons_empty_and_odd() -> None:
    html = """<form method="get"><input name="lang"></form>
      <form method="post" action="/send"><input type="hidden" name="csrf_token" value="t">
        <input type="radio" name="way" value="a"><input type="radio" name="way" value="b" checked>
        <select name="hour"><option value="">Any</option><option value="9" selected>9</option></select>
        <textarea name="text"></textarea>
        <button name="act" value="keep">Keep</button><button formaction="/other">Send</button></form>"""
    (form,) = forms_of(html)
    sent = {how: (path, fields) for how, path, fields in form.sent()}
    assert list(sent) == ["empty by 1", "odd by 1", "empty by 2", "odd by 2"]
    assert sent["empty by 1"] == ("/send", {"csrf_token": "t", "act": "keep"})
    path, fields = sent["odd by 2"]
    assert path == "/other" and fields.keys() == {"csrf_token", "way", "hour", "text"}
    assert (fields["way"], fields["hour"]) == ("a", "9")
    assert form.standing == {"csrf_token": ["t"], "way": ["b"], "hour": ["9"], "text": [""]}
