"""Who follows docs/record-feed.md gets what it promises."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from core.force.vocabulary import STAGES
from core.intake.shapes import TYPES
from core.testing import recorded
from plugins.record_feed import SETTINGS
from tests.live import need
from tests.plugins.record_feed.example_sender import RECORDED, send
from tests.plugins.record_feed.feed_builders import Sender

HERE = Path(__file__).parent
DOCUMENT = (HERE.parents[2] / "docs" / "record-feed.md").read_text()


def between(name: str) -> str:
    found = re.search(
        rf"<!-- {name}: begin -->\n```\w+\n(.*?)```\n<!-- {name}: end -->", DOCUMENT, re.DOTALL
    )
    assert found, f"no {name} in the document"
    return found[1]


@pytest.fixture
def address(app: Flask, niche: Sender) -> Iterator[str]:
    """The door at a real address."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{niche.address}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_example_is_the_one_that_runs() -> None:
    code = (HERE / "example_sender.py").read_text()
    assert between("example_sender.py") == code.replace("  # noqa: S310", "")


PROMISED = re.search(r"The answer is\s`202` and\n\n```json\n(.*?)```", DOCUMENT, re.DOTALL)


def test_the_example_as_it_is_printed_is_accepted(address: str, niche: Sender, tmp_path: Path) -> None:
    """By the first thing that a newcomer sends: nothing was there before it."""
    (tmp_path / "sender.py").write_text(between("example_sender.py"))
    told = subprocess.run(
        [sys.executable, "-I", tmp_path / "sender.py"], check=True, capture_output=True, text=True,
        env={"FEED_KEY": niche.key, "FEED_ADDRESS": address})
    assert PROMISED
    assert ast.literal_eval(told.stdout) == (202, json.loads(PROMISED[1]))
    status, problem = send(address, niche.key, {**RECORDED, "subject": "41/1/24"})
    assert (status, problem["type"]) == (409, "urn:trackmycrime:feed:conflict")


def test_the_shell_example_needs_no_program_of_one_system() -> None:
    script = re.search(r"```sh\n(id=.*?)```", DOCUMENT, re.DOTALL)
    assert script and "%N" not in script[1] and "date -d" not in script[1]


def test_the_shell_example_sends_an_event(address: str, niche: Sender, tmp_path: Path) -> None:
    need("curl", "openssl")
    (tmp_path / "event.json").write_text(json.dumps(recorded(id="e1")))
    script = re.search(r"```sh\n(id=.*?)```", DOCUMENT, re.DOTALL)
    assert script
    done = subprocess.run(
        ["sh", "-c", script[1]],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "FEED_KEY": niche.key, "FEED_ADDRESS": address},
    )
    assert json.loads(done.stdout) == {"results": [{"id": "e1", "status": "accepted"}]}


def test_the_mapping_of_the_document_can_be_used() -> None:
    given: dict[str, Any] = tomllib.loads(between("force.toml"))["plugins"]["record_feed"]
    assert SETTINGS(**given).csv["backfill"].columns["Surname"] == "data.people.0.name.family"


def test_every_stage_is_named() -> None:
    assert [stage for stage in STAGES if f"`{stage}`" not in DOCUMENT] == []


def test_every_type_is_described() -> None:
    missing = [
        n
        for n in TYPES
        if n not in DOCUMENT and n.replace("uk.police.suspect", "…") not in DOCUMENT
    ]
    assert missing == []
