"""A database that was made by steps which are not ours any more, or not yet: refused, and left as it is."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pytest
import sqlalchemy as sa
from flask import Flask

from core.app import create_app
from core.base.installation import installation
from core.base.settings import Settings
from core.cli.main import add_plugin_commands, application
from core.cli.processes.embedded import EmbeddedPostgres
from core.cli.processes.supervisor import free_port
from core.plugin_host.commands import root
from core.storage import schema
from core.storage.db import close_connections
from core.storage.keys.master_key import write_key_file
from core.storage.migrations.admin import make_roles
from core.storage.migrations.history import refuse_other_steps
from core.testing.postgres import DATABASE, OWNER, SERVING, Addresses
from tests.live import ROOT

_numbers = count(1)
OLD = {"core": "core_0016", "sign_in": "sign_in_0003", "record_feed": "record_feed_0002"}
LATER = {"core": "core_9999"}
OF_A_PLUGIN = {"sign_in": "sign_in_0001"}
# What is said of any other than a demo's own database: one sentence, its place, and what to run.
REFUSED = ("the database {database} on .* was made by steps that this version does not have ({steps}), "
           "so nothing in it was changed: .* `trackmycrime schema upgrade`")


class Made:
    """A database whose tables are as ours, and which wrote down other steps."""

    def __init__(self, app: Flask, addresses: Addresses, name: str) -> None:
        self.name, self.addresses = name, addresses.new_database(name)
        schema.upgrade(app, self.addresses.owner, SERVING)
        self.superuser = sa.create_engine(addresses.server.url(database=name), poolclass=sa.NullPool)

    def write(self, steps: dict[str, str]) -> None:
        with self.superuser.begin() as connection:
            for owner, step in steps.items():
                connection.execute(sa.text(f"UPDATE schema_version_{owner} SET version_num = '{step}'"))

    def content(self) -> dict[str, Any]:
        """The columns and the rows of every table, and who may do what with them."""
        with self.superuser.connect() as connection:
            rows = {name: connection.execute(sa.text(f"SELECT * FROM {name}")).all()
                    for name in sa.inspect(connection).get_table_names()}
            asked = sa.text("SELECT relname, relacl::text FROM pg_class ORDER BY 1")
            rights = connection.execute(asked).all()
            return {**rows, "rights": rights, "columns": schema.admin.shapes(connection)}


@pytest.fixture(scope="module")
def made(portal: Flask, database: Addresses) -> Iterator[Made]:
    found = Made(portal, database, f"history_{next(_numbers)}")
    yield found
    found.superuser.dispose()


@pytest.fixture
def ours(made: Made, settings: Settings) -> Iterator[Flask]:
    """A portal on that database, as this version has it; what a test wrote down is put right again."""
    app = create_app(settings.model_copy(update={"database_url": made.addresses.serving}))
    yield app
    made.write({one.name: str(one.head()) for one in schema.owners(installation(app).host)})
    try:
        schema.check(app)
    finally:
        with app.app_context():
            close_connections()


def refusal_of(made: Made, steps: dict[str, str]) -> str:
    """As a regular expression."""
    text = REFUSED.format(database=made.name, steps=", ".join(sorted(steps.values())))
    return "^" + text.replace("(", r"\(").replace(")", r"\)") + "$"


@pytest.mark.parametrize("steps", [OLD, LATER, OF_A_PLUGIN], ids=["old", "later", "of a plugin"])
@pytest.mark.parametrize("how", ["a start", "an upgrade", "a command"])
def test_a_database_of_other_steps_is_refused_in_one_sentence_and_left_as_it_is(
    ours: Flask, made: Made, steps: dict[str, str], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = {"a start": lambda: schema.check(ours), "a command": application,
            "an upgrade": lambda: schema.upgrade(ours, made.addresses.owner, SERVING)}
    monkeypatch.setattr("core.cli.main.create_app", lambda: ours)
    assert how != "a command" or application() is ours
    made.write(steps)
    before = made.content()
    with pytest.raises(schema.SchemaProblem, match=refusal_of(made, steps)) as refused:
        ways[how]()
    assert "\n" not in str(refused.value) and ". " not in str(refused.value)
    assert made.content() == before


def test_a_database_that_waits_for_a_step_of_ours_is_told_to_upgrade_as_ever(
    ours: Flask, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema.Owner, "steps", lambda self: {"before", self.head()})
    made.write({"core": "before"})
    schema.refuse_other_history(ours)
    with pytest.raises(schema.SchemaProblem, match="tables of core are not of this version: run `track"):
        schema.check(ours)


USED_UP = {"core": 16, "record_feed": 2, "sign_in": 3}  # numbers of the steps before the first of today


def test_a_history_has_one_beginning_and_takes_no_number_twice(portal: Flask) -> None:
    for owner in schema.owners(installation(portal).host):
        assert len(owner.script().get_bases()) == 1
        numbers = [int(step.rpartition("_")[2]) for step in owner.steps()]
        assert min(numbers) == 1 + USED_UP.get(owner.name, 0)


def test_where_the_serving_role_may_not_look_yet_the_upgrade_that_lets_it_still_runs(
    ours: Flask, made: Made
) -> None:
    with made.superuser.begin() as connection:
        connection.execute(sa.text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {SERVING}"))
    schema.refuse_other_history(ours)
    schema.upgrade(ours, made.addresses.owner, SERVING)
    schema.check(ours)


def test_an_empty_database_is_nobody_elses(database: Addresses, portal: Flask) -> None:
    other = database.new_database("nobodys")
    engine = sa.create_engine(other.owner, poolclass=sa.NullPool)
    with engine.connect() as connection:
        refuse_other_steps(
            connection, schema.owners(installation(portal).host), installation(portal).settings)
    assert schema.upgrade(portal, other.owner, SERVING)


# --- every command ----------------------------------------------------------------------------

# What asks no database, or starts one of its own and brings it up itself.
WITHOUT_DATABASE = {
    "demo", "forces check", "forces diff", "forces list", "forces new", "forces preview", "forces show",
    "forces simulate",
    "keys master", "schema draft", "settings", "web",
}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def gets_the_application(command: click.Command) -> bool:
    """Whether Flask gives it one before it runs: from ``application``, as the console script says."""
    held = (cell.cell_contents for cell in getattr(command.callback, "__closure__", None) or ())
    return any("flask" in Path(one.__code__.co_filename).parts for one in held if hasattr(one, "__code__"))


def test_every_command_that_asks_a_database_gets_the_application_that_looks_first() -> None:
    add_plugin_commands()
    found = dict(commands(root))
    assert len(found) > 25
    assert {name for name, one in found.items() if not gets_the_application(one)} == WITHOUT_DATABASE


@pytest.mark.parametrize("command", ["keys check", "schema check", "schema upgrade", "worker --once", "web"])
def test_a_command_says_it_in_its_one_line(
    ours: Flask, made: Made, command: str, tmp_path: Path
) -> None:
    made.write(OLD)
    write_key_file(tmp_path / "master")
    bind = ["--bind", f"127.0.0.1:{free_port()}"] if command == "web" else []
    environment = own_environment() | {
        "TMC_MODE": "demo", "TMC_DATA_DIR": str(tmp_path), "TMC_SMTP_URL": "smtp://mail.test",
        "TMC_DATABASE_URL": made.addresses.serving, "TMC_OWNER_DATABASE_URL": made.addresses.owner,
        "TMC_MASTER_KEY_FILE": str(tmp_path / "master"), "TMC_BASE_URL": "http://portal.test"}
    told = subprocess.run(
        [sys.executable, "-m", "core", *command.split(), *bind], cwd=ROOT, env=environment,
        capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 1
    assert f"trackmycrime: the database {made.name} on" in told.stderr
    assert "core_0016" in told.stderr and told.stderr.count("\n") == 1


def own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TMC_")}


# --- the demo ---------------------------------------------------------------------------------


def tables(data: Path) -> dict[str, list[Any]]:
    with EmbeddedPostgres(data) as server:
        engine = sa.create_engine(server.url(database=DATABASE), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return {name: [*connection.execute(sa.text(f"SELECT * FROM {name}")).all()]
                    for name in sa.inspect(connection).get_table_names()}


def test_make_run_over_old_data_says_how_to_begin_anew_and_changes_nothing() -> None:
    with TemporaryDirectory(prefix="tmc-test-") as folder:
        data = Path(folder) / "old data"
        with EmbeddedPostgres(data, settings={"fsync": "off"}) as server:
            make_roles(server.url(), OWNER, SERVING, DATABASE)
            engine = sa.create_engine(server.url(OWNER, DATABASE), poolclass=sa.NullPool)
            with engine.begin() as connection:
                connection.execute(sa.text(
                    "CREATE TABLE schema_version_core AS SELECT 'core_0016' AS version_num"))
        told = subprocess.run(
            [sys.executable, "-m", "core", "demo"], cwd=ROOT, capture_output=True, text=True, timeout=180,
            env=own_environment() | {"PORT": str(free_port()), "TMC_DATA_DIR": str(data)}, check=False)
        assert told.returncode == 1 and "ready http" not in told.stdout
        assert told.stderr.count("\n") == 1 and f"trackmycrime: {data}: this demo was made by" in told.stderr
        assert tables(data) == {"schema_version_core": [("core_0016",)]}
        subprocess.run(shlex.split(told.stderr.split("`")[1]), check=True)
        assert told.stderr.split("`")[3] == "make run" and not data.exists()
        assert tables(Path(f"{data}.old")) == {"schema_version_core": [("core_0016",)]}
