"""Programs of others that judge a page: axe, HTML_CodeSniffer, and the Nu HTML Checker."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

from core.processes.supervisor import free_port
from tests.live import ROOT, need, wait_until

PACKAGES = ROOT / "node_modules"
AXE = PACKAGES / "axe-core/axe.min.js"
SNIFFER = PACKAGES / "html_codesniffer/build/HTMLCS.js"
VALIDATOR = PACKAGES / "vnu-jar/build/dist/vnu.jar"
STARTS_WITHIN = 60.0  # seconds
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """([tags, contrast]) => axe.run({
  runOnly: tags, resultTypes: ["violations"],
  rules: {"target-size": {enabled: true}, "color-contrast": {enabled: contrast}},
}).then(found => found.violations.map(
  one => [one.id, one.help, one.nodes.map(node => node.html.slice(0, 200))]))"""
# Error is 1; warnings and notices are questions to people, not faults.
RUN_SNIFFER = """() => new Promise((done, failed) => HTMLCS.process("WCAG2AA", document, () => done(
  HTMLCS.getMessages().filter(one => one.type === 1).map(
    one => [one.code, one.msg, (one.element.outerHTML || "").slice(0, 200)])), failed))"""
# The sniffer takes a language that is said to be unknown (lang="", decision 36) for a mistake.
NOT_SO = ("H57.3.Lang", "H58.1.Lang")


def axe(page: Page) -> list[Any]:
    """What axe finds; contrast not where the device sets the colours, which axe does not know of."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[Any] = page.evaluate(
        RUN_AXE, [TAGS, not page.evaluate("matchMedia('(forced-colors: active)').matches")])
    return found


def sniffed(page: Page) -> list[Any]:
    if not page.evaluate("'HTMLCS' in window"):
        page.evaluate(SNIFFER.read_text())
    found: list[Any] = page.evaluate(RUN_SNIFFER)
    return [one for one in found if not (one[0].endswith(NOT_SO) and 'lang=""' in one[2])]


class Validator:
    """The Nu HTML Checker, which answers at a port of this machine."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/?out=json&level=error"

    def errors(self, html: bytes) -> list[str]:
        kind = {"Content-Type": "text/html; charset=utf-8"}
        request = urllib.request.Request(self.address, html, kind)  # noqa: S310 - of this machine
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - of this machine
            told = json.load(answer)["messages"]
        return [f"{one['message']} {one.get('extract', '')}" for one in told]

    def answers(self) -> bool:
        try:
            return self.errors(b'<!doctype html><html lang="en"><title>x</title>') == []
        except OSError:
            return False


@contextmanager
def validator() -> Iterator[Validator]:
    """Runs until the block ends."""
    need("java")
    port = free_port()
    process = subprocess.Popen(
        ["java", "-Dnu.validator.servlet.bind-address=127.0.0.1", "-cp", str(VALIDATOR),
         "nu.validator.servlet.Main", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        checker = Validator(port)
        wait_until(checker.answers, STARTS_WITHIN, "the HTML checker did not answer")
        yield checker
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)
