"""Installs the certified OpenID provider that a test signs staff in at: on the locked Node.js, which is put
beside the packages, never on whatever the PATH has."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, by the set-up
from tools import build_static  # noqa: E402

FOLDER = ROOT / "tests/plugins/staff_sign_in/certified"
LOCKED = Path(sys.executable).parent / "node"


def main() -> int:
    try:
        build_static.run(sys.executable, "-m", "pip", "--disable-pip-version-check", "install",
                         "--require-hashes", "-r", "requirements-node.txt")
        if "--lock" in sys.argv:
            build_static.run(LOCKED.with_name("npm"), "install", "--package-lock-only", "--ignore-scripts",
                             "--prefix", FOLDER, path=LOCKED.parent)
            return 0
        # No script of a package runs, as everywhere.
        build_static.run(LOCKED.with_name("npm"), "ci", "--ignore-scripts", "--prefix", FOLDER,
                         path=LOCKED.parent)
    except build_static.BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
