"""What `keys check` says of keys that open nothing, that were in use, or that others can read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from core.base.clock import travel
from core.cases.models import Person
from core.storage.db import db, force_scope
from core.storage.keys.keyring import FORCE_KEYS, ForceKey
from core.storage.keys.purposes import DATA, PURPOSES
from tests.conftest import HERTS
from tests.core.storage.keys.rotating import CANARY, filled, keys_command


def test_check_names_what_does_not_open_by_its_place_only(app: Flask, files: Path) -> None:
    filled(app)
    assert keys_command(app, "check", "--quiet") == ""
    with app.app_context(), force_scope(HERTS):
        one, other = db.session.scalars(sa.select(Person).limit(2)).all()
        one.phone_sealed = other.email_sealed
        one.postcode_sealed = b"\x01none" + (other.email_sealed or b"")[5:]
        db.session.commit()
    told = json.loads(keys_command(app, "check", "--json", ends=1))
    assert told["problems"] == [
        f"{HERTS}: 1 values of person.postcode are sealed with a key that is not here",
        f"{HERTS}: 1 values of person.phone do not open",
        f"{HERTS}: 1 values of person.postcode do not open",
    ]
    shown = {one["purpose"]: one for one in told["forces"][HERTS]}
    assert shown.keys() == PURPOSES.keys()
    assert shown[DATA]["values"] > 10 and shown[DATA]["state"] == "present"
    assert CANARY not in keys_command(app, "check", ends=1)


def test_check_says_from_when_on_a_key_was_in_use(app: Flask, files: Path) -> None:
    with travel(datetime(2026, 11, 29, 9, 30, tzinfo=UTC)):
        filled(app)
        told = json.loads(keys_command(app, "check", "--json"))["forces"][HERTS]
        assert {one["starts"][:16] for one in told} == {"2026-11-29T09:30"}
        shown = keys_command(app, "check", "--quick")
        assert shown.count("from 2026-11-29 09:30 UTC") >= len(told)
        assert "1970" not in shown
        with app.app_context(), force_scope(HERTS):
            db.session.execute(sa.update(ForceKey).where(ForceKey.purpose == DATA).values(
                starts_at=datetime(2026, 11, 29, 9, 45, tzinfo=UTC)))
            db.session.commit()
        FORCE_KEYS.get(app).clear()
        told = json.loads(keys_command(app, "check", "--json"))["forces"][HERTS]
        later = {one["purpose"]: one for one in told}
    assert (later[DATA]["starts"][:16], later[DATA]["state"]) == ("2026-11-29T09:45", "coming")


def test_check_names_a_key_file_that_others_can_read(app: Flask, files: Path) -> None:
    filled(app)
    (files / "secret").chmod(0o644)
    assert f"session: {files / 'secret'}: others can read this key" in keys_command(app, "check", ends=1)
