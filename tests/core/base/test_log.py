"""The log says what happened and never to whom: no word of a person, a case or a request."""

from __future__ import annotations

import errno
import functools
import io
import logging
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask

from core.base import log
from core.plugin_host import jobs
from tests.core.base.logged import (
    NAMES,
    UGLY,
    WORD,
    ask_everything,
    failure_with_all,
    lines,
    raising,
    stored,
    typed_anywhere,
)
from tests.security.checklist import protection, requirement
from tests.security.walk import FORCE, Walk, begin


@pytest.fixture
def walk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Forms without their token are taken, so that every view gets what is sent to it."""
    walk = begin(app)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return walk


@pytest.fixture
def all_fail(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint, view in list(walk.app.view_functions.items()):
        monkeypatch.setitem(walk.app.view_functions, endpoint, raising(failure_with_all, view))


@requirement("G6")
def test_what_is_sent_to_any_address_is_in_no_log(
    walk: Walk, capfd: pytest.CaptureFixture[str]
) -> None:
    browsers = [walk.visitor(), walk.person(), walk.officer()]
    names = typed_anywhere(walk, browsers)
    assert names > NAMES
    assert ask_everything(walk, browsers, names, WORD) > 100
    jobs.work(walk.app)
    said = capfd.readouterr()
    assert WORD not in said.err + said.out
    assert WORD not in stored(walk.app)


@requirement("G6", "G10")
def test_every_view_that_fails_says_where_and_not_with_what(
    walk: Walk, all_fail: None, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = ask_everything(walk, [walk.visitor(), walk.officer()], NAMES, WORD)
    said = capfd.readouterr()
    failed = [line for line in lines(said.err) if line["event"] == "request_failed"]
    assert 20 < len(failed) <= asked
    assert {line["error"] for line in failed} == {"DataError"}
    assert {line["where"].split(":")[0] for line in failed} == {"logged.py"}
    assert all(line["force"] == FORCE and line["request"] == line["reference"] for line in failed)
    assert WORD not in said.err + said.out
    assert WORD not in stored(walk.app)


@requirement("G6")
def test_a_job_that_fails_says_where_and_not_with_what(
    app: Flask, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.plugin_host.jobs import defer
    from core.storage.db import db, force_scope

    def fail(**given: Any) -> None:
        raise ValueError(WORD)

    monkeypatch.setitem(jobs.registry(app).tasks, "send_notice", fail)
    with app.app_context(), force_scope(FORCE):
        defer("send_notice", notice_id="1")
        db.session.commit()
    jobs.work(app)
    said = capfd.readouterr()
    (failed,) = [line for line in lines(said.err) if line["event"] == "job_failed"]
    assert (failed["error"], failed["force"], bool(failed["request"])) == ("ValueError", FORCE, True)
    assert WORD not in said.err + said.out + stored(app)


LIBRARIES = ("gunicorn.error", "procrastinate.worker", "sqlalchemy.engine", "sqlalchemy.pool",
             "py.warnings", "asyncio", "mail.log", "some.plugin")


@requirement("G6")
@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries_say_no_more_than_their_own_words(
    app: Flask, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    try:
        raise ValueError(WORD)
    except ValueError:
        logging.getLogger(name).exception("Error handling request %s", WORD)
        logging.getLogger(name).error(f"about {WORD}")
    one, other = lines(capfd.readouterr().err)
    assert (one["logger"], one["said"], one["error"]) == (name, "Error handling request %s", "ValueError")
    assert (other["said"], other["where"].split(":")[0]) == (None, "test_log.py")
    assert WORD not in str([one, other])


@requirement("G6")
def test_warnings_and_what_nobody_caught_are_lines_too(
    app: Flask, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    import threading
    import warnings

    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook"),
                         (warnings, "showwarning")):
        monkeypatch.setattr(module, name, getattr(module, name))
    log.take_over_process()
    warnings.showwarning(UserWarning(WORD), UserWarning, "there.py", 3)
    sys.excepthook(ValueError, ValueError(WORD), None)
    thread = threading.Thread(target=lambda: int(WORD))
    thread.start()
    thread.join()
    said = capfd.readouterr().err
    assert [line["event"] for line in lines(said)] == ["warned", "failed_uncaught", "failed_uncaught"]
    assert WORD not in said


@requirement("G6")
def test_a_command_that_fails_shows_places_without_words(capfd: pytest.CaptureFixture[str]) -> None:
    try:
        int(WORD)
    except ValueError as error:
        log.show_places(ValueError, error, error.__traceback__)
    said = capfd.readouterr().err
    assert "this is a mistake of ours: ValueError at test_log.py:" in said
    assert WORD not in said


@requirement("G6")
@pytest.mark.parametrize("line", [
    {"email": "amina@example.com"}, {"error": f"no {WORD}"}, {"where": WORD}, {"endpoint": "a b"},
    {"force": WORD + "\n"}, {"problems": WORD}, {"sent": WORD}, {"milliseconds": WORD},
])
def test_an_undeclared_field_or_another_shape_is_an_error_in_tests(
    app: Flask, line: dict[str, Any]
) -> None:
    with pytest.raises(log.NotForTheLog, match=next(iter(line))):
        structlog.get_logger().error("something", **line)


@requirement("G6")
def test_in_production_it_is_left_out_and_counted(
    app: Flask, capfd: pytest.CaptureFixture[str], lenient: None
) -> None:
    structlog.get_logger().error("something", email=WORD, error=f"no {WORD}", job="send_notice")
    (line,) = lines(capfd.readouterr().err)
    assert (line["job"], line["left_out"]) == ("send_notice", 2)
    assert line.keys() == {"event", "force", "request", "job", "left_out", "level", "timestamp"}


@pytest.fixture
def lenient() -> Iterator[None]:
    """As in production."""
    log.strict(False)
    yield
    log.strict(True)


@requirement("G7")
@pytest.mark.parametrize("ugly", UGLY)
def test_nothing_that_is_sent_makes_a_line_of_its_own(
    walk: Walk, all_fail: None, capfd: pytest.CaptureFixture[str], lenient: None, ugly: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a value does reach a line: it is one line of JSON, in ASCII."""
    capfd.readouterr()
    walk.visitor().client.get(f"/{FORCE}/", query_string={"lang": ugly})
    logging.getLogger("some.plugin").error(ugly)
    monkeypatch.setitem(log.FIELDS, "said", re.compile(".*", re.DOTALL))
    structlog.get_logger().error("something", said=ugly)
    said = capfd.readouterr().err
    assert said.isascii() and said.count("\n") == 3 and "\x1b" not in said
    assert [line["event"] for line in lines(said)] == ["request_failed", "library_said", "something"]
    assert lines(said)[2]["said"] == ugly


@requirement("G7")
class FullDisk(io.StringIO):
    """A standard error that takes nothing, when it is written to or only when it is flushed."""

    def __init__(self, fails_at: str, number: int) -> None:
        super().__init__()
        self.asked = 0
        setattr(self, fails_at, self.fail)
        self.number = number

    def fail(self, *given: Any) -> int:
        self.asked += 1
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("fails_at", ["write", "flush"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EPIPE])
def test_a_log_that_takes_nothing_breaks_no_answer(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, fails_at: str, number: int
) -> None:
    views, endpoint = walk.app.view_functions, "sign_in.start"
    view, full = views[endpoint], FullDisk(fails_at, number)
    address = f"/{FORCE}/sign-in"

    @functools.wraps(view)
    def says_something() -> Any:
        log.log.info("unnamed")
        logging.getLogger("somebody").error("their words")
        return view()

    monkeypatch.setattr(sys, "stderr", full)
    monkeypatch.setitem(views, endpoint, says_something)
    assert walk.visitor().client.get(address).status_code == 200 and full.asked == 2
    monkeypatch.setitem(views, endpoint, raising(failure_with_all, view))
    failed = walk.visitor().client.get(address)
    assert failed.status_code == 500 and full.asked == 3
    assert re.search(r"<strong><bdi>[0-9A-F]{8}</bdi></strong>", failed.text)


@pytest.mark.parametrize("stream", [None, "closed"])
def test_a_process_without_a_standard_error_works_on(
    monkeypatch: pytest.MonkeyPatch, stream: str | None
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed if stream else None)
    log.log.info("unnamed")


def test_times_are_utc(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().error("something")
    (line,) = lines(capfd.readouterr().err)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])


# --- without the protection ---------------------------------------------------------------------


@protection("G6")
def test_without_the_shapes_a_failures_text_gets_into_the_log(
    app: Flask, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.base.log.looks_right", lambda name, value: True)
    structlog.get_logger().error("something", error=f"no {WORD}")
    assert WORD in capfd.readouterr().err


@protection("G6")
def test_without_the_look_at_their_words_libraries_say_everything(
    app: Flask, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.base.log.message_without_data", lambda record: record.getMessage())
    logging.getLogger("gunicorn.error").propagate = True
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/?code={WORD}")
    assert WORD in capfd.readouterr().err


@protection("G6")
def test_without_the_error_page_every_failing_view_tells_all(
    walk: Walk, all_fail: None, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very walk of above, with failures logged as Flask does it."""
    monkeypatch.setattr("core.base.log.of", lambda error: {"error": str(error)})
    monkeypatch.setattr("core.web.error_pages.of", lambda error: {"error": str(error)})
    monkeypatch.setattr("core.base.log.looks_right", lambda name, value: True)
    ask_everything(walk, [walk.visitor()], NAMES, WORD)
    assert WORD in capfd.readouterr().err
