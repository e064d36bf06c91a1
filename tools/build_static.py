"""Builds core/web/static/ from core/web/assets/: one style sheet, two scripts, the images.

Node.js comes from the PATH, else from a package installed into the virtual environment.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, by the set-up
from tools import step  # noqa: E402
from tools.logical_css import logical  # noqa: E402

ASSETS = ROOT / "core" / "web" / "assets"
STATIC = ROOT / "core" / "web" / "static"
OLDEST_NODE = 20
SCRIPTS = ("app.js", "passkeys.js")  # of every page, and of those that use passkeys


class BuildError(Exception):
    """The front end could not be built; the text says what to do."""


def node_folder() -> Path | None:
    """The folder of a Node.js that is new enough, with its npm; None when there is none."""
    for folder in (*os.get_exec_path(), str(Path(sys.executable).parent)):
        node, npm = Path(folder) / "node", Path(folder) / "npm"
        if os.access(node, os.X_OK) and os.access(npm, os.X_OK) and _major(node) >= OLDEST_NODE:
            return Path(folder)
    return None


def _major(node: Path) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def find_node() -> Path:
    folder = node_folder()
    if folder is None:
        print("No Node.js here: installing one beside the packages ...")
        run(sys.executable, "-m", "pip", "--disable-pip-version-check", "install",
            "--require-hashes", "-r", "requirements-node.txt")
        folder = node_folder()
    if folder is None:
        raise BuildError(f"Node.js {OLDEST_NODE} or later is needed: install it, then try again")
    return folder


def run(*words: str | Path, path: Path | None = None) -> None:
    environment = os.environ | _npm_cache()
    if path:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = step.explain(done.stdout + done.stderr)
        raise BuildError(f"Building the front end ({Path(words[0]).name}): {said}")


def _npm_cache() -> dict[str, str]:
    """Beside the packages where the home folder takes nothing; else npm's own choice."""
    home = Path.home() / ".npm"
    place = home if home.exists() else home.parent
    return {} if os.access(place, os.W_OK) else {"npm_config_cache": str(Path(sys.prefix) / "npm-cache")}


def install(node: Path, *, judges: bool = False) -> None:
    """What the lock names, and nothing else: no script of a package runs, one of them would fetch a Java.

    *judges*: with the programs that only `make pages` asks, which are larger than all the rest.
    """
    run(node / "npm", "ci", "--ignore-scripts", "--include=dev" if judges else "--omit=dev", path=node)


def build(node: Path) -> None:
    """Into a fresh folder first, so that a failure leaves the last good one in place."""
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(ASSETS / "images", fresh)
    programs = ROOT / "node_modules" / ".bin"
    run(programs / "sass", "--style=compressed", "--no-source-map", "--load-path=node_modules",
        ASSETS / "scss" / "app.scss", fresh / "app.css", path=node)
    sheet = fresh / "app.css"
    sheet.write_text(logical(sheet.read_text()))
    for name in SCRIPTS:
        run(programs / "esbuild", ASSETS / "js" / name, "--bundle", "--minify", "--format=esm",
            "--target=es2020", "--legal-comments=none", f"--outfile={fresh / name}", path=node)
    for name in ("app.css", *SCRIPTS):
        (fresh / f"{name}.gz").write_bytes(gzip.compress((fresh / name).read_bytes(), 9, mtime=0))
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)


def main() -> int:
    try:
        node = find_node()
        if "--lock" in sys.argv:
            run(node / "npm", "install", "--package-lock-only", path=node)
            return 0
        if "--judges" in sys.argv:
            print("Fetching the programs that judge pages ...")
            install(node, judges=True)
            return 0
        print("Building the front end ...")
        install(node)
        build(node)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
