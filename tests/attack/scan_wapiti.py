"""wapiti crawls from the pages of a visitor and attacks every link and form that it finds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.attack import tool

# Left out: what asks the internet (ssrf, xxe, log4shell, takeover, and all that need a database of known
# products), csrf (the proxy gives every form a good token), cookieflags (a demo has no TLS), ssl, ldap
# (there is none; it takes any page that says again what was asked for a find).
MODULES = ("xss", "permanentxss", "sql", "exec", "file", "redirect", "crlf", "csp", "http_headers",
           "upload", "methods", "htaccess", "backup")
# What wapiti says of a page that only answers 500 is a finding too; what it merely notes is not.
OWN_FAULT = "(sqlite3.OperationalError) database is locked"  # its own notes: several of its tasks write them
TRIES = 3
COUNTED = ("vulnerabilities", "anomalies")


def scan(
    program: Path, start: str, folder: Path, *, seconds: int, more: Sequence[str] = (),
    modules: Sequence[str] = MODULES,
) -> list[str]:
    """The findings, one line each. Nothing but *start* and what lies below it is asked."""
    folder.mkdir(parents=True)
    report = folder / "report.json"
    each = max(8, seconds // (len(modules) + 2))
    command = [
        str(program), "-u", start, "--scope", "folder", "-m", ",".join(modules),
        "-f", "json", "-o", str(report), "--flush-session", "--no-bugreport", "-v", "0",
        "--store-session", str(folder / "session"), "--store-config", str(folder / "config"),
        "--skip", "csrf_token", "--drop-set-cookie", "-t", "10", "--tasks", "4", "-d", "6",
        "--max-scan-time", str(seconds // 3), "--max-attack-time", str(each),
        *(part for address in more for part in ("-s", address)),
    ]
    for _ in range(TRIES):
        said = tool.run(command, seconds=2 * seconds + 30, folder=folder)
        if report.is_file() or said is None or OWN_FAULT not in said:
            break
    if said is None or not report.is_file():
        return [f"wapiti gave no report: {(said or 'it took too long')[-600:]}"]
    return _findings(json.loads(report.read_text()))


def _findings(report: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {one['method']} {one['path']} {one.get('parameter') or ''}: {one['info']}"
        for section in COUNTED for name, found in report[section].items() for one in found
    ]
