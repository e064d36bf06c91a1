"""Takes away each wall in turn, in a process of its own: the ordinary tests must notice.

Usage: python tests/walls/run.py [WALL …]. Product code has no switch for this: a wall is a patch that
pytest loads as a plugin (``-p tests.walls.<name>``). At least two tests of different files or subjects
must fail for each wall; without any patch the same tests pass.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = [
    "tests/isolation",
    "tests/contracts/test_tables.py",
    "tests/plugins/sign_in/test_sign_in.py",
    "tests/plugins/record_feed/test_record_feed_door.py",
    "tests/walls/test_gates.py",
]
WALLS = {
    "row_guard": "the session no longer adds the force to statements, and takes any statement",
    "row_level_security": "PostgreSQL no longer compares the force of rows",
    "route_gate": "pages of plugins exist for every force",
    "access_rule": "no view asks its rule",
    "signature_check": "any signature opens the record feed",
    "session_binding": "a session's token opens every force",
}
AT_LEAST = 2
LIMIT = 240  # seconds for one run


def run(wall: str | None) -> tuple[int, list[str]]:
    """Exit status and the failing tests, with one patch or none."""
    patch = ["-p", f"tests.walls.{wall}"] if wall else []
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x" if not wall else "--maxfail=60",
            "--no-header",
            "-p",
            "no:cacheprovider",
            *patch,
            *[t for t in TESTS if (ROOT / t).exists()],
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if not failed and done.returncode not in (0, 1):
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.returncode, failed


def subjects(failed: list[str]) -> list[str]:
    """Tests that have nothing to do with each other: one for each test function."""
    return sorted({name.split("[")[0] for name in failed})


def noticed(wall: str) -> bool:
    """Whether enough tests fail without this wall; tells which."""
    status, failed = run(wall)
    found = subjects(failed)
    enough = status == 1 and len(found) >= AT_LEAST
    word = "noticed" if enough else "NOT NOTICED"
    told = f"{word}: {len(found)} tests fail without {wall} ({WALLS[wall]})"
    print("\n    ".join([told, *found[:6]]), flush=True)
    return enough


def main(walls: list[str]) -> int:
    status, failed = run(None)
    if status != 0:
        print("With every wall standing the tests do not pass:", *failed, sep="\n  ")
        return 1
    print("every wall standing: all tests pass", flush=True)
    with ThreadPoolExecutor(2) as two_at_a_time:
        answers = list(two_at_a_time.map(noticed, walls or WALLS))
    print(f"{sum(answers)} passed, {len(answers) - sum(answers)} failed")
    return 0 if all(answers) else 1


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in WALLS]
    if unknown:
        sys.exit(f"no such wall: {', '.join(unknown)}; there are: {', '.join(WALLS)}")
    sys.exit(main(sys.argv[1:]))
