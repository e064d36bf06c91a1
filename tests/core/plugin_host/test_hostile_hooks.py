"""A plugin that fails in a hook that decorates: the page is served without it, and it is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from markupsafe import Markup

from core import hookspecs
from core.audit.models import AuditEntry
from core.base import scope
from core.base.scope import current_force_id
from core.cases.models import Case
from core.hookspecs import Action, Panel, Viewing, hookimpl
from core.notices.models import Notice
from core.plugin_host import calls
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import event
from tests.conftest import AVON, HERTS
from tests.core.plugin_host.heard import Logged, named
from tests.core.plugin_host.hostile import Outrage, at_hertfordshire
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take
from tests.security.checklist import requirement


def fail(how: type[BaseException], *, hook: str = "case_panels") -> Callable[..., Any]:
    """A hook that fails; those of a case are given who is looking, and the others the place."""
    def of_case(viewing: Any) -> Any:
        raise how("the secret of 41/1/24")

    def of_place(place: Any) -> Any:
        raise how("the secret of 41/1/24")

    return of_place if hook in ("links", "panels") else of_case


def see(app: Flask, case: UUID) -> Browser:
    """The person's page, which must be whole but for the hostile plugin's part."""
    browser = person_browser(app, meet(app))
    answer = browser.get(f"/case/{case}")
    assert answer.status_code == 200
    assert browser.page and browser.page.h1 == ["Your report"]
    assert "Messages" in answer.text
    assert "Support for you" in answer.text
    return browser


# --- hooks that decorate ------------------------------------------------------------------------


@pytest.mark.parametrize("how", [RuntimeError, SystemExit, GeneratorExit, Outrage, RecursionError])
@pytest.mark.parametrize("hook", sorted(hookspecs.ONE_BY_ONE))
def test_a_page_is_served_without_the_plugin_that_fails(
    app: Flask, case: UUID, logged: Logged, hook: str, how: type[BaseException]
) -> None:
    hooks = {hook: hookimpl(fail(how, hook=hook))}
    with at_hertfordshire(app, **hooks):
        browser = see(app, case)
        if hook == "panels":  # a page of a case has no place for them
            assert browser.get("/privacy").status_code == 200
            assert browser.page and "We do not count people" in browser.page.text
    assert named(logged) == ["noisy"]
    assert "the secret" not in str(logged)


def test_the_officers_page_is_served_without_it(app: Flask, case: UUID, logged: Logged) -> None:
    with at_hertfordshire(app, case_panels=hookimpl(fail(RuntimeError))):
        assert officer_browser(app, meet(app).staff).get(f"/desk/case/{case}").status_code == 200
    assert named(logged) == ["noisy"]


def _touch(viewing: Any) -> None:
    viewing.case_id = None


def _rename(force: Any) -> None:
    force.name = "Noisy Police"


def _reset(force: Any) -> None:
    force.plugin_settings["sign_in"]["details"] = ()


def _append(force: Any) -> None:
    force.districts.append("mine")


def _other_force() -> None:
    with force_scope(AVON):
        db.session.scalars(sa.select(Case)).all()


def _bad_statement() -> None:
    db.session.execute(sa.select(Case).where(sa.cast(Case.crime_type, sa.Integer) == 1)).all()


def _change_row(*, flush: bool) -> list[Panel]:
    for case in db.session.scalars(sa.select(Case)):
        case.crime_type = "noisy"
    if flush:
        db.session.flush()
    return []


WRONG: dict[str, Callable[[Any, Any], Any]] = {
    "answers markup": lambda force, viewing: Markup("<b>loud</b>"),
    "answers a list of markup": lambda force, viewing: [Markup("<b>loud</b>")],
    "answers one panel, not a list": lambda force, viewing: Panel(1, "n", "messages/panel.html"),
    "answers a number": lambda force, viewing: 5,
    "answers a generator": lambda force, viewing: (p for p in ()),
    "answers an action": lambda force, viewing: [Action(1, "x", "pages.home")],
    "has an order in words": lambda force, viewing: [Panel("first", "n", "noisy/x.html")],  # type: ignore[arg-type]
    "has values that are markup": lambda force, viewing: [
        Panel(1, "n", "noisy/x.html", Markup("<b>"))],  # type: ignore[arg-type]
    "names a template that is not there": lambda force, viewing: [Panel(1, "n", "noisy/x.html")],
    "names a template that fails": lambda force, viewing: [Panel(1, "n", "messages/panel.html")],
    "changes who is looking": lambda force, viewing: _touch(viewing),
    "changes the force's name": lambda force, viewing: _rename(force),
    "changes the settings of another": lambda force, viewing: _reset(force),
    "adds a district": lambda force, viewing: _append(force),
    "reads another force's cases": lambda force, viewing: _other_force(),
    "changes a row": lambda force, viewing: _change_row(flush=False),
    "changes a row and flushes": lambda force, viewing: _change_row(flush=True),
    "adds a row": lambda force, viewing: db.session.add(Notice()),
    "answers without end": lambda force, viewing: [
        Panel(1, "n", "messages/panel.html")] * (calls.MOST_PARTS + 1),
    "calls itself": lambda force, viewing: WRONG["calls itself"](force, viewing),
    "breaks the transaction": lambda force, viewing: _bad_statement(),
}


@requirement("E4")
@pytest.mark.parametrize("fault", WRONG)
def test_a_page_is_served_without_the_plugin_that(
    app: Flask, case: UUID, logged: Logged, fault: str
) -> None:
    @hookimpl
    def case_panels(force: Any, viewing: Any) -> Any:
        return WRONG[fault](force, viewing)

    with at_hertfordshire(app, case_panels=case_panels):
        assert "loud" not in see(app, case).get(f"/case/{case}").text
    left_out = set(named(logged))
    assert left_out == ({"messages"} if fault == "names a template that fails" else {"noisy"})
    assert host(app).get(HERTS).force.name == "Hertfordshire Constabulary"
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Case.crime_type)).all() == ["bicycle-theft"]
        assert db.session.scalars(sa.select(AuditEntry.case_id).where(
            AuditEntry.action == "case_seen")).all() == [case, case]


@pytest.mark.parametrize("action", [
    lambda: Action(1, "Go", "noisy.nowhere"), lambda: Action(1, "Go", "messages.thread"),
    lambda: Action(1, Markup("<b>Go</b>"), "pages.home"), lambda: "<a href='/'>Go</a>",
])
def test_an_action_that_leads_nowhere_is_left_out(
    app: Flask, case: UUID, logged: Logged, action: Callable[[], Any]
) -> None:
    with at_hertfordshire(app, case_actions=hookimpl(lambda viewing: [action()])):
        see(app, case)
    assert named(logged) == ["noisy"]


def test_a_force_that_a_plugin_puts_in_scope_does_not_stay_there(
    app: Flask, case: UUID, logged: Logged
) -> None:
    entered = []

    @hookimpl
    def case_panels(viewing: Any) -> list[Panel]:
        scope.IN_SCOPE.set(AVON)
        entered.append(current_force_id())
        return []

    with at_hertfordshire(app, case_panels=case_panels):
        assert "Hertfordshire" in see(app, case).get(f"/case/{case}").text
    assert set(entered) == {AVON}


@requirement("E4")
def test_other_forces_do_not_notice(app: Flask, case: UUID, logged: Logged) -> None:
    met = meet(app, force=AVON)
    with at_hertfordshire(app, case_panels=hookimpl(fail(SystemExit))):
        page = person_browser(app, met, force=AVON).get(f"/case/{met.case}")
    assert page.status_code == 200
    assert named(logged) == []


# --- hooks that sleep ---------------------------------------------------------------------------


class Slept:
    """The clock by which hooks are timed; it goes on when somebody sleeps, and the test does not."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def perf_counter(self) -> float:
        return self.now

    monotonic = perf_counter


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> Slept:
    made = Slept()
    monkeypatch.setattr(calls, "time", made)
    return made


@requirement("E4")
def test_a_slow_plugin_is_named_and_left_out_for_a_while_when_it_goes_on(
    app: Flask, case: UUID, logged: Logged, slept: Slept
) -> None:
    asked = []

    @hookimpl
    def case_panels(viewing: Viewing) -> list[Panel]:
        asked.append(viewing)
        slept.sleep(calls.BUDGET + 0.1)
        return []

    with at_hertfordshire(app, case_panels=case_panels):
        for _ in range(5):
            see(app, case)
        assert len(asked) == calls.STRIKES
        slept.sleep(calls.REST)
        see(app, case)
        assert len(asked) == calls.STRIKES + 1
    assert set(named(logged, "plugin_slow")) == {"noisy"}
    assert set(named(logged, "plugin_rests")) == {"noisy"}


def test_a_plugin_that_is_slow_once_is_asked_again(
    app: Flask, case: UUID, logged: Logged, slept: Slept
) -> None:
    asked = []

    @hookimpl
    def case_panels(viewing: Viewing) -> list[Panel]:
        asked.append(viewing)
        slept.sleep(calls.BUDGET + 0.1 if len(asked) % 3 else 0)
        return []

    with at_hertfordshire(app, case_panels=case_panels):
        for _ in range(6):
            see(app, case)
    assert len(asked) == 6
    assert named(logged, "plugin_rests") == []


# --- seeing what is asked -----------------------------------------------------------------------


def test_every_hook_call_is_printed_with_its_time(
    app: Flask, case: UUID, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    force = host(app).get(HERTS)
    quiet = force.hook
    monkeypatch.setenv("TMC_TRACE_HOOKS", "1")
    vars(force).pop("hook")
    try:
        see(app, case)
        Browser(app, HERTS).get("/your-reports")
        take(app, event("crime.progress", time="2024-03-03T10:00:00Z", stage="investigating"),
             announce=True)
    finally:
        vars(force)["hook"] = quiet
    told = capsys.readouterr().err
    for line in ("case_panels messages", "case_panels support", "case_actions messages",
                 "sign_in_at sign_in", "notices_for core"):
        assert f"hook hertfordshire {line}: " in told, line
    assert all(line.endswith(" µs") for line in told.splitlines() if line.startswith("hook "))


def test_hooks_of_the_start_are_printed_too(
    settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from core.app import create_app
    from core.storage.db import close_connections

    monkeypatch.setenv("TMC_TRACE_HOOKS", "1")
    app = create_app(settings)
    with app.app_context():
        close_connections()
    told = capsys.readouterr().err
    assert "hook start routes sign_in: " in told
    assert "hook start jobs sign_in: " in told
