"""The console script ``trackmycrime``. Exit status: 0 fine, 1 problems found, 2 wrong usage."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import ScriptInfo

from core.app import create_app
from core.audit.loop import chaining
from core.base import log
from core.base.installation import installation
from core.base.scope import scope_of
from core.base.settings import load_settings, settings_table
from core.base.settings_source import SettingsError
from core.cli import (
    audit_commands,
    commitment_commands,
    key_commands,
    notice_commands,
    schema_draft,
    staff_commands,
)
from core.cli.processes.start import ready
from core.cli.processes.working import wait_for_databases, work_on
from core.force.fault import ForceFileError
from core.plugin_host import jobs
from core.plugin_host.checks import PluginError, at_start
from core.plugin_host.commands import Problem, force_option, group, misused, root
from core.plugin_host.finding import find_plugins
from core.plugin_host.host import UnknownForce
from core.storage import ciphers, schema
from core.storage.migrations.admin import reason
from core.web.access import policy_of


def add_plugin_commands() -> None:
    """Raises PluginError for a plugin whose commands fail, or have names that are taken."""
    for name, module in find_plugins().items():
        for command in at_start(name, module, "commands") or ():
            if not isinstance(command, click.Command) or not command.name:
                raise PluginError(f"plugin {name}: commands answers a list of click commands")
            _add_command(name, root, command)


def _add_command(plugin: str, within: click.Group, command: click.Command) -> None:
    known = within.commands.get(str(command.name))
    if known is None:
        within.add_command(command)
    elif isinstance(command, click.Group) and isinstance(known, click.Group):
        for part in list(command.commands.values()):
            _add_command(plugin, known, part)
    elif known is not command:
        raise PluginError(f"plugin {plugin}: the command {command.name} is there already")


MANY = click.IntRange(1, 64)
# Failures whose text says what to do.
SAY_WHAT_TO_DO = (SettingsError, ciphers.KeyProblem, PluginError, schema.SchemaProblem, ciphers.Unreadable)


def application() -> Flask:
    """What a command works on. Raises SchemaProblem where its databases are another version's: a command
    that only reads would show, seal or remove what it takes for something else."""
    app = create_app()
    schema.refuse_other_history(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the console script; never shows a traceback for what a person can put right."""
    if arguments is None:
        sys.excepthook = log.show_places
    try:
        add_plugin_commands()
        code = root.main(
            args=arguments, prog_name="trackmycrime", standalone_mode=False,
            obj=ScriptInfo(create_app=application, load_dotenv_defaults=False),
        )
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.UsageError as error:
        fail(misused(error), 2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UnknownForce as error:
        fail(str(error), 2)
    except SAY_WHAT_TO_DO as error:
        fail(str(error))
    except ForceFileError as error:
        fail("\n".join(str(problem) for problem in error.problems))
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        fail(
            f"the database does not answer: {_database_reason(error)}. "
            "Start it, or put TMC_DATABASE_URL right; what was done so far is kept"
        )
    except BrokenPipeError:
        _close_output()
        sys.exit(1)
    except OSError as error:
        _tell_of_file(error)
        raise


def _tell_of_file(error: OSError) -> None:
    """Ends the process with a sentence, if a file or the output is what failed."""
    if error.filename is not None:
        fail(f"{error.filename}: {error.strerror}. Put it right, or name another, and start the "
             "command again; what was done so far is kept")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        _close_output()
        fail(f"the output cannot be written: {error.strerror}; what was done stays done")


def _close_output() -> None:
    """Nothing more is tried on a standard output that takes nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(text: str, code: int = 1) -> None:
    click.echo(f"trackmycrime: {text}", err=True)
    sys.exit(code)


def _database_reason(error: sa.exc.SQLAlchemyError) -> str:
    return reason(error) if isinstance(error, sa.exc.DBAPIError) else "no connection was free"


# --- settings, routes ------------------------------------------------------------------


@root.command("settings", with_appcontext=False)
@click.option("--markdown", is_flag=True, help="As the table in docs/operating.md.")
def show_settings(markdown: bool) -> None:
    """List every setting, its variable and what it is for."""
    if markdown:
        click.echo("| variable | what it is for | default |\n|---|---|---|")
    for variable, text, default in settings_table():
        if markdown:
            click.echo(f"| `{variable}` | {text} | {default} |")
            continue
        click.echo(f"{variable:30} {text}" + (f" (default {default})" if default else ""))


@root.command("routes")
def routes() -> None:
    """Every address, its methods and its rule."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda r: r.rule):
        policy = policy_of(current_app.view_functions[rule.endpoint])
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{rule.rule:40} {methods:10} {policy.rule.__name__:20} {rule.endpoint}")


def _this_app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


# --- schema ------------------------------------------------------------------------------------

schema_group = group("schema", "The tables of the database.")


@schema_group.command("upgrade")
@click.option("--quiet", is_flag=True)
def schema_upgrade(quiet: bool) -> None:
    """Bring every database to this version, as TMC_OWNER_DATABASE_URL."""
    settings = installation().settings
    if settings.owner_database_url is None:
        raise Problem(
            "TMC_OWNER_DATABASE_URL is not set: the tables are made by their owner, not by the serving role"
        )
    pairs = [(settings.owner_database_url, settings.database_url)]
    pairs += [
        (url, settings.force_database_urls[f])
        for f, url in settings.force_owner_database_urls.items()
        if f in settings.force_database_urls
    ]
    for owner_url, serving_url in pairs:
        done = schema.upgrade(_this_app(), owner_url, str(sa.make_url(serving_url).username))
        for line in () if quiet else done or ["nothing to do"]:
            click.echo(line)


@schema_group.command("check")
def schema_check() -> None:
    """Say whether the database is ready for this version."""
    schema.check(_this_app())
    if lacking := schema.lacking_indexes(_this_app()):
        raise Problem(f"ready, but pages and jobs become slow without the index {', '.join(lacking)}: "
                      "run `trackmycrime schema upgrade`, which makes it while the portal serves")
    click.echo("ready")


# --- processes ---------------------------------------------------------------------------------


@root.command("web", with_appcontext=False)
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--workers", type=MANY, default=2, show_default=True, help="Processes.")
@click.option("--threads", type=MANY, default=4, show_default=True,
              help="Requests at once in each process.")
def web(bind: str, workers: int, threads: int) -> None:
    """Serve pages and the feed."""
    from core.cli.processes.ports import CannotListen
    from core.cli.processes.web import serve

    try:
        serve(bind, workers, threads)
    except CannotListen as error:
        raise Problem(str(error)) from None


@root.command("worker")
@click.option("--concurrency", type=MANY, default=4, show_default=True,
              help="Jobs at once, beside letters and codes.")
@click.option("--once", is_flag=True, help="Stop when no job is left.")
def worker(concurrency: int, once: bool) -> None:
    """Send notices, run the other jobs, and link the audit."""
    app = _this_app()
    if not once:
        wait_for_databases(app)
    ready(app, process="worker")
    with chaining(app):
        if once:
            jobs.work(app, concurrency=concurrency, by_the_clock=True)
        else:
            work_on(app, concurrency)


__all__ = [
    "Problem", "audit_commands", "commitment_commands", "force_option", "group", "key_commands",
    "load_settings", "main", "notice_commands", "root", "schema_draft", "scope_of", "staff_commands",
]
