"""Tables, texts and the ends of rows of a plugin that no part of the portal could keep: no command starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.plugin_host.hostile import HEAD, write

TABLE = "from core.storage import Kept\nclass Name(ForceOwned, Base):\n    __tablename__ = 'noisy_name'\n"
MOVES = f"{TABLE}    __at_merger__ = 'move'\n"
# Models and commands stay in the process that loads them, so these get one of their own.
KEPT_BY_THE_PROCESS = {
    "has a table without a force": (
        "import sqlalchemy as sa\nclass Name(Base):\n    __tablename__ = 'noisy_name'\n"
        "    id = sa.orm.mapped_column(sa.Uuid, primary_key=True)\n",
        "the table noisy_name belongs to no force"),
    "has a table of another's name": (
        "class Name(ForceOwned, Base):\n    __tablename__ = 'sign_in_name'\n",
        "its table is called sign_in_name"),
    "has a table and no migrations": (
        "class Name(ForceOwned, Base):\n    __tablename__ = 'noisy_name'\n",
        "has tables and no folder migrations"),
    "has a table that stays when its cases move": (
        "from sqlalchemy import Uuid\nfrom sqlalchemy.orm import mapped_column\n"
        "class Name(ForceOwned, Base):\n    __tablename__ = 'noisy_name'\n"
        "    __at_merger__ = 'stay'\n    case_id = mapped_column(Uuid)\n"
        "    __table_args__ = (force_key('case_id', to='crime_case'),)\n",
        "the table noisy_name points at crime_case, whose rows move"),
    "does not say what becomes of a table when forces merge": (
        f"{TABLE}    __kept__ = 'with_force'\n", "noisy_name: __at_merger__ is move, stay or end"),
    "does not say until when rows are kept": (
        MOVES, "the table noisy_name: __kept__ says until when its rows are kept"),
    "keeps rows as nothing does": (
        f"{MOVES}    __kept__ = 'long'\n", "noisy_name: __kept__ says until when its rows are kept"),
    "keeps rows by no list of reasons": (
        f"{MOVES}    __kept__ = ()\n", "the table noisy_name: __kept__ says until when its rows are kept"),
    "keeps rows with a case and belongs to none": (
        f"{MOVES}    __kept__ = 'with_case'\n", "with_case, and nothing leads from it to a case"),
    "lets a job take rows away and has none": (
        f"{MOVES}    __kept__ = 'by_job'\n", "by_job, and its plugin has no jobs"),
    "counts days from what is not there": (
        f"{MOVES}    __kept__ = (Kept('names', since='made_at', days=3),)\n",
        "Kept names: it has no column made_at"),
    "empties a column that is not there": (
        f"{MOVES}    __kept__ = (Kept('names', since='id', days=3, emptied=('name',)),)\n",
        "Kept names: it has no column name"),
    "says no number of days": (
        f"{MOVES}    __kept__ = (Kept('names', since='id'),)\n", "Kept names: [retention] has no such key"),
    "calls a class of data as another is called": (
        f"{MOVES}    __kept__ = (Kept('notices', since='id'),)\n",
        "notices is a class of data of the table notice"),
    "says all of its tables": (
        f"{MOVES}    __kept__ = (Kept('names', since='id', days=3),)\n"
        "class Other(ForceOwned, Base):\n    __tablename__ = 'noisy_other'\n    __at_merger__ = 'end'\n"
        "    __kept__ = 'by_job'\n@hookimpl\ndef jobs(registry):\n    pass\n", ""),
    "has a table without a class": (
        "import sqlalchemy as sa\nsa.Table('noisy_name', Base.metadata, sa.Column('a', sa.Text))\n",
        "the table noisy_name belongs to no force"),
    "changes what the core does": (
        "import core.web.access\ncore.web.access.allow = lambda *rules, **more: lambda view: view\n",
        "changes core.web.access.allow"),
    "changes a class of the core": (
        "from core.web.sessions import ServerSession\nServerSession.__init__ = lambda self: None\n",
        "changes core.web.sessions.ServerSession.__init__"),
    "takes a command's name": (
        "import click\n@hookimpl\ndef commands():\n    return [click.Command('web')]\n",
        "the command web is there already"),
    "answers text for commands": (
        "@hookimpl\ndef commands():\n    return ['web']\n", "a list of click commands"),
    "ends the process when asked for commands": (
        "@hookimpl\ndef commands():\n    raise SystemExit(0)\n", "commands: SystemExit"),
    "does nothing wrong": ("", ""),
}

# Each in a child of one process that has loaded the portal before: loading it is what takes long.
EACH = """
import io, json, os, sys, traceback
from core.cli import main as cli
import plugins, pkgutil, importlib
for one in pkgutil.iter_modules(plugins.__path__):
    importlib.import_module(f"plugins.{one.name}")
told = {}
for fault, site in json.load(sys.stdin).items():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(writing, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.path.insert(0, site)
        code = 70
        try:
            cli.main(["settings"])
            code = 0
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)
    os.close(writing)
    with open(reading) as said:
        text = said.read()
    told[fault] = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What a command says with each plugin installed, and its exit status."""
    sites = {}
    for fault, (text, _) in KEPT_BY_THE_PROCESS.items():
        more = {} if "no migrations" in fault else {"migrations__versions__read.me": ""}
        sites[fault] = str(write(tmp_path_factory.mktemp("site"), text, head=HEAD, **more))
    done = subprocess.run(
        [sys.executable, "-c", EACH], input=json.dumps(sites), capture_output=True, text=True,
        check=True, env={"PATH": os.environ["PATH"]}, cwd=Path(__file__).resolve().parents[3],
    )
    found: dict[str, tuple[int, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("fault", KEPT_BY_THE_PROCESS)
def test_no_command_starts_with_a_plugin_that(ends: dict[str, tuple[int, str]], fault: str) -> None:
    said = KEPT_BY_THE_PROCESS[fault][1]
    code, errors = ends[fault]
    assert said in errors
    assert code == (1 if said else 0)
    assert errors.count("\n") == (1 if said else 0)
    assert ("trackmycrime: plugin noisy" in errors) is bool(said)
