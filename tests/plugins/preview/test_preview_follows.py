"""The preview follows the files of the force, says what is wrong with them, and keeps to itself."""

from __future__ import annotations

import re
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask
from werkzeug.test import Client

from core.app import create_app
from core.base.settings import Settings
from core.plugin_host.checks import PluginError
from core.storage.db import close_connections
from core.testing.postgres import Addresses
from plugins.preview.portal import Portal
from plugins.preview.watching import files_of
from tests.core.app.test_start import production
from tests.forces import live_force
from tests.live import ROOT
from tests.plugins.preview.conftest import NEW, MakePortal
from tests.plugins.preview.process import Preview, command, previewing

COLOUR, TOO_LIGHT, OTHER = "#14505c", "#ffee00", "#7a1f5c"


def visit(portal: Portal, address: str) -> str:
    return Client(portal).get(address, base_url="http://127.0.0.1:8010", follow_redirects=True).text


def change(forces_dir: Path, old: str, new: str) -> None:
    file = forces_dir / NEW / "force.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# --- faults -----------------------------------------------------------------------------------


def test_a_faulty_file_is_told_in_the_page_as_forces_check_tells_it(
    portals: MakePortal, new_force: Path, tmp_path: Path
) -> None:
    change(new_force, COLOUR, TOO_LIGHT)
    change(new_force, "short_name =", "shortname =")
    portal = portals(NEW, new_force)
    assert len(portal.load()) == 2
    page = visit(portal, f"/{NEW}/preview/")
    text = re.sub(r"<[^>]+>", "", page).replace("&#34;", '"')
    checked = command(new_force, tmp_path / "data", "forces", "check", NEW, "--json")
    assert checked.returncode == 1
    for fault in portal.faults:
        for said in (fault.key, fault.wrong, fault.right, f"line {fault.line}"):
            assert said in text
        assert fault.wrong in checked.stdout
    assert f'colour = "{TOO_LIGHT}"' in text and "2 faults in the file of newshire" in text
    assert "/preview/reload.js?version=" in page
    assert visit(portal, "/anything/else") == page


def test_the_pages_come_back_when_the_file_is_put_right(
    portals: MakePortal, new_force: Path
) -> None:
    portal = portals(NEW, new_force)
    assert portal.load() == []
    case = re.search(rf'/as/stage-court/{NEW}/case/[0-9a-f-]+', visit(portal, f"/{NEW}/preview/"))
    versions = {portal.version}
    change(new_force, COLOUR, TOO_LIGHT)
    assert portal.load()
    versions.add(portal.version)
    change(new_force, TOO_LIGHT, OTHER)
    assert portal.load() == []
    versions.add(portal.version)
    assert len(versions) == 3  # open pages see that something changed each time
    assert OTHER in visit(portal, f"/{NEW}/brand.css")
    assert case and "The case is in court" in visit(portal, case[0])  # the case stayed what it was


def test_other_sample_cases_are_made_when_the_file_asks_for_them(
    portals: MakePortal, new_force: Path
) -> None:
    portal = portals(NEW, new_force)
    assert portal.load() == []
    before = re.search(rf'/as/stage-court/{NEW}/case/[0-9a-f-]+', visit(portal, f"/{NEW}/preview/"))
    change(new_force, 'template = "41/{number}/{yy}"', 'template = "41/7{number}/{yy}"')
    assert portal.load() == []
    assert before and "41/790" in visit(portal, before[0])  # an open page finds the new case


@pytest.mark.parametrize(("hooks", "said", "line"), [
    ("x = (\n\n", "SyntaxError", 1),
    ("from core.hookspecs import hookimpl\n\nraise ValueError('no')\n", "ValueError", 3),
    ("from core.hookspecs import hookimpl\n\n\n@hookimpl\ndef no_such_hook(force):\n    pass\n",
     "no_such_hook", None),
])
def test_a_faulty_hooks_file_is_told_with_its_line(
    portals: MakePortal, new_force: Path, hooks: str, said: str, line: int | None
) -> None:
    (new_force / NEW / "hooks.py").write_text(hooks)
    portal = portals(NEW, new_force)
    [fault] = portal.load()
    assert said in fault.wrong and fault.file.endswith("hooks.py")
    assert fault.line == line
    assert said in visit(portal, "/")


def test_hooks_that_take_no_news_in_leave_the_rest_of_the_preview(
    portals: MakePortal, new_force: Path
) -> None:
    (new_force / NEW / "hooks.py").write_text(
        "from core.hookspecs import Parked, hookimpl\n\n\n@hookimpl\ndef translate_event(force, event):\n"
        "    return Parked('nobody has mapped this yet')\n"
    )
    portal = portals(NEW, new_force)
    assert portal.load() == []
    page = visit(portal, f"/{NEW}/preview/")
    assert "Some sample cases could not be taken in" in page
    assert "nobody has mapped this yet" in page and "/safety" in page


def test_a_file_that_is_gone_and_a_closed_force_are_told(
    portals: MakePortal, new_force: Path
) -> None:
    file = new_force / NEW / "force.toml"
    text = file.read_text()
    portal = portals(NEW, new_force)
    file.unlink()
    assert [fault.wrong for fault in portal.load()] == ["the file is gone"]
    file.write_text(text.replace('status = "draft"', 'status = "closed"'))
    assert "closed has no pages" in " ".join(fault.wrong for fault in portal.load())
    file.write_text(text)
    assert portal.load() == []


def test_what_is_watched_are_the_files_of_the_force(new_force: Path) -> None:
    folder = new_force / NEW
    before = files_of(folder)
    assert {Path(one).name for one in before} >= {"force.toml", "logo.svg"}
    (folder / "static" / "logo.svg").write_text("<svg/>")
    assert files_of(folder) != before
    before = files_of(folder)
    (folder / "hooks.py").write_text("")
    assert files_of(folder) != before
    before = files_of(folder)
    (folder / "notes.txt").write_text("nothing to do with it")
    assert files_of(folder) == before


# --- who cannot reach it ----------------------------------------------------------------------


def test_another_sites_name_pointed_here_is_refused(complete: Portal) -> None:
    def status(base: str, address: str) -> int:
        return Client(complete).get(address, base_url=base).status_code

    for address in ("/hertfordshire/preview/", "/preview/version", "/as/officer-1/hertfordshire/desk/"):
        assert status("http://evil.example", address) == 421
        assert status("http://127.0.0.1:8010", address) == 200
        assert status("http://localhost:8010", address) == 200


def test_a_portal_that_is_no_preview_has_none_of_its_pages(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/hertfordshire/").status_code == 200
    for address in ("/hertfordshire/preview/", "/hertfordshire/preview/sent",
                    "/as/officer-1/hertfordshire/desk/", "/preview/version"):
        assert client.get(address).status_code == 404


def test_a_demo_whose_force_lists_the_preview_shows_none_of_it(
    settings: Settings, new_force: Path
) -> None:
    change(new_force, "[plugins.demo]", "[plugins.demo]\n\n[plugins.preview]")
    app = create_app(settings.model_copy(update={"forces_dir": new_force}))
    client = app.test_client()
    assert client.get(f"/{NEW}/").status_code == 200
    for address in ("", "sent", "email/named-code-en", "error/500", "signed-out", "mistake/code"):
        assert client.get(f"/{NEW}/preview/{address}").status_code == 404
    with app.app_context():
        close_connections()


def test_production_refuses_a_force_that_lists_the_preview(
    database: Addresses, tmp_path: Path
) -> None:
    live = live_force(tmp_path / "live", plugins=["preview"])
    with pytest.raises(PluginError, match="plugin preview is for demo only"):
        create_app(production(database, tmp_path, forces_dir=live))


# --- the process ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("process") / "forces" / NEW
    shutil.copytree(ROOT / "forces" / "hertfordshire", folder)
    file = folder / "force.toml"
    file.write_text(file.read_text().replace('id = "hertfordshire"', f'id = "{NEW}"', 1))
    return folder.parent


@pytest.fixture(scope="module")
def preview(files: Path) -> Iterator[Preview]:
    with previewing(NEW, files, files.parent / "data") as running:
        yield running
        running.stop(signal.SIGINT)


def test_it_says_where_it_is_and_shows_the_draft(preview: Preview) -> None:
    ready = [line for line in preview.output().splitlines() if line.startswith("ready")]
    assert ready == [f"ready {preview.index}"]
    status, page = preview.get("/")
    assert status == 200 and "Preview of Hertfordshire" in page


def test_it_listens_on_this_machine_only(preview: Preview) -> None:
    listening = {
        kept.laddr.ip for one in preview.processes() for kept in one.net_connections("inet")
        if kept.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_a_save_is_followed_and_a_fault_is_told_in_page_and_terminal(
    preview: Preview, files: Path
) -> None:
    version = preview.get("/preview/version")[1]
    change(files, COLOUR, TOO_LIGHT)
    page = preview.wait_for("white text on #ffee00 cannot be read well")
    assert "a darker colour" in page
    assert re.search(r"force\.toml:\d+: brand\.colour: white text on #ffee00", preview.output())
    change(files, TOO_LIGHT, OTHER)
    preview.wait_for("Preview of Hertfordshire")
    preview.wait_for(OTHER, f"/{NEW}/brand.css")
    assert "read again: no fault" in preview.output()
    assert preview.get("/preview/version")[1] != version


def test_a_port_that_is_taken_is_told_in_one_line(preview: Preview, files: Path) -> None:
    done = command(files, files.parent / "other", "forces", "preview", NEW,
                   "--port", str(preview.port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"trackmycrime: port {preview.port} is taken by ")
    assert done.stderr.endswith(f"; choose another: --port {preview.port + 1}\n")


def test_a_second_preview_of_the_force_is_told_in_one_line(preview: Preview, files: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = command(files, preview.data, "forces", "preview", NEW, "--port", str(port))
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "choose another folder with TMC_DATA_DIR" in done.stderr


def test_an_unknown_force_and_production_are_told_in_one_line(files: Path) -> None:
    data = files.parent / "other"
    done = command(files, data, "forces", "preview", "newshir")
    assert done.returncode == 2 and done.stderr.startswith("trackmycrime: newshir: no such force")
    assert "Traceback" not in done.stderr and NEW in done.stderr
    done = command(files, data, "forces", "preview", NEW, TMC_MODE="production")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "TMC_MODE is production" in done.stderr
    assert not data.exists()


def test_a_file_that_is_faulty_at_the_start_is_no_reason_not_to_start(
    new_force: Path, tmp_path: Path
) -> None:
    change(new_force, COLOUR, TOO_LIGHT)
    with previewing(NEW, new_force, tmp_path / "data") as preview:
        assert preview.get(preview.index)[0] == 503
        assert "1 fault in the file of newshire" in preview.get("/")[1]
        change(new_force, TOO_LIGHT, OTHER)
        preview.wait_for("Preview of Hertfordshire")
        preview.stop(signal.SIGTERM)
