"""The Flask application that answers requests, where it differs from Flask's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask.typing import ResponseReturnValue

from core.base.templates import Templates
from core.notices import letter_words


class Portal(Flask):
    """A view that tries to end the process gets an error page, as one that fails another way."""

    jinja_environment: type[Environment] = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is asynchronous, so no request asks that of each function."""
        return func

    def select_jinja_autoescape(self, filename: str | None) -> bool:
        """Whatever a template's name ends with, what it is given is shown as text."""
        return filename not in letter_words.PLAIN_TEXT

    def dispatch_request(self) -> ResponseReturnValue:
        try:
            return super().dispatch_request()
        except (SystemExit, GeneratorExit) as failure:
            raise RuntimeError("a view tried to end the process") from failure
