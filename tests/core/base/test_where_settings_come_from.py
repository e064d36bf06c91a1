"""A demo's settings never get into production: the file is read whole or not at all, and chooses no mode."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.app import create_app
from core.base.settings import Settings, load_settings, refuse_mode_of_a_file
from core.base.settings_source import SettingsError, refuse_installation
from core.cli.services import write_demo_env
from core.storage.keys.master_key import write_key_file
from core.testing.kit import settings_for
from core.testing.postgres import Addresses
from tests.commands import run_portal

ROOT = Path(__file__).resolve().parents[3]
DEMO = {
    "TMC_MODE": "demo", "TMC_DATABASE_URL": "postgresql://demo@/demo?host=/nowhere",
    "TMC_OWNER_DATABASE_URL": "postgresql://owner@/demo?host=/nowhere",
    "TMC_SMTP_URL": "smtp://127.0.0.1:2525?starttls=no", "TMC_BASE_URL": "http://127.0.0.1:8000",
}
STEP_3 = {  # what an operator sets who has read as far as that
    "TMC_DATABASE_URL": "postgresql://tmc_serving:x@127.0.0.1/trackmycrime",
    "TMC_OWNER_DATABASE_URL": "postgresql://tmc_owner:x@127.0.0.1/trackmycrime",
    "TMC_MASTER_KEY_FILE": "/etc/trackmycrime/master.key",
    "TMC_SECRET_KEY_FILE": "/etc/trackmycrime/secret.key",
    "TMC_SMTP_URL": "smtps://post:x@mail.police.example", "TMC_BASE_URL": "https://track.police.example",
    "TMC_PROXIES": "1",
}
OTHER = "postgresql://x@127.0.0.1/other"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The present folder is one that a demo ran in."""
    for name in [name for name in os.environ if name.startswith("TMC_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / ".data", DEMO)
    return tmp_path


def write(data: Path, written: dict[str, str]) -> None:
    data.mkdir(exist_ok=True)
    (data / "demo.env").write_text("".join(f"{name}={value}\n" for name, value in written.items()))


def loaded(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return load_settings()


MIXED: dict[str, dict[str, str]] = {
    "all of step 3": STEP_3,
    **{f"{name} only": {name: value} for name, value in STEP_3.items() if name != "TMC_PROXIES"},
    "one force's own database": {"TMC_DATABASE_URL__WEST_MIDLANDS": OTHER},
    "one force's own owner": {"TMC_OWNER_DATABASE_URL__WEST_MIDLANDS": OTHER},
    "a demo that has another mail server": {"TMC_MODE": "demo", "TMC_SMTP_URL": "smtp://127.0.0.1:1"},
    "a demo that has production's key": {"TMC_MODE": "demo", "TMC_MASTER_KEY_FILE": "/etc/master.key"},
    "an empty mode": {"TMC_MODE": "", **STEP_3},
}


@pytest.mark.parametrize("given", MIXED.values(), ids=MIXED)
def test_an_operator_who_mixes_a_demo_with_an_installation_is_told_file_variables_and_next_step(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, given)
    said = str(refused.value)
    named = {name for name in given if name not in ("TMC_PROXIES", "TMC_MODE")}
    assert f"{folder}/.data/demo.env" in said and "TMC_MODE=production" in said and "unset" in said
    assert all(name in said for name in named) and "TMC_PROXIES" not in said
    assert "police.example" not in said, "what variables say stays out of it"


PRODUCTION: dict[str, dict[str, str]] = {
    "who says production": {"TMC_MODE": "production", **STEP_3},
    "who keeps data elsewhere": {"TMC_DATA_DIR": "/nowhere/at-all", **STEP_3},
    "who keeps data in a file": {"TMC_DATA_DIR": "/dev/null", **STEP_3},
}


@pytest.mark.parametrize("given", PRODUCTION.values(), ids=PRODUCTION)
def test_an_installation_beside_a_demos_folder_has_nothing_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    settings = loaded(monkeypatch, given)
    assert not settings.demo and settings.proxies == 1
    assert settings.base_url == STEP_3["TMC_BASE_URL"]
    assert "demo" not in settings.database_url and settings.demo_file is None


@pytest.mark.parametrize("without", [name for name in STEP_3 if name not in (
    "TMC_PROXIES", "TMC_OWNER_DATABASE_URL")])
def test_what_an_installation_lacks_is_named_and_never_taken_from_a_demo(
    folder: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    given = {name: value for name, value in STEP_3.items() if name != without}
    with pytest.raises(SettingsError, match=without):
        loaded(monkeypatch, {"TMC_MODE": "production", **given})


OF_THE_DEMO: dict[str, dict[str, str]] = {
    "the demo's own processes": DEMO,
    "who says nothing": {},
    "who says only where forces are, and what fits any installation": {
        "TMC_FORCES_DIR": "/forces", "TMC_PROXIES": "1", "TMC_AUDIT_HEAD_FILE": "/heads"},
    "who says that it is a demo": {"TMC_MODE": "demo"},
    "who says again what the file says": {"TMC_DATABASE_URL": DEMO["TMC_DATABASE_URL"]},
}


@pytest.mark.parametrize("given", OF_THE_DEMO.values(), ids=OF_THE_DEMO)
def test_a_command_beside_the_demo_finds_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    settings = loaded(monkeypatch, given)
    assert settings.demo and "/nowhere" in settings.database_url
    assert settings.smtp_url == DEMO["TMC_SMTP_URL"]


def test_who_calls_a_command_before_the_demo_ran_is_told_of_it_and_an_installation_is_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = folder / "elsewhere"
    with pytest.raises(SettingsError, match=f"`make run` makes {elsewhere / 'demo.env'}, and TMC_DATA_DIR"):
        loaded(monkeypatch, {"TMC_DATA_DIR": str(elsewhere)})
    with pytest.raises(SettingsError) as told:
        loaded(monkeypatch, {"TMC_MODE": "production"})
    assert "TMC_DATABASE_URL is not set" in str(told.value) and "make run" not in str(told.value)


def test_who_names_a_data_folder_finds_the_demo_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path / "there", DEMO | {"TMC_BASE_URL": "http://127.0.0.1:8001"})
    assert loaded(monkeypatch, {"TMC_DATA_DIR": "there"}).base_url == "http://127.0.0.1:8001"


def test_a_demo_with_a_database_of_its_own_has_nothing_of_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = loaded(monkeypatch, {"TMC_MODE": "demo", "TMC_DATABASE_URL": OTHER})
    assert settings.demo and settings.smtp_url is None and "other" in settings.database_url


@pytest.mark.parametrize(("given", "may"), [
    ({}, False), ({"TMC_FORCES_DIR": "/forces"}, False), ({"TMC_DATA_DIR": ".data"}, False),
    ({"TMC_MODE": "demo"}, True), (DEMO, True),
])
def test_what_serves_a_demo_was_told_so_by_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], may: bool
) -> None:
    settings = loaded(monkeypatch, given)
    if may:
        refuse_mode_of_a_file(settings)
        return
    with pytest.raises(SettingsError, match=r"demo\.env does not choose it.*set TMC_MODE=demo"):
        refuse_mode_of_a_file(settings)


def test_a_mode_that_somebody_wrote_into_the_file_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / ".data", STEP_3 | {"TMC_MODE": "production"})
    with pytest.raises(SettingsError, match=r"demo\.env says TMC_MODE=production.*environment"):
        loaded(monkeypatch, {})


def test_a_file_that_cannot_be_read_is_named_and_not_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".data" / "demo.env").write_bytes(b"TMC_MODE=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"demo\.env: .*cannot be read: it is not text"):
        loaded(monkeypatch, STEP_3)
    assert not loaded(monkeypatch, {"TMC_MODE": "production", **STEP_3}).demo


def test_the_demo_does_not_start_in_the_shell_of_an_installation(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (DEMO | {"TMC_PROXIES": "1", "TMC_FORCES_DIR": "/forces"}).items():
        monkeypatch.setenv(name, value)
    refuse_installation("the demo")
    for name, value in {"TMC_MODE": "production", "TMC_MASTER_KEY_FILE": "/etc/master.key",
                        "TMC_DATABASE_URL__WEST_MIDLANDS": OTHER}.items():
        with monkeypatch.context() as within:
            within.setenv(name, value)
            with pytest.raises(SettingsError, match=f"{name}: set in the environment, and the demo"):
                refuse_installation("the demo")


@pytest.mark.parametrize("words", [
    ("web", "--bind", "127.0.0.1:1"), ("schema", "upgrade"), ("demo",),
], ids=" ".join)
def test_commands_refuse_the_mix_in_one_line(folder: Path, words: tuple[str, ...]) -> None:
    told = run_portal(*words, cwd=folder, **STEP_3)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.count("\n") == 1 and "TMC_MASTER_KEY_FILE" in told.stderr


def test_web_and_worker_do_not_serve_a_demo_that_only_a_file_chose(
    folder: Path, database: Addresses
) -> None:
    settings = settings_for(database, folder / ".data")
    write(folder / ".data", DEMO | {"TMC_DATABASE_URL": settings.database_url})
    write_key_file(folder / ".data" / "master.key")
    for words in (("web", "--bind", "127.0.0.1:1"), ("worker", "--once")):
        told = run_portal(*words, cwd=folder)
        assert told.returncode == 1 and "set TMC_MODE=demo" in told.stderr, told.stderr


@pytest.mark.parametrize("name", ["two words", "dätä 100%", "a=b", "Ada's", "back\\slash", "\u2028", "\x85"])
def test_the_demo_s_file_is_read_as_it_was_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data = folder / name
    data.mkdir()
    write_demo_env(data, DEMO | {"TMC_DATA_DIR": str(data)})
    assert loaded(monkeypatch, {"TMC_DATA_DIR": str(data)}).data_dir == data


def test_no_server_gets_a_page_of_a_demo_that_only_a_file_chose(
    folder: Path, monkeypatch: pytest.MonkeyPatch, database: Addresses
) -> None:
    """`gunicorn "core.app:create_app()"`, say, which asks nobody whether all is ready."""
    write(folder / ".data", DEMO | {"TMC_DATABASE_URL": settings_for(database, folder).database_url})
    write_key_file(folder / ".data" / "master.key")
    for path in ("/demo/mailbox/", "/", "/health/live"):
        with pytest.raises(SettingsError, match="set TMC_MODE=demo"):
            create_app().test_client().get(path)
    monkeypatch.setenv("TMC_MODE", "demo")
    assert create_app().test_client().get("/health/live").status_code == 200
