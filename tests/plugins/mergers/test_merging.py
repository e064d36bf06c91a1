"""Two forces become one: people go on following their cases, at the successor's portal."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.audit.models import AuditEntry
from core.audit.trail import canonical
from core.base.scope import scope_of
from core.cases.models import Access, Case, Message, Person, Staff
from core.intake.erased import ErasedCase
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.intake.updates import Update, write_update
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.storage.keys.key_ends import hand_on_keys
from core.storage.keys.keyring import force_keys
from core.testing import allocated, officer, recorded
from core.testing.commands import run_command
from plugins.mergers.merging import CannotMerge
from plugins.retention.erasure import erase_case
from tests.pages import Browser
from tests.people import Met, person_browser, take
from tests.plugins.mergers.two_forces import NEW, OLD, Start, agree, count, join, place
from tests.security.audited import audited
from tests.security.checklist import requirement


@audited("forces_merged")
def test_a_case_of_the_absorbed_force_opens_at_the_successor_in_its_brand(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    _, met = before
    agree(folder)
    app = start()
    merged = join(app)
    assert (merged.cases, merged.rows["message"]) == (1, 1)
    page = person_browser(app, met, force=NEW).get(f"/case/{met.case}").text
    assert "Midshire Police" in page
    assert "Oldshire" not in page
    assert "We have your bicycle&#39;s frame number." in page
    assert "Is there news?" in page


def test_old_links_lead_on_with_their_place_and_language(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    _, met = before
    assert before[0].test_client().get(f"/{OLD}/sign-in").status_code == 200
    agree(folder)
    client = start().test_client()
    answer = client.get(f"/{OLD}/case/{met.case}?lang=cy")
    assert answer.status_code == 308
    assert answer.location == f"/{NEW}/case/{met.case}?lang=cy"
    assert client.get(f"/{OLD}").location == f"/{NEW}/"
    assert client.get(f"/{OLD}//evil.example/%2e%2e").location.startswith(f"/{NEW}/")
    assert client.get(f"/{OLD}er/").status_code == 404


def test_the_audit_stays_and_still_checks_and_nothing_else_does(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    agree(folder)
    app = start()
    kept = count(app, AuditEntry, OLD)
    join(app)
    assert [count(app, model, OLD) for model in (Case, Person, Access, Message, Staff)] == [0] * 5
    with app.app_context(), force_scope(OLD):
        rows = db.session.scalars(sa.select(AuditEntry)).all()
        assert len(rows) == kept + 1
        for row in rows:
            seen = {name: getattr(row, name) for name in
                    ("id", "at", "action", "actor", "actor_id", "case_id", "fields")}
            assert row.mac == force_keys().mac("audit", canonical(seen))


def test_officers_of_both_forces_with_one_number_stay_two(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    agree(folder, more='\n[feed.sources.oldshire_niche]\nabsorbed_from = "oldshire"\n')
    app = start()
    join(app)
    assert count(app, Staff, NEW) == 2
    with app.app_context(), force_scope(NEW):
        from core.intake.take_in import take_in

        later = allocated(time="2016-06-01T10:00:00Z", officer=officer(1, name="Sam Renamed"))
        (result,) = take_in(host(app).get(NEW).force, "oldshire_niche", [later])
        db.session.commit()
        assert result.status == "accepted"
        names = {one.record_id: one.name for one in db.session.scalars(sa.select(Staff))}
    assert names == {"O1": "Another", "oldshire:O1": "Sam Renamed"}


def test_news_told_before_the_merger_is_a_repeat_after_it(
    start: Start, folder: Path
) -> None:
    app = start()
    news = recorded(**place())
    take(app, news, force=OLD)
    agree(folder)
    app = start()
    join(app)
    with app.app_context(), force_scope(NEW):
        from core.intake.take_in import take_in

        (result,) = take_in(host(app).get(NEW).force, "oldshire_niche", [news])
    assert result.status == "repeated"


def test_what_officers_wrote_stays_of_the_desk(start: Start, folder: Path) -> None:
    """Else it would look like what a record system sent, and a form sent again would be taken in twice."""
    app = start()
    take(app, recorded(**place()), allocated(), force=OLD)
    with app.app_context(), force_scope(OLD):
        case = db.session.scalars(sa.select(Case)).one()
        assert case.staff_id
        wrote = partial(write_update, case.id, case.staff_id, Update(text="I asked."), form_key=uuid7())
        assert wrote()
        db.session.commit()
    agree(folder)
    app = start()
    join(app)
    with app.app_context(), force_scope(NEW):
        assert {one.source for one in db.session.scalars(sa.select(RecordEvent))} == {
            "desk", "oldshire_niche"}
        assert not wrote()


def test_a_merger_cut_off_half_way_goes_on_where_it_stopped(
    before: tuple[Flask, Met], start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, met = before
    agree(folder)
    app = start()
    from plugins.mergers import merging

    put, calls = merging._put, []

    def cut(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        put(*args)

    with monkeypatch.context() as patch:
        patch.setattr(merging, "_put", cut)
        with pytest.raises(KeyboardInterrupt):
            join(app)
    assert count(app, Case, OLD) == 1
    join(app)
    join(app)
    assert (count(app, Case, OLD), count(app, Case, NEW)) == (0, 2)
    assert person_browser(app, met, force=NEW).get(f"/case/{met.case}").status_code == 200


def refused(app: Flask, **how: bool) -> str:
    with pytest.raises(CannotMerge) as caught:
        join(app, **how)
    assert count(app, Case, OLD) == 1
    return "\n".join(caught.value.problems)


def test_a_merger_that_the_files_do_not_say_is_refused(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    told = refused(before[0])
    assert 'status = "closed"' in told
    assert 'absorbed = ["oldshire"]' in told


def test_cases_that_would_be_lost_from_sight_stop_the_merger(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    agree(folder)
    file = folder / NEW / "force.toml"
    file.write_text(file.read_text().replace("opens = 2016-04-01", "opens = 2016-05-10"))
    app = start()
    assert "1 cases of bicycle-theft in north-side" in refused(app)
    assert join(app, closing=True).cases == 1
    with app.app_context(), force_scope(NEW):
        case = db.session.scalars(sa.select(Case).where(Case.crime_reference == "41/1/24")).one()
        assert not case.offered


def test_districts_and_references_that_clash_are_named_before_anything_moves(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    agree(folder)
    file = folder / NEW / "force.toml"
    text = file.read_text()
    file.write_text(text.replace('"north-side"', '"far-side"'))
    assert "districts: north-side" in refused(start())
    file.write_text(text)
    app = start()
    take(app, recorded("41/1/24", **place()), force=NEW)
    assert "411 24" in refused(app) or "41124" in refused(app)


def test_nobody_signs_in_at_the_force_that_is_gone(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    _, met = before
    agree(folder)
    app = start()
    join(app)
    with scope_of(OLD):
        browser = Browser(app, OLD)
    assert browser.get(f"/case/{met.case}").status_code == 308
    assert Browser(app, NEW).get(f"/case/{met.case}").location == f"/{NEW}/sign-in"


def test_the_command_counts_first_and_moves_then(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    agree(folder)
    app = start()

    merging = ("forces", "merge", OLD, "--into", NEW)
    assert "1 cases would move to midshire" in run_command(app, *merging, "--dry-run").output
    assert count(app, Case, OLD) == 1
    told = json.loads(run_command(app, *merging, "--json").output)
    assert (told["cases"], told["moved"], told["rows"]["person"]) == (1, True, 1)
    assert count(app, Case, OLD) == 0
    assert run_command(app, *merging, "--quiet").output == ""


def test_the_command_says_in_one_line_what_the_files_lack(before: tuple[Flask, Met]) -> None:
    done = run_command(before[0], "forces", "merge", OLD, "--into", NEW, ends=1)
    assert done.output.count("\n") == 1
    assert 'successor = "midshire"' in done.output


@requirement("D12")
def test_a_case_that_was_erased_does_not_come_back_by_a_merger(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    """Its hash was made with a key of the absorbed force, which the successor cannot have made."""
    app, _ = before
    with app.app_context(), force_scope(OLD):
        assert erase_case(host().get(OLD).force, "41/1/24")
        db.session.commit()
    agree(folder, more='\n[feed.sources.oldshire_niche]\nabsorbed_from = "oldshire"\n')
    app = start()
    for _ in range(2):  # a merger that was cut off goes on
        with app.app_context():
            hand_on_keys(OLD, NEW, db.session.commit)
    join(app)
    with app.app_context(), force_scope(NEW):
        again = recorded("41/1/24", **place(), id="again")
        (told,) = take_in(host().get(NEW).force, "oldshire_niche", [again])
        assert (told.status, "erased" in (told.detail or "")) == ("rejected", True)
        (other,) = take_in(host().get(NEW).force, "niche", [recorded("41/9/24", **place(), id="other")])
        assert other.status == "accepted"
        chain = force_keys().chains["lookup"]
        assert force_keys().key_at("lookup") == chain[0] and len(chain) == 2
        db.session.commit()
    assert count(app, ErasedCase, NEW) == 1 and count(app, ErasedCase, OLD) == 0


def test_a_case_of_the_successor_goes_on_though_the_absorbed_force_erased_one_of_that_reference(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app, _ = before
    take(app, recorded("41/2/24", **place()), force=OLD)
    with app.app_context(), force_scope(OLD):
        assert erase_case(host().get(OLD).force, "41/2/24")
        db.session.commit()
    agree(folder)
    app = start()
    join(app)
    take(app, allocated("41/2/24", id="later", time="2016-05-09T10:00:00Z"), force=NEW)
    assert count(app, ErasedCase, NEW) == 0


def test_an_event_whose_body_is_gone_is_known_again_at_the_successor(
    before: tuple[Flask, Met], start: Start, folder: Path
) -> None:
    app, _ = before
    first = recorded("41/5/24", **place(), id="once")
    take(app, first, force=OLD)
    with app.app_context(), force_scope(OLD):
        for row in db.session.scalars(sa.select(RecordEvent)):
            row.body_sealed = None
        db.session.commit()
    agree(folder, more='\n[feed.sources.oldshire_niche]\nabsorbed_from = "oldshire"\n')
    app = start()
    join(app)
    with app.app_context(), force_scope(NEW):
        (told,) = take_in(host().get(NEW).force, "oldshire_niche", [first])
        assert told.status == "repeated"
