"""``python -m tests.same_pages``: see the package."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.same_pages.compare import Allowed, differences, read_pages


def main(argv: list[str] | None = None) -> int:
    """0 when all went well; 1 when a page differs, or the folder to save in is not empty."""
    asked = _arguments(argv)
    if asked.what == "save":
        return _save(asked.folder, asked.part)
    allowed = Allowed.read(asked.allowed) if asked.allowed else Allowed()
    old, new = read_pages(asked.old), read_pages(asked.new)
    found = differences(old, new, allowed)
    for difference in found.values():
        print(difference)
    for entry in allowed.unused():
        print(f"nothing needs this line of the list: {entry}", file=sys.stderr)
    print(f"{len(old)} pages before, {len(new)} after, {len(found)} that differ", file=sys.stderr)
    return 1 if found or not old else 0


def _save(folder: Path, part: str) -> int:
    if folder.is_dir() and any(folder.iterdir()):
        print(f"{folder} is not empty: pages of two walks would mix", file=sys.stderr)
        return 1
    from tests.same_pages.walk import save  # needs the portal; comparing does not

    print(f"{save(folder, part)} pages saved in {folder}", file=sys.stderr)
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.same_pages", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    save = commands.add_parser("save", help="walk through every page of this checkout")
    save.add_argument("folder", type=Path)
    save.add_argument("--part", default="", help="only this part of the walk (assets, pages, forms, …)")
    compare = commands.add_parser("compare", help="what differs between two walks")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    compare.add_argument("--allowed", type=Path, help="list of differences that are meant")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
