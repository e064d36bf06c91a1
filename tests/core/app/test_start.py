"""What stops the start: a view without a rule, a weak key, a role that passes the walls …"""

from __future__ import annotations

import base64
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.app import create_app
from core.audit.export import read_file
from core.audit.loop import chaining, check_head_file
from core.base.installation import set_up
from core.base.settings import Settings, load_settings
from core.base.settings_source import SettingsError
from core.cli.processes.start import ready
from core.force.fault import ForceFileError
from core.plugin_host.checks import PluginError
from core.plugin_host.host import PluginHost
from core.storage import schema
from core.storage.ciphers import KeyProblem
from core.storage.db import close_connections
from core.storage.keys.master_key import write_key_file
from core.testing.postgres import Addresses
from core.web.access import UnruledView, refuse_unruled
from tests.security.checklist import requirement


def start(settings: Settings) -> Flask:
    app = create_app(settings)
    with app.app_context():
        close_connections()
    return app


def test_every_view_has_a_rule(portal: Flask) -> None:
    assert len(portal.view_functions) > 20
    assert all(hasattr(view, "tmc_policy") for view in portal.view_functions.values())


def test_a_view_without_a_rule_stops_the_start() -> None:
    app = Flask("core")
    app.add_url_rule("/secret", "secret", lambda: "everything")
    with pytest.raises(UnruledView, match="secret"):
        refuse_unruled(app)


def test_every_path_is_in_kebab_case_with_typed_parameters(portal: Flask) -> None:
    for rule in portal.url_map.iter_rules():
        if rule.endpoint != "static":
            plain = re.sub(r"<[^>]+>", "", rule.rule)
            assert plain == plain.lower() and "_" not in plain, rule.rule
            assert "<" not in rule.rule.replace("<uuid:", "").replace("<string(", "").replace(
                "<source:", ""
            ) or rule.endpoint.startswith("record_feed"), rule.rule


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "TMC_DATABASE_URL is not set"),
        ({"TMC_DATABASE_URL": "mysql://x"}, "TMC_DATABASE_URL: must be a PostgreSQL address"),
        ({"TMC_DATABASE_URL": "postgresql://x/y", "TMC_MODE": "test"}, "TMC_MODE"),
        ({"TMC_DATABASE_URL": "postgresql://x/y"}, "TMC_MASTER_KEY_FILE must be set in production"),
        (
            {"TMC_DATABASE_URL": "postgresql://x/y", "TMC_MODE": "demo", "TMC_PROXIES": "many"},
            "TMC_PROXIES",
        ),
        ({"TMC_DATABSE_URL": "x"}, "TMC_DATABSE_URL: no such setting"),
        (
            {
                "TMC_DATABASE_URL": "postgresql://x/y",
                "TMC_MODE": "demo",
                "TMC_SMTP_URL": "http://x",
            },
            "TMC_SMTP_URL",
        ),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(given)


DEMO = {"TMC_MODE": "demo", "TMC_DATABASE_URL": "postgresql://u@h/d"}


@pytest.mark.parametrize("written", [
    "track.example.org", "ftp://track.example.org", "https://", "https:///x", "https://[", "https://[::1",
    "https://track.example.org:99999", "https://track.example.org:0", "https://track.example.org:x",
    "https://me:Secret7@track.example.org", "https://track.example.org?x=1", "https://track.example.org#x",
    "https://track .example.org", "https://track.example.org/\n", " https://track.example.org",
    "https://-track.example.org", "https://track..example.org", "https://\u2603.example",
])
def test_an_address_of_the_portal_that_no_browser_reaches_stops_the_start(written: str) -> None:
    with pytest.raises(SettingsError, match="TMC_BASE_URL: ") as refused:
        load_settings({**DEMO, "TMC_BASE_URL": written})
    assert "Secret7" not in str(refused.value)


@pytest.mark.parametrize(("written", "address"), [
    ("https://track.example.org", "https://track.example.org"),
    ("HTTPS://Track.Example.org:8443/crime/", "https://track.example.org:8443/crime/"),
    ("https://stra\u00dfe.example", "https://xn--strae-oqa.example"),
    ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"), ("https://192.0.2.1", "https://192.0.2.1"),
])
def test_the_address_of_the_portal_is_kept_as_browsers_name_it(written: str, address: str) -> None:
    assert load_settings({**DEMO, "TMC_BASE_URL": written}).base_url == address


@pytest.mark.parametrize("written", ["postgresql://u@h:x/d", "postgresql:/u@h/d", "mariadb://u@h/d"])
def test_what_is_no_address_of_a_database_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(SettingsError, match="TMC_DATABASE_URL: must be a PostgreSQL address"):
        load_settings({**DEMO, "TMC_DATABASE_URL": written})


def test_a_file_of_heads_that_cannot_be_written_stops_the_worker(settings: Settings, tmp_path: Path) -> None:
    """And one that can be is there from then on, without any."""
    for refused, why in ((tmp_path, "Is a directory"), (tmp_path / "none" / "heads", "No such file")):
        with pytest.raises(SettingsError, match=f"^TMC_AUDIT_HEAD_FILE: {refused} cannot be written: {why}"):
            check_head_file(settings.model_copy(update={"audit_head_file": refused}))
        worker = Flask("worker")
        set_up(worker, settings.model_copy(update={"audit_head_file": refused}), PluginHost(only=""))
        with pytest.raises(SettingsError, match="cannot be written"), chaining(worker):
            pytest.fail("it began")
    check_head_file(settings.model_copy(update={"audit_head_file": tmp_path / "heads"}))
    assert list(read_file(tmp_path / "heads")) == []
    check_head_file(settings)


@pytest.mark.parametrize("variable", ["TMC_DATABASE_URL", "TMC_OWNER_DATABASE_URL"])
def test_a_database_of_a_force_that_is_not_there_stops_the_start(
    settings: Settings, variable: str
) -> None:
    """Else the force that was meant would keep its people in the database of all."""
    field = "force_database_urls" if variable == "TMC_DATABASE_URL" else "force_owner_database_urls"
    urls = {"hertfordshir": settings.database_url}
    with pytest.raises(SettingsError, match=f"{variable}__HERTFORDSHIR: .* the nearest is hertfordshire"):
        create_app(settings.model_copy(update={field: urls}))


def test_a_right_environment_is_taken() -> None:
    settings = load_settings(
        {
            "TMC_MODE": "demo",
            "TMC_DATABASE_URL": "postgresql://u@h/d",
            "TMC_DATABASE_URL__WEST_MIDLANDS": "postgresql://u@h/w",
        }
    )
    assert settings.force_database_urls == {"west-midlands": "postgresql+psycopg://u@h/w"}


def production(database: Addresses, folder: Path, **more: Any) -> Settings:
    for name in ("master", "secret"):
        if not (folder / name).exists():
            write_key_file(folder / name)
    return Settings(
        mode="production",
        database_url=database.serving,
        master_key_file=folder / "master",
        secret_key_file=folder / "secret",
        smtp_url="smtp://mail.test",
        base_url="https://portal.test",
        **more,
    )


def test_production_starts_with_its_keys_and_serves_no_draft(
    database: Addresses, tmp_path: Path
) -> None:
    app = start(production(database, tmp_path))
    assert (
        app.test_client().get("/hertfordshire/", headers={"Host": "portal.test"}).status_code == 404
    )
    assert app.test_client().get("/", headers={"Host": "portal.test"}).status_code == 404


@pytest.mark.parametrize("process", ["web", "worker"])
def test_a_start_without_a_live_force_says_so_in_a_sentence(
    portal: Flask, database: Addresses, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, process: str
) -> None:
    monkeypatch.setattr("core.cli.processes.start.schema.check", lambda app: None)
    monkeypatch.setattr("core.cli.processes.start.log.take_over_process", lambda: None)
    for app, said in ((start(production(database, tmp_path)), True), (portal, False)):
        capfd.readouterr()
        ready(app, process=process)
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        found = [line for line in lines if line["event"] == "no_force_is_served"]
        assert bool(found) is said
        assert not said or 'status = "live"' in found[0]["said"]


@pytest.mark.parametrize(("content", "mode", "said"), [
    (None, 0o600, "no such key file"),
    (b"hello", 0o600, "not a key"),
    (base64.b64encode(b"a" * 32), 0o600, "not a random key"),
    (base64.b64encode(b"short"), 0o600, "32 are needed"),
    (base64.b64encode(bytes(range(32))), 0o644, "chmod 600"),
])
def test_a_weak_or_missing_master_key_stops_the_start(
    database: Addresses, tmp_path: Path, content: bytes | None, mode: int, said: str
) -> None:
    settings = production(database, tmp_path)
    (tmp_path / "master").unlink()
    if content is not None:
        (tmp_path / "master").write_bytes(content)
        (tmp_path / "master").chmod(mode)
    with pytest.raises(KeyProblem, match=said):
        start(settings)


def test_demo_makes_its_own_key_for_its_owner_only(settings: Settings, portal: Flask) -> None:
    made = settings.data_dir / "master.key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_a_demo_plugin_refuses_to_load_in_production(database: Addresses, tmp_path: Path) -> None:
    from tests.forces import live_force

    folder = live_force(tmp_path / "forces", plugins=["demo"])
    with pytest.raises(PluginError, match="demo only"):
        start(production(database, tmp_path, forces_dir=folder))


def test_a_live_force_is_served_in_production(database: Addresses, tmp_path: Path) -> None:
    from tests.forces import ALL, live_force, staff_door

    folder = live_force(tmp_path / "forces", plugins=ALL)
    with staff_door():
        app = start(production(database, tmp_path, forces_dir=folder))
    answer = app.test_client().get("/midshire/", headers={"Host": "portal.test"})
    assert answer.status_code == 200
    assert "Midshire Police" in answer.text


def test_a_live_force_does_not_start_while_its_officers_cannot_sign_in(
    database: Addresses, tmp_path: Path
) -> None:
    from tests.forces import LASTING, live_force

    folder = live_force(tmp_path / "forces", plugins=LASTING)
    with pytest.raises(ForceFileError, match="officers cannot sign in") as refused:
        start(production(database, tmp_path, forces_dir=folder))
    assert "midshire/force.toml" in str(refused.value)
    assert "add [plugins.staff_sign_in]" in str(refused.value)
    file = folder / "midshire" / "force.toml"
    file.write_text(file.read_text().replace('status = "live"', 'status = "draft"'))
    start(production(database, tmp_path, forces_dir=folder))


@requirement("D6")
@pytest.mark.parametrize(
    ("role", "said"), [("owner", "owns the tables"), ("superuser", "may pass row-level security")]
)
def test_a_role_that_passes_the_walls_is_refused(
    portal: Flask, settings: Settings, database: Addresses, role: str, said: str
) -> None:
    url = database.owner if role == "owner" else database.server.url("postgres", "trackmycrime")
    app = create_app(settings.model_copy(update={"database_url": url}))
    with pytest.raises(schema.SchemaProblem, match=said):
        schema.check(app)
    with app.app_context():
        close_connections()
    schema.check(portal)


def test_tables_of_another_version_stop_the_start_and_name_the_command(
    settings: Settings, database: Addresses
) -> None:
    empty = database.new_database("nothing_here")
    app = create_app(settings.model_copy(update={"database_url": empty.serving}))
    with pytest.raises(schema.SchemaProblem, match="run `trackmycrime schema upgrade`"):
        schema.check(app)
    with app.app_context():
        close_connections()


def test_a_database_that_is_away_is_said_in_one_line(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/none"}))
    with pytest.raises(schema.SchemaProblem, match="does not answer") as raised:
        schema.check(app)
    assert "\n" not in str(raised.value)
