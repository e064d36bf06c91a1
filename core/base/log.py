"""The log: one JSON object a line on standard error, of declared fields with declared shapes.

What people write, who they are and what they do never gets there: a field that is not declared, or a
value that does not look as its field's do, is an error in tests and left out in production. What
libraries say goes the same way: who said it, where, and their words only as far as they stand in
their own source. Of a failure the log has the type and the place, never the text.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
import uuid
import warnings
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from flask import g, has_request_context

from core.base.scope import force_id_or_none

Event = MutableMapping[str, Any]
NAME = re.compile(r"[\w.\-]{1,100}", re.ASCII)
PLACE = re.compile(r"[\w.\-<>]{1,100}:\d{1,6}", re.ASCII)
PATH = re.compile(r"[\w./\-]{1,200}", re.ASCII)
WORDS = re.compile(r"[ -~]{1,300}")
# Every field that a line may have, and what its values look like.
FIELDS: dict[str, re.Pattern[str] | type] = {
    "event": NAME, "force": NAME, "request": NAME, "reference": NAME, "endpoint": NAME,
    "error": NAME, "cause": NAME, "where": PLACE, "plugin": NAME, "hook": NAME, "template": PATH,
    "job": NAME, "lane": NAME, "notice": NAME, "row": NAME, "sent": bool, "milliseconds": float,
    "seconds": float, "failures": float, "waiting": float, "count": int, "status": NAME,
    "logger": NAME, "said": WORDS, "category": NAME, "problems": list,
}
NOT_GIVEN = ("force", "request")  # stand in every line, also as null

log = structlog.get_logger()
_work: ContextVar[str | None] = ContextVar("tmc_work", default=None)
_strict = False


class NotForTheLog(LookupError):
    """A line has a field that is not declared, or a value that its field does not take."""


def strict(on: bool) -> None:
    """Whether what does not belong in the log is an error (in tests) or left out with a note."""
    global _strict
    _strict = on


@contextmanager
def work() -> Iterator[None]:
    """Every line of the block has an id of its own as ``request``: for jobs."""
    token = _work.set(new_id())
    try:
        yield
    finally:
        _work.reset(token)


def new_id() -> str:
    return uuid.uuid4().hex[:8].upper()


def request_id() -> str | None:
    """The id of the request, or the job, at work; error pages show it as their reference."""
    if not has_request_context():
        return _work.get()
    found: str | None = g.get("tmc_request")
    if found is None:
        found = g.tmc_request = new_id()
    return found


# --- what a line may say ------------------------------------------------------------------------


def declared_only(logger: Any, level: str, event: Event) -> Event:
    """Leave what is declared and looks right; ``left_out`` counts the rest."""
    wrong = [name for name, value in event.items() if not looks_right(name, value)]
    if wrong and _strict:
        raise NotForTheLog(f"{event.get('event')}: {', '.join(wrong)}: declare the field in "
                           "core/base/log.py, or give it a value that it takes")
    kept = {name: value for name, value in event.items() if name not in wrong}
    kept.setdefault("event", "unnamed")
    return {**kept, "left_out": len(wrong)} if wrong else kept


def looks_right(name: str, value: Any) -> bool:
    shape = FIELDS.get(name)
    if value is None:
        return shape is not None
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    if shape is list:  # faults of a force's file, which nobody but the force wrote
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if shape is float:
        return isinstance(value, int | float)
    return shape is not None and isinstance(value, shape)


def always(logger: Any, level: str, event: Event) -> Event:
    """Every line says for which force and which request, or that it is for none."""
    given = {"force": force_id_or_none(), "request": request_id()}
    return {**given, **event}


def where(error: BaseException) -> str | None:
    """The place a failure came from, ``file:line``; never its text, which may hold data."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else None


def of(error: BaseException) -> dict[str, str | None]:
    """What a line says of a failure: its type, its cause's type and its place."""
    cause = error.__cause__
    return {"error": type(error).__name__, "cause": type(cause).__name__ if cause else None,
            "where": where(error)}


# --- where lines go -----------------------------------------------------------------------------


class _StandardError:
    """As it is now: tests and supervisors change it. A line that it does not take, because its disk is
    full or its reader gone, is lost; the work that wrote it goes on."""

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError, AttributeError):  # full or gone; closed; none at all
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


def configure() -> None:
    """The portal's own lines, and those of every library, in this process."""
    structlog.configure(
        processors=[
            always, declared_only, structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *args: _StandardError(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, OfLibraries) for handler in root.handlers):
        root.addHandler(OfLibraries(logging.WARNING))
    logging.raiseExceptions = False


class OfLibraries(logging.Handler):
    """What libraries log: name, place, type of failure, and words that hold no data."""

    def emit(self, record: logging.LogRecord) -> None:
        failure = record.exc_info[1] if record.exc_info else None
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(log, level)(
            "library_said", logger=_named(record.name), said=message_without_data(record),
            where=f"{Path(record.pathname).name}:{record.lineno}",
            error=type(failure).__name__ if failure else None,
        )


def message_without_data(record: logging.LogRecord) -> str | None:
    """The words without what was filled in; None unless they stand so in the code that said them."""
    words = record.msg if isinstance(record.msg, str) else ""
    return words if WORDS.fullmatch(words) and _stands_in(record.pathname, words) else None


@lru_cache(maxsize=256)
def _stands_in(path: str, words: str) -> bool:
    try:
        return words in Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _named(name: str) -> str | None:
    return name if NAME.fullmatch(name) else None


# --- a process of its own -----------------------------------------------------------------------


def take_over_process() -> None:
    """For processes that serve: warnings, and failures that nobody caught, become lines too."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda failed: _uncaught(
        failed.exc_type, failed.exc_value or failed.exc_type(), failed.exc_traceback)
    sys.unraisablehook = lambda failed: _uncaught(
        failed.exc_type, failed.exc_value or failed.exc_type(), failed.exc_traceback)
    warnings.showwarning = _warned


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.error("failed_uncaught", **of(error))


def _warned(
    message: Warning | str, category: type[Warning], filename: str, lineno: int,
    file: Any = None, line: str | None = None,
) -> None:
    log.warning("warned", category=category.__name__, where=f"{Path(filename).name}:{lineno}")


def show_places(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """For commands: a failure that nobody foresaw, as places without words, for whoever mends it."""
    if issubclass(kind, KeyboardInterrupt):
        return
    for frame in traceback.extract_tb(trace):
        sys.stderr.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
    sys.stderr.write(f"trackmycrime: this is a mistake of ours: {kind.__name__} at {where(error)}. "
                     "What was done so far is kept\n")
