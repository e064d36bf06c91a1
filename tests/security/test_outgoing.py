"""What leaves the portal: letters, tables for spreadsheets, connections; and how long texts take to read."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest
from flask import Flask
from pydantic import TypeAdapter, ValidationError

from core.base.csv import csv_text
from core.base.mail_server import MailServer
from core.base.settings import load_settings
from core.base.settings_source import SettingsError
from core.force.field_types import Line
from core.testing import allocated, officer, person, recorded
from tests.conftest import HERTS
from tests.contracts.test_layers import ROOT, python
from tests.people import meet, officer_browser, take
from tests.security.checklist import requirement

# --- letters -----------------------------------------------------------------------------------

BREAKS = ("\r", "\n", "\r\n", "\0", "\u2028", "\u2029", "\x85", "\x0b", "\x1b")


@requirement("E8")
@pytest.mark.parametrize("sign", BREAKS)
def test_a_force_cannot_put_a_line_break_into_a_header(sign: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Line).validate_python(f"Midshire{sign}Bcc: thief@example.net")
    assert TypeAdapter(Line).validate_python("Heddlu'r Gogledd, Cymru") == "Heddlu'r Gogledd, Cymru"


@requirement("E8")
@pytest.mark.parametrize("sign", [*BREAKS, ",", ";", " ", "<", "\u200b"])
def test_an_address_of_the_record_system_is_one_address(sign: str) -> None:
    from core.base.fields import Email

    with pytest.raises(ValidationError):
        TypeAdapter(Email).validate_python(f"amina@example.com{sign}thief@example.net")
    assert TypeAdapter(Email).validate_python("amina@example.com")


# --- tables for spreadsheets ---------------------------------------------------------------------

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "=HYPERLINK(\"http://evil.example\")",
    "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x", "'=1", "\"=1", "a,=1", "a\n=1", ";=1",
)


@requirement("E9")
@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_starts_a_formula_and_every_cell_comes_back(text: str) -> None:
    written = csv_text([text], [[text, "plain", None, 7, ""]]).removeprefix("\ufeff")
    (head,), cells = csv.reader(io.StringIO(written, newline=""))
    assert head == cells[0]
    assert cells[0][0] not in "=+-@\t\r\n\0＝＋－＠"
    assert cells[0].removeprefix("'") == text.removeprefix("'")
    assert cells[1:] == ["plain", "", "7", ""]


@requirement("E9")
def test_the_officers_table_is_a_file_with_a_name_of_its_own(app: Flask) -> None:
    name = {"given": "=HYPERLINK(1)", "family": "@Khan"}
    take(app, recorded("41/1/24", people=[person(1, name=name)]), allocated(officer=officer()), force=HERTS)
    answer = officer_browser(app, meet(app).staff).get("/desk/people.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=people.csv"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    cells = [cell for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))) for cell in row]
    assert "'=HYPERLINK(1) @Khan" in cells
    assert [cell for cell in cells if cell[:1] and cell[0] in "=+-@"] == []


@requirement("E9")
def test_every_table_of_the_desk_is_read_by_excel_as_it_is_written(app: Flask) -> None:
    name = {"given": "Siân", "family": "Nguyễn"}
    take(app, recorded("41/1/24", people=[person(1, name=name)]), allocated(officer=officer()), force=HERTS)
    browser, tables = officer_browser(app, meet(app).staff), []
    for rule in app.url_map.iter_rules():
        if "csv" in rule.rule and "GET" in (rule.methods or ()) and not rule.arguments:
            tables.append(rule.rule)
            answer = browser.get(rule.rule)
            assert answer.data.startswith(b"\xef\xbb\xbf"), rule.rule
            assert "Siân Nguyễn" in answer.data.decode("utf-8-sig")
    assert "/desk/people.csv" in tables


@requirement("E9")
def test_every_table_is_written_by_one_writer() -> None:
    """With its mark for Excel and without formulas; no other code writes CSV or says that it does."""
    for folder in ("core", "plugins"):
        for path in python(folder):
            if path.name == "csv.py":
                continue
            text = path.read_text()
            names = {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(ast.parse(text))}
            assert not names & {"writerow", "writerows", "DictWriter"}, path
            assert "text/csv" not in text or "as_csv" in text or "csv_text" in text, path


# --- connections ---------------------------------------------------------------------------------

SPEAK = {
    "socket", "ssl", "smtplib", "ftplib", "imaplib", "poplib", "http", "urllib.request", "xmlrpc", "asyncio",
    "socketserver", "requests", "httpx", "aiohttp", "urllib3", "websockets", "aiosmtpd", "psycopg", "gevent",
    "paramiko", "boto3", "subprocess", "telnetlib",
}
# Who may open a connection or start a program, and to whom. A new one needs its own line here, and a
# guard: hosts of the configuration only, no redirects, a time limit.
MAY_SPEAK = {
    "core/base/mail_server.py": "TMC_SMTP_URL, its certificate checked: letters, and the heads of the audit",
    "core/base/database_url.py": "how the database's certificate is checked",
    "core/cli/processes/embedded.py": "starts PostgreSQL, speaks to it over its socket",
    "core/cli/processes/guard.py": "starts our own programs",
    "core/cli/processes/programs.py": "starts our own programs",
    "core/cli/processes/os_account.py": "asks for an account of this machine",
    "core/plugin_host/jobs.py": "runs the worker's loop",
    "core/storage/database_away.py": "which failure it was, of a database that is away",
    "core/cli/processes/working.py": "asks the databases of the settings whether they are back",
    "core/cli/processes/collecting_worker.py": "serves pages and the feed on the address of web",
    "core/cli/processes/connection.py": "one client who connected to us",
    "core/cli/processes/passage.py": "hands connections to our own processes, over a socket pair",
    "core/cli/processes/ports.py": "looks whether a port of this machine is free",
    "core/storage/locks.py": "which failure of a lock it was",
    "core/storage/schema.py": "which failure of a lock it was",
    "core/storage/prepared.py": "parts of statements",
    "core/storage/many_rows.py": "the failures of statements, by their names",
    "core/plugin_host/calls.py": "the state of a transaction",
    "core/cli/processes/supervisor.py": "looks for a free port of this machine",
    "plugins/email_notices/connections.py": "TMC_SMTP_URL",
    "plugins/email_notices/patient_smtp.py": "TMC_SMTP_URL, with a time limit for each answer",
    "plugins/email_notices/__init__.py": "what the mail server answers",
    "plugins/staff_sign_in/fetching.py": "the provider that a force's file names, its own hosts only",
    "plugins/demo/mailbox.py": "the demo's mail server, on this machine",
    "plugins/demo/run.py": "asks the demo itself whether it is ready",
    "plugins/preview/command.py": "serves the preview on this machine",
}


def speaking(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        found |= {name for name in names if any(
            name == one or name.startswith(f"{one}.") for one in SPEAK)}
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if called in ("os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv"):
            found.add(called)
    return found


@requirement("E10")
def test_only_named_modules_open_connections() -> None:
    found = {
        str(path.relative_to(ROOT)): names for folder in ("core", "plugins", "forces")
        for path in python(folder) if "testing" not in path.parts and (names := speaking(path))
    }
    assert {path: names for path, names in found.items() if path not in MAY_SPEAK} == {}
    assert set(MAY_SPEAK) - set(found) == set(), "these no longer do: take them out"


@requirement("E10")
@pytest.mark.parametrize("text", ["import socket", "from urllib import request", "import urllib.request as r",
                                  "from http.client import HTTPConnection", "import os\nos.system('x')"])
def test_another_one_would_be_seen(text: str, tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(text)
    assert speaking(tmp_path / "new.py")


@requirement("E10")
@pytest.mark.parametrize("url", [
    "http://127.0.0.1/", "https://mail.example", "file:///etc/passwd", "smtp://", "smtp:///x", "gopher://x:25",
    "smtp://mail.example/path", "smtp://mail.example:99999", "smtp://mail.example?starttls=no",
    "smtp://169.254.169.254?starttls=no", "smtp://10.0.0.1?starttls=no",
])
def test_the_mail_setting_leads_to_a_mail_server_over_tls_or_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|only|is for"):
        MailServer.of(url)
    with pytest.raises(SettingsError, match="TMC_SMTP_URL"):
        load_settings({"TMC_MODE": "demo", "TMC_SMTP_URL": url, "TMC_DATABASE_URL": "postgresql:///x"})
    assert MailServer.of("smtp://mail.example:587").tls == "starttls"
