"""``trackmycrime schema draft``: an author's next migration step, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import sqlalchemy as sa

from core.cli.processes.embedded import EmbeddedPostgres
from core.cli.processes.programs import ServiceError
from core.force.fault import one_of
from core.plugin_host.commands import Problem, WrongCall, group
from core.plugin_host.host import PluginHost
from core.plugin_host.review import forces_dir
from core.storage import schema
from core.storage.migrations import drafting
from core.storage.migrations.admin import make_roles

OWNER, SERVING, DATABASE = "tmc_owner", "tmc_serving", "draft"

commands = group("schema", "The tables of the database.")


@commands.command("draft", with_appcontext=False)
@click.argument("owner")
@click.option("--name", metavar="WORDS", help="What the step is about, like “kept until”.")
@click.option("--print", "to_print", is_flag=True, help="Print the step, and write nothing.")
def schema_draft(owner: str, name: str | None, to_print: bool) -> None:
    """For authors: write the next migration step of OWNER (a plugin, or core) into its folder.

    It is what brings tables from the steps that are there to what the models say. Both are compared
    in a database that is made for it and thrown away; yours is not looked at.
    """
    plugins = PluginHost(forces_dir())
    found = {one.name: one for one in schema.owners(plugins)}
    if owner not in found:
        raise WrongCall(f"{owner} has no tables. Right would be: {one_of(owner, found)}")
    try:
        with _scratch() as connection:
            step = schema.draft(connection, plugins, found[owner], name)
    except ServiceError as error:
        raise Problem(f"no database could be started to compare with: {error}") from None
    if step is None:
        click.echo(f"{owner}: nothing to write, its steps make what its models say")
        return
    file, text, to_look_at = step
    if to_print:
        click.echo(text, nl=False)
        return
    versions = found[owner].folder / "versions"
    try:
        written = drafting.write(versions, file, text)
    except OSError as error:
        raise Problem(f"{versions / file}: cannot be written: {error.strerror}. Run this where the "
                      "plugin's own files are, or with --print") from None
    click.echo(f"made {written}. Read it and change what is not as you mean it.")
    for one in to_look_at:
        click.echo(f"Look at this: {one}.")
    click.echo("Then run: trackmycrime schema upgrade")


@contextmanager
def _scratch() -> Iterator[sa.Connection]:
    """An empty database of its own, as the owner of its tables; gone at the end."""
    with TemporaryDirectory(prefix="tmc-draft-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder), settings={"fsync": "off", "synchronous_commit": "off"})
        server.start()
        try:
            make_roles(server.url(), OWNER, SERVING, DATABASE)
            engine = sa.create_engine(server.url(OWNER, DATABASE), poolclass=sa.NullPool)
            with engine.connect() as connection:
                yield connection
        finally:
            server.stop()
