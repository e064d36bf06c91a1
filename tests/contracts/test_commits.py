"""A transaction ends at a door, so that what belongs together is kept or lost together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.commits import commits_elsewhere
from tests.contracts.small_house import SOUND, write
from tools.rooms import ROOT

# Who ends a transaction beside views, commands and jobs, and why.
OTHERS = {
    "core/plugin_host/jobs.py:run": "the door of all jobs: what a job did is committed with its end",
    "core/web/access.py:_refuse": "the lock of all doors: a refusal is written down before it is answered",
    "core/web/sessions.py:ForceSessions._keep": "a visit is kept after the view, whatever the view did",
    "plugins/preview/personas.py:PersonaSessions.opened": "likewise, of who looks at a preview",
    "plugins/preview/portal.py:Portal._take_in": "a process of its own, which fills its own database",
    "core/storage/keys/keyring.py:_make_missing": "a key that a caller's roll-back undid would lose data",
    "core/audit/chain.py:Chainer._link_some": "a process of its own; the head is let go after each part",
    "core/audit/export.py:not_mailed": "likewise; no transaction is open while a mail server is waited for",
    "core/audit/export.py:mail_again": "likewise",
    "core/commitments/jobs.py:_settle_all": "of jobs, in parts: of many cases no lock is held for long",
    "core/notices/outgoing.py:_claim": "of the job send_notice: none is open while a letter is on its way",
    "core/notices/outgoing.py:_send": "likewise",
    "core/notices/outgoing.py:_mark": "likewise, tried again until the database is back",
    "core/notices/outgoing.py:_withheld": "likewise",
    "core/notices/untold.py:_heard": "likewise, of many letters, of which one that fails stops no other",
    "core/notices/untold.py:tell_untold": "a job; of a letter that was just sent, its own has ended",
    "core/notices/lost_codes.py:note": "of every force of a database, when the letter's own has ended",
    "core/notices/restored.py:look": "that letters are held is known to all before the next is claimed",
    "plugins/officer_desk/case_page.py:page_of": "of all views of a case at the desk: its page ends each",
    "plugins/sign_in/limits.py:pace": "counted whatever becomes of the try, and nobody waits for a count",
    "plugins/sign_in/limits.py:_step": "likewise",
}


def test_only_doors_end_a_transaction_and_a_few_others_each_with_its_reason() -> None:
    assert {*commits_elsewhere(ROOT)} == {*OTHERS}


PLANTED: dict[str, tuple[str, str, str]] = {
    "a rule": ("core/base/clock.py", "def late():\n    db.session.commit()\n", "late"),
    "a rule of a plugin": ("plugins/letters/rules.py", "def send():\n    session.commit()\n", "send"),
    "a method": (
        "core/force/model.py", "class F:\n    def keep(self):\n        self.session.commit()\n", "F.keep"),
    "a function within": (
        "plugins/letters/rules.py", "def send():\n    def late():\n        db.session.commit()\n", "send"),
    "a module": ("plugins/letters/rules.py", "db.session.commit()\n", "module"),
    "handed on": ("plugins/letters/rules.py", "def send():\n    afterwards(db.session.commit)\n", "send"),
    "by another name": (
        "plugins/letters/rules.py", "def send():\n    end = db.session.commit\n    end()\n", "send"),
    "by its name as text": (
        "plugins/letters/rules.py", 'def send():\n    getattr(db.session, "commit")()\n', "send"),
    "as a statement": (
        "plugins/letters/rules.py", 'def send():\n    connection.execute(text(" COMMIT "))\n', "send"),
    "a namesake of a job": (
        "plugins/letters/rules.py", "def nightly():\n    db.session.commit()\n", "nightly"),
    "beside a job": (
        "plugins/letters/nightly.py",
        "def nightly():\n    part()\ndef part():\n    db.session.commit()\n"
        'def jobs(registry):\n    registry.task("letters")(nightly)\n', "part"),
    "a namesake of a plugin's job beside it": (
        "core/web/jobs.py", "def nightly():\n    db.session.commit()\n", "nightly"),
    "what is called get, and no view": (
        "plugins/letters/rules.py", 'def send():\n    words.get("a")\n    db.session.commit()\n', "send"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_commit_elsewhere_is_found(tmp_path: Path, what: str) -> None:
    file, code, function = PLANTED[what]
    write(tmp_path, SOUND)
    assert commits_elsewhere(tmp_path) == []
    write(tmp_path, {file: code, "plugins/letters/jobs.py":
                     'def jobs(registry):\n    registry.task("one")(nightly)\n'})
    assert commits_elsewhere(tmp_path) == [f"{file}:{function}"]


DOORS = {
    "plugins/letters/routes.py": '@bp.post("/letters")\ndef send():\n    db.session.commit()\n',
    "plugins/letters/desk.py": 'def send():\n    db.session.commit()\nbp.post("/late")(send)\n',
    "plugins/letters/commands.py": '@letters.command("send")\ndef send():\n    db.session.commit()\n',
    "plugins/letters/nightly.py":
        'def nightly():\n    db.session.commit()\n\ndef jobs(registry):\n    registry.task("one")(nightly)\n',
    "core/cli/processes/work.py": "def begin():\n    db.session.commit()\n",
    "core/testing/people.py": "def take():\n    db.session.commit()\n",
}


@pytest.mark.parametrize("file", DOORS)
def test_a_door_may_end_its_transaction(tmp_path: Path, file: str) -> None:
    write(tmp_path, {**SOUND, file: DOORS[file]})
    assert commits_elsewhere(tmp_path) == []
