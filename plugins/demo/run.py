"""``make run``: every process of the portal, for trying it out."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

import click

from core.base import installation
from core.cli import services
from core.plugin_host import Problem, host, served
from core.storage import db, force_scope
from plugins.demo import samples

OWNER, SERVING, DATABASE = "tmc_owner", "tmc_serving", "trackmycrime"
OTHER_PORT = "PORT={} make run"
READY_WITHIN = 120.0  # seconds, on a busy machine; what ends meanwhile is told at once


@click.command("demo", short_help="Run everything, with sample people, to try it out.")
@click.option(
    "--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True,
    help="Port of the pages.",
)
def demo(port: int) -> None:
    """Run database, web, worker and mailbox with sample people, until Ctrl-C.

    Data is kept in TMC_DATA_DIR (default .data); PORT chooses the port of the pages.
    """
    services.refuse_installation("the demo")
    data = Path(os.environ.get("TMC_DATA_DIR") or ".data").resolve()
    try:
        if services.listener(port) not in services.left_in(data):
            services.refuse_port(port, OTHER_PORT)
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with services.Supervisor(data / "log") as supervisor:
            _run(supervisor, data, port)
    except OSError as error:
        raise Problem(
            f"{data}: {error.strerror or error}; choose another folder with TMC_DATA_DIR"
        ) from None
    except services.ServiceError as error:
        raise Problem(str(error)) from None


def _run(supervisor: services.Supervisor, data: Path, port: int) -> None:
    click.echo("Starting the database …")
    server = services.EmbeddedPostgres(data)
    superuser = str(supervisor.adopt(server))
    if ended := services.end_leftovers(data):  # the folder's database is ours now: nobody else needs them
        click.echo(f"Ended {ended} processes that an earlier start had left behind.")
    services.refuse_port(port, OTHER_PORT)
    services.make_roles(superuser, OWNER, SERVING, DATABASE)
    services.refuse_lost_key(data, server.url(database=DATABASE))
    smtp = supervisor.free_port()
    environment = {
        "TMC_MODE": "demo",
        "TMC_DATA_DIR": str(data),
        "TMC_BASE_URL": f"http://127.0.0.1:{port}",
        "TMC_DATABASE_URL": server.url(SERVING, DATABASE),
        "TMC_OWNER_DATABASE_URL": server.url(OWNER, DATABASE),
        "TMC_SMTP_URL": f"smtp://127.0.0.1:{smtp}?starttls=no",
    }
    if os.environ.get("TMC_FORCES_DIR"):
        environment["TMC_FORCES_DIR"] = str(Path(os.environ["TMC_FORCES_DIR"]).resolve())
    _prepare(environment)
    services.write_demo_env(data, environment)
    mailbox = ["-m", "plugins.demo.mailbox", "--port", str(smtp), "--store", str(data / "mailbox")]
    supervisor.start("mailbox", [sys.executable, *mailbox], environment,
                     ready=services.listening(smtp), ready_within=READY_WITHIN)
    address = environment["TMC_DATABASE_URL"]
    before = services.newest_worker(address)
    worker = supervisor.start("worker", [sys.executable, "-m", "core", "worker"], environment)
    web = ["-m", "core", "web", "--bind", f"127.0.0.1:{port}"]
    supervisor.start("web", [sys.executable, *web], environment,
                     ready=lambda: _answers(port), ready_within=READY_WITHIN)
    worker.wait_until(lambda: services.newest_worker(address) > before, READY_WITHIN)
    click.echo(_welcome(environment, port))
    click.echo(f"ready http://127.0.0.1:{port}/")
    sys.stdout.flush()
    supervisor.run()


def _prepare(environment: dict[str, str]) -> None:
    """Tables and sample people, before anything serves."""
    click.echo("Bringing the tables up to date …")
    app = services.create_app(services.load_settings(environment))
    services.upgrade(app, environment["TMC_OWNER_DATABASE_URL"], SERVING)
    with app.app_context():
        for force_id in sorted(served(host(), installation(app).settings)):
            with force_scope(force_id):
                force = host().get(force_id).force
                if "demo" in force.plugins and samples.load(force):
                    db.session.commit()
        for engine in db.engines.values():
            engine.dispose()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(environment: dict[str, str], port: int) -> str:
    app = services.create_app(services.load_settings(environment))
    base = f"http://127.0.0.1:{port}"
    lines = [
        "",
        f"Forces      {base}/",
        f"Mailbox     {base}/demo/mailbox/   (codes arrive here)",
        "",
    ]
    with app.app_context():
        for force_id in sorted(served(host(), installation(app).settings)):
            force = host().get(force_id).force
            if "demo" not in force.plugins or not force.districts:
                continue
            lines += [force.name, f"  sign in as a victim    {base}/{force_id}/sign-in"]
            for number, one in enumerate(samples.PEOPLE):
                born = "-".join(reversed(one.date_of_birth.split("-")))
                lines.append(
                    f"    {one.case:7} {samples.reference(force, number):14} "
                    f"{one.family:15} {born}  {one.postcode}"
                )
            lines += [f"  sign in as an officer  {base}/{force_id}/desk/", ""]
    return "\n".join(lines)
