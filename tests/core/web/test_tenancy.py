"""Which force a request is for: the exact host, or the first part of the path."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.app import create_app
from core.base.settings import Settings
from core.force.fault import ForceFileError
from core.storage.db import close_connections
from core.testing.postgres import Addresses
from core.web.security import HEADERS
from tests.conftest import AVON, HERTS
from tests.core.web.production import hosted_portal, production
from tests.forces import live_force

hosted = pytest.fixture(scope="module")(hosted_portal)


def both_live(settings: Settings, folder: Path, other_status: str, other_host: str) -> Settings:
    """Settings of an installation with midshire and one more force, and the hosts they claim."""
    live_force(folder, plugins=["support"], host="track.midshire.police.uk")
    text = (folder / "midshire" / "force.toml").read_text()
    (folder / "eastshire").mkdir()
    (folder / "eastshire" / "force.toml").write_text(
        text.replace('id = "midshire"', 'id = "eastshire"\nsuccessor = "midshire"')
        .replace('status = "live"', f'status = "{other_status}"')
        .replace("track.midshire.police.uk", other_host)
    )
    return settings.model_copy(update={"forces_dir": folder})


@pytest.mark.parametrize("status", ["live", "closed"])
def test_two_forces_that_claim_one_host_stop_the_start_by_the_names_of_their_files(
    status: str, settings: Settings, tmp_path: Path
) -> None:
    both = both_live(settings, tmp_path, status, "track.midshire.police.uk")
    with pytest.raises(ForceFileError) as raised:
        create_app(both)
    said = str(raised.value)
    assert f"{tmp_path}/midshire/force.toml: hosts: the force eastshire claims" in said
    assert f"{tmp_path}/eastshire/force.toml" in said


@pytest.mark.parametrize(("status", "host"), [
    ("live", "track.eastshire.police.uk"), ("closed", "track.eastshire.police.uk"),
    ("draft", "track.midshire.police.uk"),
])
def test_forces_with_hosts_of_their_own_start_and_a_draft_takes_nobody_s(
    status: str, host: str, settings: Settings, tmp_path: Path
) -> None:
    app = create_app(both_live(settings, tmp_path, status, host))
    home = app.test_client().get("/", headers={"Host": "track.midshire.police.uk"})
    assert "Midshire Police" in home.text
    with app.app_context():
        close_connections()


def get(app: Flask, path: str, host: str) -> Any:
    return app.test_client().get(path, headers={"Host": host}, base_url=f"https://{host}")


def test_a_force_answers_on_its_own_host_and_its_links_stay_there(hosted: Flask) -> None:
    answer = get(hosted, "/", "track.midshire.police.uk")
    assert answer.status_code == 200
    assert 'href="/sign-in"' in answer.text
    assert get(hosted, "/sign-in", "track.midshire.police.uk:443").status_code == 200


def test_a_force_answers_under_its_path_on_the_shared_host(hosted: Flask) -> None:
    assert 'href="/midshire/sign-in"' in get(hosted, "/midshire/", "portal.test").text


@pytest.mark.parametrize(
    "host", ["evil.test", "track.midshire.police.uk.evil.test", "midshire.police.uk", ""]
)
def test_a_host_that_is_not_served_gets_a_plain_refusal(hosted: Flask, host: str) -> None:
    answer = hosted.test_client().get("/midshire/", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 421
    assert "Midshire" not in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path", [f"/{HERTS}/", "/", "/demo/mailbox/", "/demo/mailbox.json", "/midshire/demo/officers"]
)
def test_drafts_and_the_demo_do_not_exist_in_production(hosted: Flask, path: str) -> None:
    assert get(hosted, path, "portal.test").status_code == 404


def test_the_demo_serves_the_forces_with_sample_people_and_no_other_draft(portal: Flask) -> None:
    listed = portal.test_client().get("/").text
    assert set(re.findall(r'href="/([a-z-]+)/"', listed)) == {AVON, HERTS}
    assert portal.test_client().get(f"/{AVON}/").status_code == 200
    assert portal.test_client().get("/kent/").status_code == 404


def test_a_demo_serves_the_draft_that_somebody_brings_to_it(
    settings: Settings, portal: Flask, tmp_path: Path
) -> None:
    file = live_force(tmp_path / "forces", plugins=["support"]) / "midshire" / "force.toml"
    file.write_text(file.read_text().replace('status = "live"', 'status = "draft"'))
    app = create_app(settings.model_copy(update={"forces_dir": tmp_path / "forces"}))
    assert app.test_client().get("/midshire/").status_code == 200
    assert app.test_client().get("/kent/").status_code == 404


def test_the_session_cookie_of_production_is_locked_to_the_host(hosted: Flask) -> None:
    cookie = get(hosted, "/midshire/sign-in", "portal.test").headers["Set-Cookie"]
    assert cookie.startswith("__Host-tmc-midshire=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie


def test_a_desk_has_no_page_to_sign_in_at_in_production_yet(hosted: Flask) -> None:
    assert get(hosted, "/midshire/desk/", "portal.test").status_code == 404


def test_behind_a_proxy_the_host_it_names_decides(
    database: Addresses, portal: Flask, tmp_path: Path
) -> None:
    app = production(database, tmp_path, proxies=1)

    def asked(forwarded: str) -> Any:
        return app.test_client().get("/", base_url="http://10.0.0.7", headers={
            "X-Forwarded-Host": forwarded, "X-Forwarded-Proto": "https",
        })

    assert 'href="/sign-in"' in asked("track.midshire.police.uk").text
    assert asked("evil.example").status_code == 421
    with app.app_context():
        close_connections()
