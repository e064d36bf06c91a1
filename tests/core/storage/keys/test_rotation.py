"""Keys change while people read and record systems post, and nobody notices."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.base import clock
from core.base.installation import installation
from core.cases.models import Message, Person, Staff
from core.cli.main import root
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage import ciphers
from core.storage.db import db, force_scope
from core.storage.keys import key_ends, resealing, rotation
from core.storage.keys.keyring import FORCE_KEYS, ForceKey, force_keys, look
from core.storage.keys.master_key import SECRET_KEY, KeyFile
from core.storage.keys.purposes import DATA, PURPOSES
from core.testing import allocated, event, officer, person, recorded
from plugins.retention import erasure
from tests.conftest import AVON, HERTS
from tests.core.storage.keys.rotating import CANARY, filled, ids, keys_command, under
from tests.people import form_on, meet, person_browser, take
from tests.security.audited import audited
from tests.security.checklist import protection, requirement


@audited("keys_made", "keys_ended")
@requirement("G3")
def test_every_key_is_new_and_everything_opens(app: Flask, files: Path, at_once: None) -> None:
    filled(app)
    before, page = ids(app), f"/case/{meet(app).case}"
    browser = person_browser(app, meet(app))
    assert CANARY in browser.get(page).text
    masters = [KeyFile(files / name).in_use()[0] for name in ("master", "secret")]
    said = keys_command(app, "rotate", "--again")
    after = ids(app)
    for purpose in PURPOSES:
        assert after[purpose][0] != before[purpose][0]
    assert after[DATA][1:] == [] and under(app) == {after[DATA][0]}
    assert [KeyFile(files / name).in_use()[0] for name in ("master", "secret")] != masters
    assert CANARY in browser.get(page).text
    assert f"{HERTS}: {len(PURPOSES)} new keys" in said
    with app.app_context():
        FORCE_KEYS.get(app).clear()
    assert CANARY in browser.get(page).text
    assert json.loads(keys_command(app, "check", "--json"))["problems"] == []


@requirement("G3")
def test_who_and_what_is_known_by_a_keyed_hash_is_known_after_the_change(
    app: Flask, files: Path, at_once: None
) -> None:
    """Ids that are words, and a subject that is no reference: no second row, and erased like the others."""
    amina, sam, subject = {"id": "amina.khan"}, {"id": "sam.officer"}, "the burglary of Ms Khan"
    take(app, recorded(people=[person(**amina)]), allocated(officer=officer(**sam)))
    with app.app_context(), force_scope(HERTS):
        take_in(host().get(HERTS).force, "niche", [recorded(subject)])
        db.session.commit()
    keys_command(app, "rotate", "--again")
    now = "2024-03-06T10:00:00Z"
    take(app, event("person.amended", time=now, person=person(**amina, email="new@example.com")),
         allocated(officer=officer(**sam, name="Sam New"), time=now))
    with app.app_context(), force_scope(HERTS):
        assert [one.email for one in db.session.scalars(sa.select(Person))] == ["new@example.com"]
        assert [one.name for one in db.session.scalars(sa.select(Staff))] == ["Sam New"]
        gone = erasure.erase_case(host().get(HERTS).force, subject)
        db.session.commit()
    assert gone and gone["record_event"] == 1


@requirement("G3")
def test_the_former_master_key_opens_nothing_and_is_kept_for_backups(
    app: Flask, files: Path, at_once: None
) -> None:
    filled(app)
    former = KeyFile(files / "master").in_use()
    keys_command(app, "rotate", "--again", "--only", "master")
    with app.app_context(), force_scope(HERTS):
        for row in db.session.scalars(sa.select(ForceKey)):
            assert ciphers.unwrap(former[0], HERTS, row.purpose, row.key_id, row.wrapped) is None
    assert KeyFile(files / "master.former").in_use() == former
    for name in ("master", "master.former"):
        assert (files / name).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in files.glob(".*")] == []


@requirement("G3")
def test_a_form_that_was_open_is_still_taken(app: Flask, files: Path, at_once: None) -> None:
    filled(app)
    met = meet(app)
    browser = person_browser(app, met)
    path = browser.path(f"/case/{met.case}/messages")
    form = form_on(browser.get(f"/case/{met.case}/messages").text, path)
    keys_command(app, "rotate", "--again", "--only", "session")
    assert browser.client.post(path, data=form | {"text": "Any news?"}).status_code == 303


def test_a_form_sent_again_after_the_change_is_one_message(
    app: Flask, files: Path, at_once: None
) -> None:
    filled(app)
    met = meet(app)
    browser = person_browser(app, met)
    path = browser.path(f"/case/{met.case}/messages")
    form = form_on(browser.get(f"/case/{met.case}/messages").text, path) | {"text": "Any news?"}
    assert browser.client.post(path, data=form).status_code == 303
    keys_command(app, "rotate", "--again", "--only", "index")
    assert browser.client.post(path, data=form).status_code == 303
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1


@protection("G3")
def test_without_the_former_session_key_it_would_be_lost(
    app: Flask, files: Path, at_once: None
) -> None:
    filled(app)
    met = meet(app)
    browser = person_browser(app, met)
    path = browser.path(f"/case/{met.case}/messages")
    form = form_on(browser.get(f"/case/{met.case}/messages").text, path)
    keys_command(app, "rotate", "--again", "--only", "session")
    newest = KeyFile(files / "secret").in_use()[0]
    SECRET_KEY.set(KeyFile(None, given=newest), app)
    assert browser.client.post(path, data=form | {"text": "Any news?"}).status_code == 400


@requirement("G3")
def test_a_code_that_was_sent_before_still_opens(app: Flask, files: Path, at_once: None) -> None:
    from tests.plugins.sign_in.ways_in import enter, give, newest_code

    take(app, recorded())
    from tests.pages import Browser

    browser = Browser(app, HERTS)
    give(browser)
    code = newest_code(app)
    keys_command(app, "rotate", "--again", "--only", "codes", "--only", "index")
    assert enter(browser, str(code)).status_code == 303


def test_what_was_cut_off_goes_on_where_it_stopped(
    app: Flask, files: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the first batch: the newest key is not made once more, the rest is sealed anew."""
    filled(app)
    monkeypatch.setattr(resealing, "MANY", 1)
    resealing._all.cache_clear()
    resealing._stale.cache_clear()

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("core.cli.key_commands._progress", _telling(killed))
        answer = app.test_cli_runner().invoke(root, ["keys", "rotate", "--again", "--quiet"])
        assert answer.exit_code == 1
    half = ids(app)
    assert len(half[DATA]) == 2 and len(under(app)) == 2
    keys_command(app, "rotate")
    assert ids(app)[DATA] == half[DATA][:1] and under(app) == {half[DATA][0]}
    assert len(KeyFile(files / "master").in_use()) == 1
    resealing._all.cache_clear()
    resealing._stale.cache_clear()


def _telling(killed: Any) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def progress(quiet: bool) -> Any:
        yield lambda name, total, done: killed() if done and name == HERTS else None

    return progress


def test_a_row_that_somebody_is_at_work_with_is_left_and_comes_next(
    app: Flask, at_once: None
) -> None:
    filled(app)
    with app.app_context(), force_scope(HERTS):
        rotation.make_keys([DATA], note=audit.write, again=True)
        db.session.commit()
        owner = sa.create_engine(installation(app).settings.owner_database_url)
        with owner.connect() as other:
            other.execute(sa.text("SELECT set_config('tmc.force', :force, true)"), {"force": HERTS})
            other.execute(sa.text("SELECT 1 FROM person WHERE record_id = 'P1' FOR UPDATE"))
            resealing.seal_anew(lambda n: db.session.commit())
            left = resealing.waiting()
        owner.dispose()
        assert left > 0
        resealing.seal_anew(lambda n: db.session.commit())
        assert resealing.waiting() == 0


def test_a_value_that_changed_meanwhile_is_not_overwritten(app: Flask, at_once: None) -> None:
    filled(app)
    with app.app_context(), force_scope(HERTS):
        one = db.session.scalars(sa.select(Person)).first()
        assert one and one.email_sealed
        change = {"b_id": one.id, "b_old": one.email_sealed, "b_new": b"older"}
        one.email = "moved@example.com"
        db.session.commit()
        assert resealing._replace(Person, "email_sealed", [change]) == 0
        db.session.refresh(one)
        assert one.email == "moved@example.com"


def test_the_newest_key_is_not_replaced_twice_in_an_hour(
    app: Flask, files: Path, at_once: None
) -> None:
    filled(app)
    before = ids(app)
    assert "no new key is due" in keys_command(app, "rotate")
    assert ids(app) == before
    with clock.travel(clock.now() + timedelta(hours=2)):
        assert keys_command(app, "rotate", "--only", "audit", "--quiet") == ""
    assert ids(app)["audit"][1:] == before["audit"]


def test_former_keys_for_codes_end_when_every_code_has(app: Flask, at_once: None) -> None:
    filled(app)
    with app.app_context(), force_scope(HERTS):
        rotation.make_keys(PURPOSES, note=audit.write, again=True)
        db.session.commit()
        key_ends.end_outlived(audit.write)
        assert len(look().chains["codes"]) == 2
        with clock.travel(clock.now() + timedelta(days=32)):
            key_ends.end_outlived(audit.write)
            assert {p for p, chain in look().chains.items() if len(chain) == 1} == {
                "codes", "limits", "links", "forms"}


def test_a_force_alone_keeps_the_others_keys(app: Flask, files: Path, at_once: None) -> None:
    filled(app)
    with app.app_context(), force_scope(AVON):
        force_keys()
    others = ids(app, AVON)
    keys_command(app, "rotate", "--again", "--force", HERTS)
    assert ids(app, AVON) == others
    assert "leave --force out" in keys_command(app, "rotate", "--force", HERTS, "--only", "master", ends=2)
    assert "no such force" in keys_command(app, "rotate", "--force", "atlantis", ends=1)
