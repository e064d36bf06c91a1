"""Nobody is there to begin with; the first administrator has a code for once, and no password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.base import clock
from core.storage.db import db
from core.testing import Browser, run_command
from plugins.staff_sign_in.models import SetupCode
from tests.plugins.staff_sign_in.door import NOW, Door, code_of
from tests.security.audited import audited
from tests.security.checklist import requirement

NO_ROLE = {"roles": []}


def gives(door: Door, code: str, browser: Browser | None = None) -> Browser:
    browser = browser or door.browser()
    answer = browser.post("/staff/set-up", {"code": code})
    assert answer.status_code == 200 and "The code is right" in answer.text
    return browser


@requirement("B8")
def test_a_fresh_portal_has_nobody_and_asks_nobody_for_a_password(door: Door) -> None:
    assert door.staff() == {} and door.sessions() == 0
    for path in ("/staff/sign-in", "/staff/set-up"):
        page = door.browser().get(path)
        assert page.status_code == 200 and 'type="password"' not in page.text
    columns = {column.name for table in db.metadata.tables.values() for column in table.columns}
    assert [name for name in columns if "password" in name] == []
    assert not [rule.rule for rule in door.app.url_map.iter_rules()
                if re.search(r"password|log-?in\b|register", rule.rule)]


@requirement("B8")
@audited("staff_sign_in_setup_code_made", "staff_sign_in_setup_code_used")
def test_the_first_administrator_signs_in_with_the_code_and_the_provider(door: Door) -> None:
    browser = gives(door, code_of(door))
    assert door.sessions() == 0 and browser.get("/desk/").status_code == 303, "the code is no session"
    assert door.sign_in(browser, **NO_ROLE).status_code == 303
    assert door.staff()["O1"].role == "force_admin"
    assert browser.get("/desk/reviews").status_code == 200
    assert door.audited("staff_sign_in_setup_code_used") == [{"staff": str(door.staff()["O1"].id)}]
    assert door.sign_in(**NO_ROLE).status_code == 303, "and again without it"


@requirement("B8")
def test_a_code_is_used_once_and_by_nobody_whom_the_provider_does_not_vouch_for(door: Door) -> None:
    code = code_of(door)
    first, second = gives(door, code), gives(door, code)
    assert door.sign_in(first, **NO_ROLE, amr=["pwd"]).status_code == 403
    assert door.sign_in(first, **NO_ROLE).status_code == 303
    assert door.sign_in(second, **NO_ROLE, sub="subject-2", employeeid="O2").status_code == 403
    answer = door.browser().post("/staff/set-up", {"code": code})
    assert answer.status_code == 400 and "not a code that works" in answer.text
    assert sorted(door.staff()) == ["O1"]


@requirement("B8")
@pytest.mark.parametrize("hours", [1, 24])
def test_a_code_ends_by_itself_and_with_the_next_one(door: Door, hours: int) -> None:
    code = code_of(door, "--hours", str(hours))
    with clock.travel(NOW + timedelta(hours=hours, seconds=-1)):
        gives(door, code)
    with clock.travel(NOW + timedelta(hours=hours)):
        assert door.browser().post("/staff/set-up", {"code": code}).status_code == 400
        code_of(door)
    assert door.browser().post("/staff/set-up", {"code": code}).status_code == 400


def test_a_code_that_was_typed_and_left_lying_opens_nothing_later(door: Door) -> None:
    browser = gives(door, code_of(door))
    with clock.travel(NOW + timedelta(minutes=11)):
        assert door.sign_in(browser, **NO_ROLE).status_code == 403


def test_a_code_is_read_however_it_is_written(door: Door) -> None:
    code = code_of(door)
    for typed in (code.lower(), code.replace("-", " "), f" {code.replace('-', '')} "):
        gives(door, typed)


@audited("staff_sign_in_setup_code_wrong")
def test_a_wrong_code_is_noted_once_in_a_while(door: Door) -> None:
    for typed in ("", "AAAAA-AAAAA-AAAAA-AAAAA", "x" * 5000, "'; --"):
        assert door.browser().post("/staff/set-up", {"code": typed}).status_code == 400
    assert len(door.audited("staff_sign_in_setup_code_wrong")) == 1


def test_what_a_code_gives_ends_after_thirty_days_or_with_the_administrator(door: Door) -> None:
    door.sign_in(gives(door, code_of(door)), **NO_ROLE)
    with clock.travel(NOW + timedelta(days=30)):
        assert door.sign_in(**NO_ROLE).status_code == 403
    assert door.staff()["O1"].role == "officer"
    door.signed_in(roles=["Portal.Admin"])
    said = run_command(door.app, "staff", "setup-code", "--force", "midshire", ends=1)
    assert "midshire has an administrator who can sign in; use --again" in said.output
    code_of(door, "--again")


def test_only_a_hash_of_the_code_is_kept(door: Door) -> None:
    code = code_of(door)
    import sqlalchemy as sa

    (kept,) = door.look(lambda: list(db.session.scalars(sa.select(SetupCode.code_hash))))
    assert len(kept) == 32 and code.replace("-", "").encode() not in kept


@pytest.mark.parametrize(("typed", "said"), [
    ("a secret\n", "midshire: the secret is kept, sealed"),
    ("\n", "the secret is empty"), ("a\x07b\n", "not one line"),
    ("x" * 1001, "the secret is empty, or"),
])
@audited("staff_sign_in_secret_kept")
def test_the_secret_comes_by_standard_input_and_is_shown_nowhere(door: Door, typed: str, said: str) -> None:
    from plugins.staff_sign_in import secret

    done = run_command(door.app, "staff", "client-secret", "--force", "midshire", typed=typed)
    assert said in done.output and "a secret" not in done.output
    expected = "a secret" if done.exit_code == 0 else "the client's secret"
    assert door.look(secret.current) == expected


def test_without_a_secret_nobody_comes_in_and_the_provider_is_not_asked(door: Door) -> None:
    from plugins.staff_sign_in.models import ClientSecret

    with door.app.app_context():
        from core.storage.db import force_scope

        with force_scope("midshire"):
            import sqlalchemy as sa

            db.session.execute(sa.delete(ClientSecret))
            db.session.commit()
    assert door.sign_in().status_code == 503
    assert door.provider.asked["/token"] == 0
