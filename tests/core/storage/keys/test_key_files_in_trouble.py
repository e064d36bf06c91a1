"""Key files that a clerk, a full disk or a power cut spoilt; two who change keys at once."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core import audit
from core.audit.models import AuditEntry
from core.base import clock
from core.storage import ciphers
from core.storage.ciphers import KeyProblem
from core.storage.db import db, force_scope
from core.storage.keys import keyring, master_key, rotation
from core.storage.keys.keyring import FORCE_KEYS, ForceKey, look, new_row
from core.storage.keys.master_key import (
    MASTER_KEY,
    FileKey,
    KeyFile,
    changed_by_one,
    read_key_file,
    replace_key_file,
)
from core.storage.keys.purposes import DATA
from tests.conftest import HERTS
from tests.core.storage.keys.rotating import CANARY, filled, ids, keys_command
from tests.people import meet, person_browser
from tests.security.checklist import requirement

SPOILT = {
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:20]),
    "emptied": lambda file: file.write_bytes(b""),
    "a letter instead": lambda file: file.write_text("Dear colleague"),
    "not text": lambda file: file.write_bytes(os.urandom(64)),
    "taken away": lambda file: file.unlink(),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
}


@requirement("G3")
@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.parametrize("name", ["master", "secret"])
def test_a_key_file_that_is_spoilt_stops_nobody_who_is_reading(
    app: Flask, files: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    name: str, how: str,
) -> None:
    monkeypatch.setattr(master_key, "LOOK_EVERY", -1.0)  # at every request
    filled(app)
    browser, page = person_browser(app, meet(app)), f"/case/{meet(app).case}"
    whole = (files / name).read_bytes()
    SPOILT[how](files / name)
    answers = []
    for _ in range(3):
        FORCE_KEYS.get(app).clear()  # as in a process that has just begun
        answers.append(browser.get(page))
    assert [a.status_code for a in answers] == [200] * 3 and CANARY in answers[0].text
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    told = [line["row"] for line in said if line["event"] == "key_file_not_read"]
    assert told == ([] if how == "taken away" else [name])  # once, not at every page
    with pytest.raises(KeyProblem, match=name):
        KeyFile(files / name)
    if (files / name).is_dir():
        (files / name).rmdir()
    (files / name).write_bytes(whole)
    (files / name).chmod(0o600)
    assert browser.get(page).status_code == 200


def test_a_new_key_is_taken_up_after_the_file_was_mended(files: Path) -> None:
    file = KeyFile(files / "master")
    whole = (files / "master").read_bytes()
    (files / "master").write_text("half")
    assert file.read_again() is False and len(file.in_use()) == 1
    (files / "master").write_bytes(whole + crypto_line())
    assert file.read_again() is True and len(file.in_use()) == 2


def crypto_line() -> bytes:
    return master_key._line(FileKey(ciphers.new_key(), clock.now() - timedelta(days=1)))


@requirement("G3")
def test_a_power_cut_while_former_keys_are_put_aside_is_made_good_by_the_next_run(
    app: Flask, files: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file the power cut came before; also an empty one beside, as older versions left."""
    real, former = master_key.replace_key_file, read_key_file(files / "master")
    for survived in (1, 2):
        calls: list[Path] = []

        def cut(path: Path, *given: Any, calls: list[Path] = calls, upto: int = survived,
                **more: Any) -> None:
            calls.append(path)
            if len(calls) > upto:
                raise SystemExit(9)
            real(path, *given, **more)

        with monkeypatch.context() as patch:
            patch.setattr(rotation, "replace_key_file", cut)
            answer = app.test_cli_runner().invoke(
                key_commands(), ["rotate", "--again", "--only", "master"])
            assert answer.exit_code == 9
        assert {one.key for one in former} <= everything(files)
    if (files / "master.former").exists():
        (files / "master.former").write_bytes(b"")
        (files / "master.former").chmod(0o600)
    keys_command(app, "rotate", "--only", "master")
    assert len(read_key_file(files / "master")) == 1
    kept = read_key_file(files / "master.former")
    assert len(kept) == len(set(kept)) >= 1
    assert json.loads(keys_command(app, "check", "--json"))["problems"] == []


def key_commands() -> Any:
    from core.cli.key_commands import keys

    return keys


def everything(files: Path) -> set[bytes]:
    beside = files / "master.former"
    found = read_key_file(files / "master") + (read_key_file(beside) if beside.exists() else [])
    return {one.key for one in found}


@requirement("G3")
def test_who_puts_former_keys_aside_leaves_the_key_that_is_about_to_begin(files: Path) -> None:
    """Somebody else may have made it a second ago, and waits for its moment."""
    path = files / "master"
    (old,) = read_key_file(path)
    present = FileKey(ciphers.new_key(), clock.now() - timedelta(minutes=1))
    coming = FileKey(ciphers.new_key(), clock.now() + timedelta(seconds=4))
    replace_key_file(path, [coming, present, old])
    assert rotation.put_former_aside(KeyFile(path)) == 1
    assert read_key_file(path) == [coming, present]
    assert read_key_file(files / "master.former") == [old]


@requirement("G3")
def test_a_key_in_use_does_not_end_when_somebody_else_makes_the_next(
    app: Flask, files: Path, at_once: None
) -> None:
    """A force without a sealed value: nothing says that its present key is needed, but it is."""
    ids(app)
    keys_command(app, "rotate", "--again", "--only", "data", "--force", HERTS)
    with app.app_context(), force_scope(HERTS):
        present = look().key_id(DATA)
        db.session.add(ForceKey(**new_row(HERTS, DATA, clock.now() + timedelta(minutes=1))))
        db.session.commit()
        look()
        rotation._end(
            rotation._former(DATA), rotation.Rotated(), lambda n: db.session.commit(), audit.write)
        assert look().key_id(DATA) == present
        assert [one.key_id for one in look().chains[DATA]][1:] == [present]


def test_two_cannot_change_key_files_at_once(app: Flask, files: Path, at_once: None) -> None:
    ids(app)
    before = (files / "master").read_bytes()
    with changed_by_one([files / "master"]):
        said = app.test_cli_runner().invoke(key_commands(), ["rotate", "--again"])
        assert isinstance(said.exception, KeyProblem) and "another" in str(said.exception)
        keys_command(app, "rotate", "--only", "codes")  # which needs no file
    assert (files / "master").read_bytes() == before
    keys_command(app, "rotate", "--again", "--only", "master", "--only", "session")
    assert (files / "master").read_bytes() != before
    with app.app_context(), force_scope(HERTS):  # every force's audit has it
        made = sa.select(AuditEntry.fields).where(AuditEntry.action == "keys_made")
        assert {"purposes": ["master", "session"]} in db.session.scalars(made).all()


def test_who_stops_a_change_of_keys_reads_that_nothing_is_lost(
    app: Flask, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.cli.key_commands._settle", stopped)
    assert "nothing is lost" in keys_command(app, "rotate", "--only", "data", ends=1)


def test_the_wrong_master_key_after_a_restore_says_where_the_right_one_is(
    app: Flask, files: Path
) -> None:
    filled(app)
    replace_key_file(files / "master", [FileKey(ciphers.new_key())])
    MASTER_KEY.set(KeyFile(files / "master"), app)
    FORCE_KEYS.get(app).clear()
    with app.app_context(), force_scope(HERTS), pytest.raises(KeyProblem, match=r"from its \.former"):
        keyring.look()
