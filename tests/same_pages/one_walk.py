"""A short walk in a process of its own: ``python -m tests.same_pages.one_walk FOLDER [WORDS INSTEAD]``.

It goes by letter, by a code that is read out, and with a message: where chance has a hand in. With *WORDS*,
every page that has these says something else *INSTEAD*, as after a change of a template.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response

from tests.same_pages import journeys, portal, walk

WAYS = {"signing_in", "handed_out", "messages"}


def changed(app: Flask, words: str, instead: str) -> Flask:
    @app.after_request
    def change(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.data = response.data.replace(words.encode(), instead.encode())
        return response

    return app


def main(folder: str, *change: str) -> None:
    for name in set(journeys.JOURNEYS) - WAYS:
        del journeys.JOURNEYS[name]
    if change:
        make: Any = portal.make_app  # type: ignore[attr-defined]
        portal.make_app = lambda settings: changed(make(settings), *change)  # type: ignore[attr-defined]
    walk.save(Path(folder), "journeys")


if __name__ == "__main__":
    main(*sys.argv[1:])
