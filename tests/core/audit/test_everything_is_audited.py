"""Every event of the list is written into the audit, and a test does each of them as people do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry, ForceFile
from core.base import clock
from core.base.installation import installation
from core.cases.models import PortalSession, Staff
from core.cli.processes.config_seen import note_changes
from core.plugin_host import jobs
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, officer, recorded
from core.testing.browser import Browser
from core.testing.people import Met
from core.web.access import policy_of
from core.web.sessions import ABSOLUTE
from plugins.sign_in.rules import ATTEMPT_LASTS
from tests.conftest import AVON, HERTS
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code
from tests.security.audited import audited, declared, marked, never_written
from tests.security.checklist import requirement
from tests.security.walk import Walk

ROOT = Path(__file__).resolve().parents[3]
# The events that must be in the audit, and the actions that say so.
EVENTS = {
    "sign-in, all outcomes": {"sign_in", "passkeys_tried", "code_sent", "code_withheld", "sign_out"},
    "every view of victim data": {"case_seen", "cases_listed", "messages_seen", "people_listed"},
    "change": {"case_opened", "case_changed", "case_shown", "case_not_shown", "event_stored",
               "message_sent", "entry_written", "forces_merged"},
    "export": {"people_listed", "cases_listed"},
    "grant": {"activation_code_made", "break_glass_opened", "role_set", "unit_changed"},
    "failed authorisation": {"refused", "record_feed_refused"},
    "key change": {"key_made", "key_ended", "keys_made", "keys_ended"},
    "settings change": {"force_file_changed", "settings_changed"},
    "what jobs do": {"notice_sent", "notice_withheld", "notice_failed", "sessions_removed", "audit_cut",
                     "overdue_removed", "retention_waited", "commitments_mended"},
}


def written_in_code() -> Iterator[str]:
    """``sign_in:opened`` and so on: every action that has results, and each of them."""
    texts = {f"{type(one).__name__}.{one.name}": one.value for one in declared().values()}
    for folder in ("core", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "write":
                    action = texts.get(ast.unparse(node.args[0])) if node.args else None
                    if action:
                        yield from (f"{action}:{result}" for result in _results(node))


def _results(call: ast.Call) -> Iterator[str]:
    for given in call.keywords:
        if given.arg == "result":
            value = given.value
            parts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            yield from (str(part.value) for part in parts if isinstance(part, ast.Constant))


@requirement("G9")
def test_every_action_of_the_audit_has_a_test_that_does_it(portal: Flask) -> None:
    wanted = set(declared()) | set(written_in_code())
    missing = sorted(wanted - set(marked()))
    assert not missing, (
        f"no test makes the portal write: {', '.join(missing)}. Mark one that does it as people do with "
        "@audited(\"…\") from tests.security.audited"
    )


@requirement("G9")
def test_every_event_that_must_be_written_down_has_its_action(portal: Flask) -> None:
    assert {name for name, actions in EVENTS.items() if not actions <= declared().keys()} == set()
    assert len(set(written_in_code())) >= 5


def test_a_mark_without_its_row_fails(app: Flask) -> None:
    row = {"action": "sign_in", "fields": {"result": "opened"}}
    assert never_written({"sign_in", "sign_in:opened"}, [row]) == set()
    assert never_written({"sign_out", "sign_in:wrong_code"}, [row]) == {"sign_out", "sign_in:wrong_code"}


RULES = {"person": ("person_of_case",), "officer": ("officer_of_case", "reader_of_case")}


# --- what people do -----------------------------------------------------------------------------


def fields_of(app: Flask, action: str, force: str = HERTS) -> list[dict[str, object]]:
    with app.app_context(), force_scope(force):
        found = sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return [row.fields for row in db.session.scalars(found)]


@audited("case_opened")
def test_news_of_a_case(app: Flask, met: Met) -> None:
    assert fields_of(app, "case_opened")[0]["source"] == "niche"


@audited("case_seen", "messages_seen", "message_sent", "cases_listed")
def test_a_person_reads_and_writes(app: Flask, met: Met) -> None:
    browser = person_browser(app, met)
    browser.get("/your-reports")
    browser.get(f"/case/{met.case}")
    browser.post(f"/case/{met.case}/messages", {"text": "Hello"})
    assert fields_of(app, "messages_seen") == [{"viewer": "person"}]
    assert fields_of(app, "message_sent") == [{"by": "person"}]


@audited("people_listed", "cases_listed")
def test_an_officer_takes_a_list_along(app: Flask, met: Met) -> None:
    browser = officer_browser(app, met.staff)
    browser.get("/desk/")
    browser.get("/desk/people.csv")
    assert fields_of(app, "people_listed") == [{"count": 1}]


@audited("sign_out")
@pytest.mark.parametrize("way", ["/leave", "/sign-out"])
def test_somebody_goes(app: Flask, met: Met, way: str) -> None:
    browser: Browser = person_browser(app, met)
    browser.get(way) if way == "/leave" else browser.post(way, form_at=f"/case/{met.case}")
    assert fields_of(app, "sign_out") == [{"how": "exit" if way == "/leave" else "button"}]


@audited("refused")
@pytest.mark.parametrize(("who", "rule"), [("P2", "person_of_case"), ("O2", "reader_of_case")])
def test_somebody_tries_a_case_of_others(app: Flask, met: Met, who: str, rule: str) -> None:
    other = {**recorded()["data"]["people"][0], "id": "P2"}
    take(app, recorded("41/2/24", people=[other]),
         allocated("41/2/24", officer={"id": "O2", "name": "Kim Other", "unit": "Elsewhere"}))
    theirs = meet(app, "41/2/24")
    browser = person_browser(app, theirs, "P2") if who == "P2" else officer_browser(app, theirs.staff)
    answer = browser.get(f"/case/{met.case}" if who == "P2" else f"/desk/case/{met.case}")
    assert answer.status_code in (303, 404)
    assert rule in [row["rule"] for row in fields_of(app, "refused")]


@requirement("G9")
@audited("refused")
@pytest.mark.parametrize("who", ["person", "officer"])
def test_every_address_of_a_case_writes_down_that_somebody_was_refused_and_by_which_rule(
    app: Flask, met: Met, who: str
) -> None:
    other = {**recorded()["data"]["people"][0], "id": "P2"}
    take(app, recorded("41/2/24", people=[other]),
         allocated("41/2/24", officer={"id": "O2", "name": "Kim Other", "unit": "Elsewhere"}))
    theirs = meet(app, "41/2/24")
    browser = person_browser(app, theirs, "P2") if who == "person" else officer_browser(app, theirs.staff)
    walk, tried = Walk(app, met), 0
    for rule in walk.rules("GET"):
        policy = policy_of(app.view_functions[rule.endpoint])
        if "case_id" not in rule.arguments or policy.rule.__name__ not in RULES[who]:
            continue
        before = len(fields_of(app, "refused"))
        answer = browser.client.get(walk.url(rule), buffered=True)
        new = fields_of(app, "refused")[before:]
        assert answer.status_code in (303, 404), rule.rule
        assert [row["rule"] for row in new] == [policy.rule.__name__], rule.rule
        tried += 1
    assert tried >= 2


@audited("sessions_removed")
def test_the_hourly_job_removes_old_sessions(app: Flask, met: Met) -> None:
    person_browser(app, met).get(f"/case/{met.case}")
    jobs.run(app, "remove_old_sessions", HERTS)
    assert fields_of(app, "sessions_removed") == []
    with clock.travel(clock.now() + 2 * ABSOLUTE):
        jobs.run(app, "remove_old_sessions", HERTS)
    assert fields_of(app, "sessions_removed") == [{"count": 1}]
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(PortalSession)).all() == []


@requirement("G9")
@audited("force_file_changed")
def test_a_process_that_starts_with_another_force_toml_says_what_changed(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_changes(app)
    note_changes(app)
    (first,) = fields_of(app, "force_file_changed")
    assert "brand.colour" in first["keys"] and "phases" in first["keys"]  # type: ignore[operator]
    installed = host(app).get(HERTS)
    text = (installed.folder / "force.toml").read_text()
    (tmp_path / "force.toml").write_text(text.replace("[plugins.messages]", "[plugins.messages]\nnew = 1"))
    monkeypatch.setattr(type(installed), "folder", property(
        lambda self: tmp_path if self.force.id == HERTS else self.__dict__["folder"]), raising=False)
    note_changes(app)
    note_changes(app)
    assert [row["keys"] for row in fields_of(app, "force_file_changed")[1:]] == [
        ["plugins.messages", "plugins.messages.new"] if "[plugins.messages]\n\n" in text else
        ["plugins.messages.new"]]
    assert len(fields_of(app, "force_file_changed", AVON)) == 1


@requirement("G9")
@audited("settings_changed")
def test_a_process_that_starts_with_other_settings_says_which(app: Flask) -> None:
    """Their names, not their values; web and worker need not have the same."""
    settings, secret = installation(app).settings, "canary-of-the-mail-password"
    for process in ("web", "worker", "web", "worker"):
        note_changes(app, process)
    first = fields_of(app, "settings_changed")
    assert [row["process"] for row in first] == ["web", "worker"]
    assert "TMC_DATABASE_URL" in first[0]["names"]  # type: ignore[operator]
    installation(app).settings = settings.model_copy(update={
        "smtp_url": f"smtp://portal:{secret}@mail.example", "proxies": 3,
        "force_database_urls": {AVON: "postgresql://elsewhere/x"}})
    try:
        note_changes(app)
        note_changes(app)
    finally:
        installation(app).settings = settings
    names = [row["names"] for row in fields_of(app, "settings_changed")[2:]]
    assert names == [["TMC_PROXIES", "TMC_SMTP_URL"]]
    others = [row["names"] for row in fields_of(app, "settings_changed", AVON)[2:]]
    assert others == [["TMC_DATABASE_URL__<FORCE>", "TMC_PROXIES", "TMC_SMTP_URL"]]
    with app.app_context(), force_scope(HERTS):
        stored = [row.parts for row in db.session.scalars(sa.select(ForceFile))]
        assert secret not in str(stored)


@requirement("G9")
@audited("unit_changed")
def test_news_that_somebody_is_in_another_unit_is_written_down(app: Flask) -> None:
    """Who is in a unit opens its cases, and the record system says who is."""
    take(app, recorded(), allocated(time="2024-03-02T10:00:00Z"))
    with app.app_context(), force_scope(HERTS):
        known = db.session.scalars(sa.select(Staff)).one()
    assert fields_of(app, "unit_changed") == []
    moved = officer(1, id=known.record_id, unit="Professional Standards")
    for hour in ("11", "12"):  # the second says nothing new
        take(app, allocated(time=f"2024-03-02T{hour}:00:00Z", officer=moved))
    assert fields_of(app, "unit_changed") == [{"staff": str(known.id), "source": "niche"}]


@audited("sign_in_code_withdrawn", "activation_code_made")
def test_an_officer_takes_a_code_back(app: Flask, met: Met) -> None:
    browser, page = officer_browser(app, met.staff), f"/desk/case/{met.case}/sign-in-code/{met.people['P1']}"
    browser.post(page)
    assert browser.post(f"{page}/withdraw", form_at=page).status_code == 303
    assert fields_of(app, "sign_in_code_withdrawn") == [{"person": str(met.people["P1"])}]


@audited("sign_in:no_attempt")
def test_a_code_is_typed_after_the_time_for_it(app: Flask, met: Met) -> None:
    browser = Browser(app, HERTS)
    give(browser)
    with clock.travel(clock.now() + ATTEMPT_LASTS):
        enter(browser, "123456")
    assert "no_attempt" in [row["result"] for row in fields_of(app, "sign_in")]


@audited("sign_in_brake")
def test_so_many_fail_that_everybody_goes_slower(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.sign_in.limits.plugin_settings", lambda name: SimpleNamespace(failures=1))
    for number in range(3):
        browser = Browser(app, HERTS, f"192.0.2.{number}")
        give(browser, surname="Somebody")
        newest_code(app)
    assert fields_of(app, "sign_in_brake") == [{"failures": 2}]
