"""How hooks are asked: each plugin by itself, its answer checked, its time taken, its name known.

*Strict*: a failure is logged with the plugin's name and stops the caller's work. *One by one*: it is
logged, and the plugin left out. A plugin runs in the caller's thread, which Python cannot stop from
outside; so a slow one is named in the log, and one that is slow again and again is not asked to
decorate pages for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints

import pluggy
import sqlalchemy as sa
import structlog
from flask import current_app, has_app_context
from psycopg.pq import TransactionStatus

from core import hookspecs
from core.force.model import Force
from core.hookspecs import Channel, Event
from core.plugin_host.checks import HOOKS, trace, tracing
from core.storage.db import db
from core.storage.row_guard import ForceSession

log = structlog.get_logger()
BUDGET = 1.0  # seconds that a plugin may take while somebody waits for a page
STRIKES = 3  # so many slow answers in a row …
REST = 60.0  # … and the plugin's parts of pages are left out for so many seconds
MOST_PARTS = 50  # of one plugin on one page
PATIENT = frozenset({"deliver"})  # the worker's: nobody waits at a page


class PluginFailed(RuntimeError):
    """A plugin tried to end the process; the text names it and the hook."""


@dataclass(frozen=True)
class Answer:
    """The shape of a hook's answer: ``types``, several of them in a list where ``many``."""

    types: tuple[type, ...]
    many: bool
    first: bool

    def fits(self, answer: Any) -> bool:
        if answer is None:
            return True
        if self.many:
            return isinstance(answer, (list, tuple)) and all(
                isinstance(part, self.types) for part in answer)
        return isinstance(answer, self.types)

    def __str__(self) -> str:
        names = " or ".join(one.__name__ for one in self.types)
        return f"a list of {names}" if self.many else names


def _answer_of(name: str) -> Answer:
    function = getattr(hookspecs, name)
    known = {"Event": Event, "Force": Force}
    shape = get_type_hints(function, localns=known)["return"]
    first = bool(getattr(function, f"{hookspecs.PROJECT}_spec")["firstresult"])
    if get_origin(shape) is list:
        return Answer(get_args(shape), True, first)
    types = tuple(t for t in get_args(shape) or (shape,) if t is not type(None))
    return Answer(types, False, first)


ANSWERS = {name: _answer_of(name) for name in HOOKS - hookspecs.AT_START}


class Asking:
    """One force's plugins, as they are asked: ``asking.sign_in_at(force=…, who=…)`` is strict."""

    def __init__(self, manager: pluggy.PluginManager, force_id: str) -> None:
        self._manager, self._force_id, self._tracing = manager, force_id, tracing()
        self._slow: dict[str, int] = {}
        self._resting: dict[str, float] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in ANSWERS or name in hookspecs.ONE_BY_ONE:
            raise AttributeError(f"{name} is no strict hook")
        found = self.__dict__[name] = partial(self._strict, name)
        return found

    def _strict(self, name: str, **arguments: Any) -> Any:
        answers = []
        for implementation in self._implementations(name):
            try:
                answer = self._ask_strictly(implementation, name, arguments)
            except KeyboardInterrupt:
                raise
            except BaseException as failure:
                if type(failure).__module__.split(".")[0] != "core":  # those say what is to be done
                    self._log("plugin_failed", implementation.plugin_name, name, failure)
                if isinstance(failure, Exception):
                    raise
                plugin = implementation.plugin_name
                raise PluginFailed(f"plugin {plugin} ended the process in {name}") from failure
            if answer is not None and ANSWERS[name].first:
                return answer
            answers.append(answer)
        return None if ANSWERS[name].first else [a for a in answers if a is not None]

    def _ask_strictly(self, implementation: Any, name: str, arguments: dict[str, Any]) -> Any:
        with only_reading() if name in hookspecs.ONLY_READING else nullcontext():
            return self._ask(implementation, name, arguments)

    def one_by_one(
        self, name: str, check: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Iterator[Any]:
        """The parts of all answers; a plugin that fails, also by *check*, is left out."""
        for implementation in self._implementations(name):
            plugin = implementation.plugin_name
            if self._resting.get(plugin, 0) > time.monotonic():
                continue
            try:
                answer = self._decorate(implementation, name, arguments) or ()
                for part in answer if check else ():
                    check(part)  # type: ignore[misc]
            except KeyboardInterrupt:
                raise
            except BaseException as failure:  # noqa: BLE001
                mend_transaction()
                self._log("plugin_left_out", plugin, name, failure)
            else:
                yield from answer

    def channels(self) -> frozenset[Channel]:
        """By which channels a plugin of this force, or the force itself, delivers."""
        return frozenset(one for implementation in self._implementations("deliver")
                         for one in getattr(implementation.plugin, "CHANNELS", ()))

    def _decorate(self, implementation: Any, name: str, arguments: dict[str, Any]) -> Any:
        """A part of a page is shown, and nothing else: what it would change is not kept."""
        with only_reading():
            answer = self._ask(implementation, name, arguments)
        if answer and len(answer) > MOST_PARTS:
            raise ValueError(f"more than {MOST_PARTS} parts for one page")
        return answer

    def _implementations(self, name: str) -> Sequence[Any]:
        # pluggy has what was registered last at the end, and asks it first.
        return self._manager.hook.__dict__[name].get_hookimpls()[::-1]  # type: ignore[no-any-return]

    def _ask(self, implementation: Any, name: str, arguments: dict[str, Any]) -> Any:
        given = [_own(arguments[key]) for key in implementation.argnames]
        started = time.perf_counter()
        try:
            answer = copy_context().run(implementation.function, *given)  # a scope cannot leak out
        finally:
            self._timed(implementation.plugin_name, name, time.perf_counter() - started)
        if not ANSWERS[name].fits(answer):
            raise TypeError(f"{name} answers {ANSWERS[name]}")
        if name in ("sign_in_at", "sign_out_at") and has_app_context() and answer is not None:
            # A page that is not there fails here, with the plugin's name, and not where a link is made of it.
            current_app.view_functions[answer]
        return answer

    def _timed(self, plugin: str, name: str, spent: float) -> None:
        if self._tracing:
            trace(self._force_id, name, plugin, spent)
        if spent <= BUDGET or name in PATIENT:
            self._slow.pop(plugin, None)
            return
        log.warning("plugin_slow", plugin=plugin, hook=name, force=self._force_id,
                    milliseconds=round(spent * 1000))
        self._slow[plugin] = self._slow.get(plugin, 0) + 1
        if self._slow[plugin] >= STRIKES and name in hookspecs.ONE_BY_ONE:
            self._resting[plugin] = time.monotonic() + REST
            log.error("plugin_rests", plugin=plugin, force=self._force_id, seconds=REST)

    def _log(self, event: str, plugin: str, name: str, failure: BaseException) -> None:
        log.error(event, plugin=plugin, hook=name, error=type(failure).__name__,
                  force=self._force_id)


class NotForReading(RuntimeError):
    """What only decorates a page would have changed a row."""


_only_reading: ContextVar[bool] = ContextVar("tmc_only_reading", default=False)


@contextmanager
def only_reading() -> Iterator[None]:
    """Within, and at its end, rows that were changed are a failure, and undone."""
    token = _only_reading.set(True)
    try:
        yield
        session = db.session()
        if session.new or session.dirty or session.deleted:
            session.rollback()
            raise NotForReading("a part of a page changes no rows")
    finally:
        _only_reading.reset(token)


@sa.event.listens_for(ForceSession, "before_flush")
def _refuse_changes(session: ForceSession, context: Any, instances: Any) -> None:
    if _only_reading.get() and (session.new or session.dirty or session.deleted):
        session.rollback()
        raise NotForReading("a part of a page changes no rows")


def mend_transaction() -> None:
    """After a failed statement PostgreSQL takes no other: begin anew, so that the page goes on.

    What was written before in this transaction is lost; what was read is not.
    """
    kept = db.session().info.get("connection")
    if kept is not None and not kept.closed:
        status = kept.connection.driver_connection.info.transaction_status
        if status == TransactionStatus.INERROR:
            db.session.rollback()


def _own(argument: Any) -> Any:
    """Values are frozen; a record event holds what was sent, so each plugin gets a copy of it."""
    if isinstance(argument, Event):
        return argument.model_copy(deep=True)
    return argument
