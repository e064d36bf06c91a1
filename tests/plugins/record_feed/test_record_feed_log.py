"""What record systems send is in no log, whatever becomes of it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from flask import Flask

from core.testing import event, person, recorded
from tests.core.base.logged import lines, stored
from tests.plugins.record_feed.feed_builders import Sender
from tests.security.checklist import requirement

WORD = "feedcanary"
WHO = person(name={"given": WORD, "family": WORD}, email=f"{WORD}@example.com", organisation=WORD)
BODIES: dict[str, Any] = {
    "accepted": recorded(people=[WHO], summary=WORD),
    "parked": recorded("41/2/24", crime_type=WORD, people=[WHO]),
    "of no known kind": event(f"crime.{WORD}", text=WORD),
    "wrong types": recorded("41/3/24", people=WORD, reported_at=WORD),
    "no event": {WORD: WORD},
    "no JSON": f'{{"id": "{WORD}", ',
}


@requirement("G6")
@pytest.mark.parametrize("fails", [False, True], ids=["taken", "fails"])
@pytest.mark.parametrize("kind", BODIES)
def test_no_word_of_a_body_gets_into_the_log_the_audit_or_the_job_queue(
    app: Flask, niche: Sender, kind: str, fails: bool, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*given: Any, **more: Any) -> Any:
        raise ValueError(f"{WORD} {given}")

    if fails:
        monkeypatch.setattr(sys.modules["plugins.record_feed.routes"], "take_in", fail)
    body = BODIES[kind]
    answer = niche.post_bytes((body if isinstance(body, str) else json.dumps(body)).encode())
    said = capfd.readouterr()
    assert WORD not in said.err + said.out + stored(app)
    reached = fails and kind not in ("no JSON",)
    assert (answer.status_code == 500) == reached
    assert [line["error"] for line in lines(said.err)] == (["ValueError"] if reached else [])
