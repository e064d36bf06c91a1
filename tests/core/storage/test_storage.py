"""What is stored is searched as a thief of the disk or of a dump would: nothing personal is legible."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.database_url import conninfo
from core.cases.models import Staff
from core.cli.processes.postgres_programs import binary
from core.storage.db import db, force_scope
from core.storage.keys.keyring import ForceKey, masters, unwrapped
from core.testing import allocated, event, officer, person, recorded
from core.testing.postgres import Addresses
from tests.conftest import HERTS
from tests.people import form_on, meet, officer_browser, person_browser, take
from tests.security.checklist import protection, requirement

ROOT = Path(__file__).resolve().parents[3]
WORDS = ("Zebedee", "Quillfeather", "zq-canary", "canary-of-storage", "07700 900987", "ZE1 9QF")
PLANTED = "planted-and-not-sealed"


@pytest.fixture
def filled(app: Flask) -> Flask:
    somebody = person(
        name={"given": "Zebedee", "family": "Quillfeather"}, email="zq-canary@example.com",
        phone="07700 900987", postcode="ZE1 9QF")
    take(app, recorded(people=[somebody], summary="canary-of-storage"),
         allocated(officer=officer(name="canary-of-storage officer")),
         event("crime.progress", text="canary-of-storage", time="2024-03-05T10:00:00Z"), announce=True)
    met = meet(app)
    browser = person_browser(app, met)
    path = browser.path(f"/case/{met.case}/messages")
    form = form_on(browser.get(f"/case/{met.case}/messages").text, path)
    assert browser.client.post(path, data=form | {"text": "canary-of-storage"}).status_code == 303
    desk = officer_browser(app, met.staff)
    found = desk.get(desk.post("/desk/", {"reference": "Zebedee Quillfeather"}).location)
    assert "Zebedee Quillfeather" in found.text  # in the field, to be put right
    assert desk.post("/desk/reason", {"reference": "41/1/24", "reason": "other",
                                      "words": "canary-of-storage asked me"}).status_code == 303
    return app


def stored(database: Addresses) -> Iterator[tuple[str, bytes]]:
    """The files of the database, its journal, and a dump as a superuser makes it."""
    engine = sa.create_engine(database.superuser, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CHECKPOINT"))
        folder = Path(connection.execute(sa.text("SHOW data_directory")).scalar_one())
    engine.dispose()
    for file in folder.rglob("*"):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes()
    yield "dump", dumped(database)


def dumped(database: Addresses) -> bytes:
    """All tables with all rows, as ``pg_dump`` writes them for a superuser."""
    address = conninfo(database.server.url(database="trackmycrime"))
    dump = subprocess.run([binary("pg_dump"), address], capture_output=True, check=True)
    return dump.stdout


def found(database: Addresses, *words: str | bytes) -> dict[str, list[str]]:
    sought = [word.encode() if isinstance(word, str) else word for word in words]
    places = {name: [repr(w) for w in sought if w in text] for name, text in stored(database)}
    assert len(places) > 50 and any("pg_wal" in name for name in places)
    return {name: words for name, words in places.items() if words}


@requirement("G1", "G2")
def test_neither_personal_words_nor_keys_are_in_files_journal_or_dump(
    filled: Flask, database: Addresses
) -> None:
    with filled.app_context(), force_scope(HERTS):
        keys = [unwrapped(HERTS, row) for row in db.session.scalars(sa.select(ForceKey))]
        keys += masters().in_use()
    shown = [form for key in keys for form in (key, key.hex())]
    assert found(database, *WORDS, *shown) == {}


@protection("G1")
def test_the_same_search_finds_what_was_not_sealed(filled: Flask, database: Addresses) -> None:
    with filled.app_context(), force_scope(HERTS):
        db.session.scalars(sa.select(Staff)).first().record_id = PLANTED  # type: ignore[union-attr]
        db.session.commit()
    places = found(database, PLANTED)
    assert "dump" in places and any("pg_wal" in name for name in places)
    assert any(name.startswith("base/") for name in places)


# --- only what is approved ------------------------------------------------------------------

APPROVED = {
    "cryptography.exceptions", "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.hashes", "cryptography.hazmat.primitives.kdf.hkdf",
}
FOREIGN = ("Crypto", "nacl", "rsa", "ecdsa", "pyaes", "M2Crypto", "tinyec")
WEAK = {"md5", "sha1", "new"}


def python() -> list[Path]:
    return [p for folder in ("core", "plugins") for p in sorted((ROOT / folder).rglob("*.py"))]


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def offences(path: Path, text: str) -> list[str]:
    tree = ast.parse(text)
    wrong = [n for n in names(tree) if n.startswith("cryptography") and n not in APPROVED]
    wrong += [n for n in names(tree) if n.split(".")[0] in FOREIGN]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "hashlib" and node.attr in WEAK:
                wrong.append(f"hashlib.{node.attr}")
            jitter = path.parts[-2:] == ("notices", "outgoing.py")  # when to try a letter again is no secret
            if node.value.id == "random" and node.attr != "Random" and not jitter:
                wrong.append(f"random.{node.attr}")
    return [f"{path.name}: {one}" for one in wrong]


@requirement("G5")
def test_only_approved_primitives_are_used() -> None:
    assert [one for path in python() for one in offences(path, path.read_text())] == []
    bad = "import hashlib, random\nhashlib.md5(b'')\nrandom.choice('ab')\nimport nacl"
    assert len(offences(Path("bad.py"), bad)) == 3


@requirement("G5")
def test_chance_for_secrets_comes_from_the_operating_system() -> None:
    """``random`` is for samples and simulations only, each with a seed of its own."""
    using = {str(p.relative_to(ROOT)) for p in python() if "random" in set(names(ast.parse(p.read_text())))}
    assert not any(part in path for path in using for part in (
        "key", "crypto", "secret", "session", "sign_in", "code", "token", "signature"))
