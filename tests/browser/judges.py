"""Programs of others that judge a page: axe, HTML_CodeSniffer, and the Nu HTML Checker."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.live import ROOT, need

PACKAGES = ROOT / "node_modules"
AXE = PACKAGES / "axe-core/axe.min.js"
SNIFFER = PACKAGES / "html_codesniffer/build/HTMLCS.js"
VALIDATOR = PACKAGES / "vnu-jar/build/dist/vnu.jar"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Not into frames: a letter's takes no messages, and what axe sends there the browser complains of.
RUN_AXE = """([tags, contrast]) => axe.run({
  runOnly: tags, resultTypes: ["violations"], iframes: false,
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


def html_errors(pages: Mapping[str, bytes], folder: Path) -> list[str]:
    """What the Nu HTML Checker finds in *pages*, each with its page's name; asked once for all of them,
    because starting Java costs more than they do. *folder* is for their files."""
    need("java")
    files = {folder / f"{number}.html": name for number, name in enumerate(pages)}
    for path, name in files.items():
        path.write_bytes(pages[name])
    done = subprocess.run(
        ["java", "-jar", str(VALIDATOR), "--stdout", "--errors-only", "--exit-zero-always",
         "--format", "json", *map(str, files)], capture_output=True, text=True, check=True)
    return [f"{files[Path(urlsplit(one['url']).path)]}: {one['message']} {one.get('extract', '')}"
            for one in json.loads(done.stdout)["messages"]]
