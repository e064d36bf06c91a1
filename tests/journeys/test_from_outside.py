"""What somebody outside learns of the machine: nothing of its software, its files or its version."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.live import Demo, wait_until
from tests.security.checklist import requirement
from tests.visits import FORCE, HOME

BANNERS = ("server", "x-powered-by", "via", "x-runtime", "x-flask-version", "x-aspnet-version")
HIDDEN = (
    ".git/config", ".git/HEAD", ".env", ".data/demo.env", "demo.env", "master.key", "setup.cfg",
    "static/../setup.cfg", "static/%2e%2e/%2e%2e/.git/config", "static/..%2f..%2f.git/HEAD",
    "static/.built", "..%2f.git/config", "%2egit/config", ".well-known/../.git/config",
)


def asked(demo: Demo, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Just as it stands: no client puts the path right."""
    connection = HTTPConnection(urlsplit(demo.base).netloc, timeout=60)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read().decode(errors="replace")
    finally:
        connection.close()


@requirement("G11")
@pytest.mark.parametrize("path", [HOME, f"{HOME}nowhere", "/", f"{HOME}static/site.css"])
def test_no_answer_names_the_software(demo: Demo, path: str) -> None:
    _, headers, body = asked(demo, path)
    shown = {name: value for name, value in headers.items() if name in BANNERS}
    assert shown == {"server": "web"}
    assert "gunicorn" not in body.lower() and "werkzeug" not in body.lower()


@requirement("G11")
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("start", ["/", HOME])
def test_no_hidden_file_is_served(demo: Demo, start: str, hidden: str) -> None:
    status, _, body = asked(demo, start + hidden)
    assert status == 404
    assert "[core]" not in body and "TMC_" not in body and "[metadata]" not in body


@requirement("G6", "G7")
def test_every_line_of_the_running_processes_logs_is_a_line_of_the_log(demo: Demo) -> None:
    asked(demo, f"{HOME}?code=123456")
    for name in ("web", "worker"):
        for line in (demo.data / "log" / f"{name}.log").read_text().splitlines():
            assert {"event", "force", "request", "timestamp"} <= json.loads(line).keys(), line


@requirement("G8")
def test_the_worker_links_what_happens_within_seconds(demo: Demo) -> None:
    def number() -> int:
        return int(json.loads(demo.command("audit", "head", "--force", FORCE, "--json"))[FORCE]["number"])

    wait_until(lambda: number() > 0, 10, "nothing is linked")
    before = number()
    demo.command("keys", "new", "--force", FORCE, "--source", "niche", "--quiet")
    wait_until(lambda: number() > before, 10, "the new key's row is not linked")
    assert json.loads(demo.command("audit", "verify", "--force", FORCE, "--json"))[0]["ok"]


@requirement("E7")
@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(("path", "kind"), [
    (f"/{FORCE}/feed/v1/niche/events", "application/problem+json"), (f"{HOME}sign-in", "text/html"),
])
def test_who_sends_megabytes_reads_that_it_is_too_large(
    demo: Demo, path: str, kind: str, chunked: bool
) -> None:
    """All of it is sent before the answer is read, as Python's own clients do."""
    connection = HTTPConnection(urlsplit(demo.base).netloc, timeout=60)
    body = (b" " * 100_000 for _ in range(50)) if chunked else b" " * 5_000_000
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with closing(connection):
        connection.request("POST", path, body, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        assert (answer.status, (answer.getheader("content-type") or "").partition(";")[0]) == (413, kind)
        assert answer.read().strip()
