"""Each key is for one thing, whatever file it stands in, and none is made new while data need the old one."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from core.app import create_app
from core.base.installation import State, installation
from core.base.settings import Settings
from core.storage import ciphers, schema
from core.storage.ciphers import KeyProblem
from core.storage.db import close_connections, db, force_scope
from core.storage.keys import keyring, master_key
from core.storage.keys.keyring import FORCE_KEYS
from core.storage.keys.master_key import (
    MASTER_KEY,
    SECRET_KEY,
    FileKey,
    KeyFile,
    replace_key_file,
    write_key_file,
)
from core.storage.migrations.admin import holds_keys
from core.testing import recorded
from core.testing.postgres import Addresses
from tests.conftest import HERTS
from tests.core.app.test_start import production, start
from tests.people import take
from tests.security.checklist import requirement


def line(key: bytes) -> str:
    return base64.b64encode(key).decode()


def one_file(folder: Path) -> None:
    (folder / "secret").unlink()
    (folder / "secret").symlink_to(folder / "master")


def one_inode(folder: Path) -> None:
    (folder / "secret").unlink()
    (folder / "secret").hardlink_to(folder / "master")


def a_copy(folder: Path) -> None:
    shutil.copy(folder / "master", folder / "secret")


def a_copy_with_remarks(folder: Path) -> None:
    (folder / "secret").write_text(f"# of the sessions\n\n  {(folder / 'master').read_text().strip()}  \n\n")


def the_second_line(folder: Path) -> None:
    """The master key was changed; its former one, still in the file, serves the sessions."""
    former = master_key.read_key_file(folder / "secret")[0].key
    newest = FileKey(ciphers.new_key(), master_key.clock.now())
    replace_key_file(folder / "master", [newest, FileKey(former)])


def a_former_one(folder: Path) -> None:
    """The master key was changed, and what it was before serves the sessions."""
    shutil.copy(folder / "secret", folder / "master.former")


@requirement("G3")
@pytest.mark.parametrize("same", [
    one_file, one_inode, a_copy, a_copy_with_remarks, the_second_line, a_former_one,
], ids=lambda made: made.__name__)
def test_a_master_key_that_is_the_session_key_too_stops_the_start(
    database: Addresses, tmp_path: Path, same: Callable[[Path], None]
) -> None:
    settings = production(database, tmp_path)
    same(tmp_path)
    with pytest.raises(KeyProblem) as refused:
        start(settings)
    said = str(refused.value)
    assert "TMC_MASTER_KEY_FILE" in said and "TMC_SECRET_KEY_FILE" in said and "the same key" in said
    assert "trackmycrime keys master FILE" in said
    assert line(master_key.read_key_file(tmp_path / "secret")[0].key) not in said


def test_a_demo_with_one_key_for_both_does_not_start_either(
    database: Addresses, tmp_path: Path, settings: Settings
) -> None:
    write_key_file(tmp_path / "one")
    with pytest.raises(KeyProblem, match="the same key"):
        start(settings.model_copy(update={
            "master_key_file": tmp_path / "one", "secret_key_file": tmp_path / "one"}))


def test_keys_check_names_key_files_that_hold_one_key(app: Flask, tmp_path: Path) -> None:
    for name in ("master", "session"):
        write_key_file(tmp_path / name)
    apart = {name: KeyFile(tmp_path / name) for name in ("master", "session")}
    assert list(master_key.shared(apart)) == []
    a_third = {**apart, "third": KeyFile(tmp_path / "master")}
    (told,) = master_key.shared(a_third)
    assert "third" in told and "master" in told and "session" not in told


@requirement("G3")
@pytest.mark.parametrize("file", [MASTER_KEY, SECRET_KEY], ids=["master", "secret"])
def test_a_forces_key_that_stands_in_a_key_file_is_refused(
    app: Flask, file: State[master_key.KeyFile]
) -> None:
    take(app, recorded())
    key = file.get(app).in_use()[0]
    with app.app_context(), force_scope(HERTS):
        row = db.session.scalars(sa.select(keyring.ForceKey).where(
            keyring.ForceKey.purpose == "codes")).one()
        row.wrapped = ciphers.wrap(MASTER_KEY.get(app).in_use()[0], HERTS, "codes",
                                  row.key_id, key)
        db.session.commit()
    FORCE_KEYS.get(app).clear()
    with pytest.raises(KeyProblem, match=f"the codes key of {HERTS} stands in .* too"):
        schema.check(app)


# --- another master key ------------------------------------------------------------------------------


@requirement("G3")
def test_another_master_key_stops_a_production_start_also_while_no_force_is_live(
    app: Flask, database: Addresses, tmp_path: Path
) -> None:
    take(app, recorded())
    settings = production(database, tmp_path)
    other = create_app(settings)
    try:
        assert "draft" in {one.force.status for one in installation(other).host.installed.values()}
        assert other.test_client().get(f"/{HERTS}/", headers={"Host": "portal.test"}).status_code == 404
        with pytest.raises(KeyProblem, match=f"{tmp_path}/master.*does not open .* of {HERTS}"):
            schema.check(other)
    finally:
        with other.app_context():
            close_connections()


def test_the_right_master_key_starts_in_production_while_no_force_is_live(
    app: Flask, database: Addresses, tmp_path: Path
) -> None:
    take(app, recorded())
    settings = production(database, tmp_path)
    shutil.copy(MASTER_KEY.get(app).path, tmp_path / "master")
    right = create_app(settings)
    schema.check(right)
    with right.app_context():
        close_connections()


# --- the demo's key ----------------------------------------------------------------------------------


def test_a_demo_that_lost_its_master_key_says_so_and_makes_none(
    database: Addresses, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "demo.env").write_text("TMC_MODE=demo\n")
    with pytest.raises(KeyProblem) as refused:
        start(settings.model_copy(update={"data_dir": tmp_path}))
    said = str(refused.value)
    assert f"{tmp_path}/master.key: the master key is gone" in said and "begin anew" in said
    assert not (tmp_path / "master.key").exists()


def test_a_demo_without_data_makes_its_master_key(
    database: Addresses, settings: Settings, tmp_path: Path
) -> None:
    start(settings.model_copy(update={"data_dir": tmp_path}))
    assert (tmp_path / "master.key").exists()


def test_whether_anything_is_sealed_in_a_database_is_seen_past_the_walls(
    app: Flask, database: Addresses
) -> None:
    name = sa.make_url(database.owner).database
    address = database.server.url(database=str(name))
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.delete(keyring.ForceKey))
        db.session.commit()
    from core.testing.postgres import empty
    empty(database.owner)
    assert not holds_keys(address)
    FORCE_KEYS.get(app).clear()
    take(app, recorded())
    assert holds_keys(address)
    assert not holds_keys(database.server.url()), "a database without tables"


def test_the_command_says_a_lost_key_in_one_line(
    database: Addresses, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.cli import main

    for name in [name for name in os.environ if name.startswith("TMC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TMC_DATA_DIR", str(tmp_path))
    (tmp_path / "demo.env").write_text(f"TMC_DATABASE_URL={settings.database_url}\n")
    told = CliRunner().invoke(main.root, ["keys", "check"], obj=ScriptInfo(create_app=create_app))
    assert isinstance(told.exception, KeyProblem) and "the master key is gone" in str(told.exception)
