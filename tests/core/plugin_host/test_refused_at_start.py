"""What a plugin must not be: the start is refused in one line that names the plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.app import create_app
from core.base.settings import Settings
from core.plugin_host.checks import PluginError
from core.plugin_host.host import PluginHost
from core.storage import schema
from core.storage.db import close_connections
from core.testing.postgres import Addresses
from core.web.access import UnruledView
from tests.core.plugin_host.hostile import installed, write
from tests.forces import live_force
from tests.security.checklist import requirement

ROUTES = "@hookimpl\ndef routes():\n    return bp\n"
JOBS = "@hookimpl\ndef jobs(registry):\n"
VIEW = "@allow(anyone)\ndef view(**given):\n    return 'hello'\n"
FAULTS = {
    "imports what is not there": ("import not_there", "cannot be loaded: ModuleNotFoundError"),
    "ends the process when it is loaded": ("raise SystemExit(3)", "cannot be loaded: SystemExit"),
    "does not compile": ("def", "cannot be loaded: SyntaxError"),
    "calls itself another": ("NAME = 'messages'", "calls itself messages"),
    "has no version": ("del VERSION", "lacks VERSION"),
    "has settings that are no model": ("SETTINGS = {}", "SETTINGS must be a pydantic model"),
    "has settings that fail": (
        "class SETTINGS(BaseModel):\n    size: int = 1\n    def __init__(self, **given):\n"
        "        raise RuntimeError('no')\n", "its SETTINGS: RuntimeError: no"),
    "answers a hook that is not there": (
        "@hookimpl\ndef case_panel(viewing):\n    pass\n", "there is no hook case_panel"),
    "forgets the mark of a hook": ("def case_panels(viewing):\n    pass\n", "put @hookimpl on it"),
    "asks a hook for more than it gives": (
        "@hookimpl\ndef case_panels(viewing, request):\n    pass\n", "request"),
    "wraps the answers of others": (
        "@hookimpl(wrapper=True)\ndef case_panels(viewing):\n    return (yield)\n",
        "wraps the answers of others"),
    "fails to say its pages": (
        "@hookimpl\ndef routes():\n    raise KeyError('x')\n", "routes: KeyError"),
    "ends the process when asked for pages": (
        "@hookimpl\ndef routes():\n    raise SystemExit(1)\n", "routes: SystemExit"),
    "answers text for pages": (
        "@hookimpl\ndef routes():\n    return '<b>'\n", "routes answers a blueprint"),
    "has pages of another name": (
        f"bp = Blueprint('messages', __name__)\n{ROUTES}", "its blueprint is called messages"),
    "has a page without a rule": (f"bp.add_url_rule('/n', 'n', lambda: 'x')\n{ROUTES}", "noisy.n"),
    "has a page of the core": (
        f"{VIEW}bp.add_url_rule('/your-reports', 'x', view)\n{ROUTES}",
        "GET /your-reports is a page of pages"),
    "has a page of another plugin": (
        f"{VIEW}bp.add_url_rule('/sign-in', 'x', view, methods=['POST'])\n{ROUTES}",
        "POST /sign-in is a page of"),
    "reads every request": (
        f"bp.before_app_request(lambda: None)\n{ROUTES}", "change the pages of all others"),
    "answers every error": (
        f"bp.app_errorhandler(404)(lambda error: 'x')\n{ROUTES}", "change the pages of all others"),
    "adds to every template": (
        f"bp.app_template_global('force')(lambda: 1)\n{ROUTES}", "change the pages of all others"),
    "changes a filter of all templates": (
        f"bp.app_template_filter('when')(lambda day: 'x')\n{ROUTES}", "pages of all others (filters)"),
    "answers an error in the core's place": (
        f"bp.app_errorhandler(Exception)(lambda error: 'x')\n{ROUTES}", "pages of all others (error"),
    "takes over a page of the core": (
        "bp.record(lambda state: state.app.view_functions.update({'pages.home': print}))\n" + ROUTES,
        "pages of all others (view_functions)"),
    "changes the portal's configuration": (
        "bp.record(lambda state: state.app.config.update(TESTING=True))\n" + ROUTES,
        "pages of all others (config)"),
    "puts settings of its own in the portal's place": (
        "from core.base import installation\n"
        "bp.record(lambda state: setattr(installation(state.app), 'settings', None))\n" + ROUTES,
        "pages of all others (installation)"),
    "puts keys of its own in the portal's place": (
        "from core.base import installation\n"
        "bp.record(lambda state: installation(state.app).kept.clear())\n" + ROUTES,
        "pages of all others (installation)"),
    "takes every address": (
        f"{VIEW}bp.add_url_rule('/<path:all>', 'x', view)\n{ROUTES}", "the addresses of others"),
    "takes the addresses of a force": (
        f"{VIEW}bp.add_url_rule('/<force>/x', 'x', view)\n{ROUTES}", "the addresses of others"),
    "imports another plugin": (
        "def later():\n    from plugins.messages import rules\n",
        "imports plugins.messages (__init__.py:8)"),
    "imports a force": ("if False:\n    import forces\n", "imports forces (__init__.py:8)"),
    "fails to say its jobs": (f"{JOBS}    raise KeyError('x')\n", "jobs: KeyError"),
    "takes a job's name": (
        f"{JOBS}    registry.task('send_notice')(print)\n", "two tasks are called send_notice"),
    "has a job of another's name": (
        f"{JOBS}    registry.task('sign_in_x')(print)\n", "sign_in_x must begin with noisy_"),
    "has a job twice": (
        f"{JOBS}    registry.task('noisy_a')(print)\n    registry.task('noisy_a')(repr)\n",
        "two tasks are called noisy_a"),
    "tells for a nation that there is not": ("NATIONS = {'Cornwall'}", "NATIONS is a set of nations"),
    "tells for a nation and answers nothing": ("NATIONS = {'Wales'}", "no hook tell_entry"),
    "has a scheme without codes": ("SCHEMES = {'ours': {}}", "SCHEMES has for the name of each scheme"),
    "has a code that leads nowhere": (
        "from types import SimpleNamespace as Code\nSCHEMES = {'ours': {'a': Code(id='a', stage='lost')}}",
        "with an id and a stage"),
    "has a release kind that is no name": ("RELEASE_KINDS = ('By Balloon',)", "RELEASE_KINDS is a tuple"),
    "has release kinds as one text": ("RELEASE_KINDS = 'bail'", "RELEASE_KINDS is a tuple"),
    "asks for a language that there is not": (
        "NATIONS = {'Wales'}\nLANGUAGES = {'Wales': ('kw',)}\n@hookimpl\ndef tell_entry(entry):\n    pass\n",
        "LANGUAGES has for some of its NATIONS"),
    "has an edition as a number": ("EDITION = 2021", "EDITION is a text"),
    "takes over a job": (
        f"{JOBS}    registry.tasks['send_notice'] = print\n", "changes the job send_notice"),
}


def start(settings: Settings, forces_dir: Path) -> Any:
    app = create_app(settings.model_copy(update={"forces_dir": forces_dir}))
    with app.app_context():
        close_connections()
    return app


@requirement("D1", "E4")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_plugin_stops_the_start_that(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    text, said = FAULTS[fault]
    write(tmp_path, text)
    with (
        installed(tmp_path, monkeypatch) as forces,
        pytest.raises((PluginError, UnruledView)) as refused,
    ):
        start(settings, forces)
    told = str(refused.value)
    assert said in told
    assert "noisy" in told
    assert "\n" not in told


def test_a_plugin_that_does_as_it_should_is_let_in(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that none of the others is refused for its surroundings."""
    good = (f"{VIEW}bp.add_url_rule('/noisy', 'x', view)\n{ROUTES}"
            f"{JOBS}    registry.task('noisy_a', cron='* * * * *')(print)\n"
            "@hookimpl\ndef case_panels(viewing):\n    return []\n")
    write(tmp_path, good, **{"templates__noisy__x.html": "hello"})
    with installed(tmp_path, monkeypatch) as forces:
        app = start(settings, forces)
    assert app.test_client().get("/midshire/noisy").text == "hello"
    assert app.test_client().get("/hertfordshire/noisy").status_code == 404


def test_a_template_that_could_hide_anothers_stops_the_start(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "", **{"templates__messages__thread.html": "hello"})
    with (
        installed(tmp_path, monkeypatch) as forces,
        pytest.raises(PluginError, match=r"plugin noisy: its template messages/thread\.html"),
    ):
        start(settings, forces)


def test_the_name_of_the_core_is_not_for_a_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "NAME = 'core'")
    with (
        installed(tmp_path, monkeypatch, name="core"),
        pytest.raises(PluginError, match="plugin core: this name is the core's own"),
    ):
        PluginHost()


def test_a_package_cannot_bring_a_force_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "", **{"force.toml": 'id = "hertfordshire"'})
    with (
        installed(tmp_path, monkeypatch, hertfordshire="noisy"),
        pytest.raises(PluginError, match=r"force hertfordshire is there twice.*noisy"),
    ):
        PluginHost()


@pytest.mark.parametrize("package", ["not_there", "not_there.within"])
def test_a_force_whose_package_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    write(tmp_path, "")
    with (
        installed(tmp_path, monkeypatch, elsewhere=package),
        pytest.raises(PluginError, match=f"force elsewhere: the package {package}"),
    ):
        PluginHost()


@pytest.mark.parametrize("text", [
    "raise SystemExit(1)", "from core.hookspecs import hookimpl\n@hookimpl\ndef nonsense():\n    pass\n",
    "def translate_event(event):\n    return event\n", "PROVIDES = 5", "NEEDS = ['letters']", "NATIONS = 5",
    "SCHEMES = ['home_office']", "RELEASE_KINDS = 'bail'", "EDITION = 2021",
])
def test_a_forces_own_faulty_hooks_leave_out_that_force_only(tmp_path: Path, text: str) -> None:
    folder = live_force(tmp_path, plugins=["sign_in"])
    (folder / "midshire" / "hooks.py").write_text(text)
    found = PluginHost(folder)
    assert found.faulty["midshire"].problems[0].file.endswith("midshire/hooks.py")
    assert "hertfordshire" in found.installed


def test_a_table_open_to_all_forces_is_not_made(
    database: Addresses, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = ("from alembic import op\nimport sqlalchemy as sa\nrevision = 'n1'\n"
            "down_revision = None\n"
            "def upgrade():\n    op.create_table('noisy_names', sa.Column('name', sa.Text()))\n")
    write(tmp_path, "", **{"migrations__versions__n1.py": step})
    other = database.new_database("open_to_all")
    monkeypatch.setattr(schema, "_owners", {})
    with installed(tmp_path, monkeypatch) as forces:
        app = start(settings, forces)
        with pytest.raises(schema.SchemaProblem, match=r"migrations of noisy .* noisy_names open"):
            schema.upgrade(app, other.owner, "tmc_serving")
        protected = step.replace(
            "upgrade():\n", "upgrade():\n    from core.storage.migrations import protect\n")
        protected = protected.replace("sa.Text())", "sa.Text()), sa.Column('force', sa.Text())")
        (tmp_path / "noisy/migrations/versions/n1.py").write_text(
            f"{protected}    protect('noisy_names')\n")
        assert "noisy: nothing -> n1" in schema.upgrade(app, other.owner, "tmc_serving")


CHANGES = {
    "drops a table": ("op.drop_table('message')", "change the table"),
    "adds a column": ("op.add_column('person', sa.Column('x', sa.Text()))", "change the table person"),
    "opens a table": ("op.execute('DROP POLICY one_force ON crime_case')", "change the table crime_case"),
    "makes another's table": ("op.create_table('x', sa.Column('a', sa.Text()))", "change the table x"),
    "fails": ("op.execute('nonsense')", "ProgrammingError"),
    "ends the process": ("raise SystemExit(1)", "SystemExit"),
}


@pytest.mark.parametrize("fault", CHANGES)
def test_nothing_is_changed_by_a_step_that(
    portal: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    change, said = CHANGES[fault]
    step = ("from alembic import op\nimport sqlalchemy as sa\nrevision = 'n1'\ndown_revision = None\n"
            f"def upgrade():\n    {change}\n")
    write(tmp_path, "", **{"migrations__versions__n1.py": step})
    monkeypatch.setattr(schema, "_owners", {})
    with installed(tmp_path, monkeypatch) as forces:
        app = start(settings, forces)
        with pytest.raises(schema.SchemaProblem, match=f"^the migrations of noisy.*{said}") as refused:
            schema.upgrade(app, str(settings.owner_database_url), "tmc_serving")
    assert "\n" not in str(refused.value)
    monkeypatch.setattr(schema, "_owners", {})
    schema.check(portal)


@pytest.mark.parametrize(("steps", "said"), [
    ({"a": "revision = 'a'", "b": "revision = 'b'"}, "a and b could both be the last step"),
    ({"a": "def"}, "invalid syntax"), ({"a": "revision, more = 'a', None"}, "a.py has no line revision"),
])
def test_a_plugin_whose_last_step_cannot_be_told_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: dict[str, str],
    said: str,
) -> None:
    write(tmp_path, "", **{f"migrations__versions__{name}.py": text for name, text in steps.items()})
    monkeypatch.setattr(schema, "_owners", {})
    with installed(tmp_path, monkeypatch) as forces:
        app = start(settings, forces)
        with pytest.raises(schema.SchemaProblem, match=f"the migrations of noisy: .*{said}"):
            schema.check(app)
        with app.app_context():
            close_connections()
