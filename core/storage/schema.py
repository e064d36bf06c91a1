"""The tables: each owner (core, a plugin) has its own migrations and its own version table.

Steps run by command only, as the owner of the tables; serving processes ask :func:`check`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import sqlalchemy as sa
from flask import Flask
from psycopg.errors import LockNotAvailable

from core.base.failures import describe_failure
from core.base.installation import installation
from core.storage.db import db, force_scope
from core.storage.keys.keyring import check_master, force_keys
from core.storage.migrations import admin, head_of, indexes, steps_in
from core.storage.migrations.drift import drift
from core.storage.migrations.history import SchemaProblem as SchemaProblem
from core.storage.migrations.history import refuse_other_steps, taken_step
from core.storage.row_guard import CHECKED, Base

if TYPE_CHECKING:
    # Asked for where the schema is changed or compared: what serves pages does neither.
    from alembic.script import ScriptDirectory

CORE = "core"
LOCK_WITHIN = 2000  # milliseconds
LOCK_TRIES, LOCK_PAUSE = 30, 2.0  # how often, and seconds in between
Said = TypeVar("Said")


class Plugins(Protocol):
    """What has the installed plugins: the application's plugin host."""

    @property
    def plugins(self) -> Mapping[str, ModuleType]: ...


@dataclass(frozen=True)
class Owner:
    """Whose tables: ``core``, or a plugin by name."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        return f"schema_version_{self.name}"

    def head(self) -> str | None:
        """The last step of this version. Raises :class:`SchemaProblem` for steps that say none."""
        return self._read(head_of)

    def steps(self) -> Collection[str]:
        """All steps of this version. Raises :class:`SchemaProblem` as :meth:`head`."""
        return self._read(steps_in)

    def _read(self, what: Callable[[Path], Said]) -> Said:
        try:
            return what(self.folder / "versions")
        except (SyntaxError, ValueError) as error:
            raise SchemaProblem(f"the migrations of {self.name}: {error}") from None

    def script(self) -> ScriptDirectory:
        from alembic.script import ScriptDirectory

        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder / "versions")])

    def tables(self) -> set[str]:
        """Names of this owner's tables: a plugin's begin with its name."""
        return {name for name in Base.metadata.tables if owner_of(name) == self.name}


_owners: dict[str, Owner] = {}


def owner_of(table: str) -> str:
    """Whose table this is, by its name."""
    # The longest first: `victims_code_scotland_…` begins with `victims_code_` too.
    plugins = sorted((o for o in _owners if o != CORE), key=len, reverse=True)
    return next((p for p in plugins if table.startswith(f"{p}_")), CORE)


def owners(plugins: Plugins) -> list[Owner]:
    """Core first, then every installed plugin that has migrations, by name."""
    _owners[CORE] = Owner(CORE, Path(__file__).parent / "migrations")
    for name, module in sorted(plugins.plugins.items()):
        folder = Path(str(module.__file__)).parent / "migrations"
        if folder.is_dir():
            _owners[name] = Owner(name, folder)
    return list(_owners.values())


def upgrade(app: Flask, owner_url: str, serving_role: str) -> list[str]:
    """Bring one database to this version; what was done, a line each.

    ``owner_url`` is the tables' owner. The serving role is granted what it needs, and no more.
    Raises :class:`SchemaProblem`, with nothing changed, for a table that is not kept apart by force;
    and, with the steps done, for an index that could not be made (``storage/migrations/indexes.py``).
    """
    done = _all_steps(app, owner_url, serving_role)
    try:
        made = indexes.make_missing(owner_url, Base.metadata.sorted_tables)
    except indexes.NotMade as failure:
        raise SchemaProblem(str(failure)) from None
    return [*done, f"indexes made: {', '.join(made)}"] if made else done


def _all_steps(app: Flask, owner_url: str, serving_role: str) -> list[str]:
    """All that waits, in one transaction.

    A table in use is waited for a moment only, and again later: behind who waits for a table, every page
    that reads it waits too.
    """
    limits = f"-c lock_timeout={LOCK_WITHIN} -c idle_in_transaction_session_timeout=60000"
    engine = sa.create_engine(owner_url, connect_args={"options": limits, "connect_timeout": 10})
    try:
        tries = 1
        while True:
            try:
                with engine.begin() as connection:
                    return _steps(connection, app, serving_role)
            except (SchemaProblem, sa.exc.OperationalError) as failure:
                if not _was_in_use(failure):
                    raise
                if tries == LOCK_TRIES:
                    raise SchemaProblem("a table that a step changes is in use, or another `schema upgrade` "
                                        "runs. Nothing was changed: run it again when less is going on"
                                        ) from failure
            tries += 1
            sleep(LOCK_PAUSE)
    finally:
        engine.dispose()


def _steps(connection: sa.Connection, app: Flask, serving_role: str) -> list[str]:
    admin.schema_lock(connection)
    found = owners(installation(app).host)
    refuse_other_steps(connection, found, installation(app).settings)
    done = admin.upgrade_job_queue(connection)
    with app.app_context():  # a step that seals what was plain asks for the master key
        for owner in found:
            done += _bring_up(connection, owner)
            if forgotten := _forgotten_step(connection, owner):
                raise SchemaProblem(f"{forgotten}. Nothing was changed")
    admin.grant(connection, serving_role)  # each time: what a step has just made is granted to nobody
    for table in admin.unprotected(connection):
        raise SchemaProblem(
            f"the migrations of {owner_of(table)} leave the table {table} open to all "
            f"forces: protect({table!r}) in the step that makes it. Nothing was changed"
        )
    return done


def _was_in_use(failure: BaseException | None) -> bool:
    """Whether it failed for a lock that somebody else held."""
    while failure is not None:
        if isinstance(getattr(failure, "orig", failure), LockNotAvailable):
            return True
        failure = failure.__cause__
    return False


def _bring_up(connection: sa.Connection, owner: Owner) -> list[str]:
    """The waiting steps of one owner. A plugin's may change its own tables only."""
    before = taken_step(connection, owner)
    if before == owner.head():
        return []
    shapes = admin.shapes(connection)
    try:
        _run(connection, owner)
    except (Exception, SystemExit) as failure:
        why = describe_failure(failure)
        raise SchemaProblem(f"the migrations of {owner.name}: {why}. Nothing was changed") from failure
    now = admin.shapes(connection)
    for table in sorted({t for t in shapes.keys() | now if shapes.get(t) != now.get(t)}):
        if owner.name not in (CORE, owner_of(table)) and table != owner.version_table:
            raise SchemaProblem(f"the migrations of {owner.name} change the table {table}: "
                                f"a plugin's own begin with {owner.name}_. Nothing was changed")
    return [f"{owner.name}: {before or 'nothing'} -> {taken_step(connection, owner)}"]


def _forgotten_step(connection: sa.Connection, owner: Owner) -> str | None:
    """What the models say and the steps do not make, of an owner whose steps are all taken."""
    found = drift(connection, (Base.metadata.tables[name] for name in owner.tables()))
    if not found:
        return None
    return (f"the migrations of {owner.name} do not make what its models say: {'; '.join(found)}. One was "
            f"forgotten: `trackmycrime schema draft {owner.name}` writes it, `trackmycrime schema upgrade` "
            "runs it")


def _run(connection: sa.Connection, owner: Owner) -> None:
    script = owner.script()

    _move(connection, owner, lambda revision, context: script._upgrade_revs("head", revision))


def downgrade(connection: sa.Connection, owner: Owner) -> None:
    """Take back every step of one owner, with its tables and their data; for tests."""
    script = owner.script()

    _move(connection, owner, lambda revision, context: script._downgrade_revs("base", revision))


def _move(connection: sa.Connection, owner: Owner, steps: Any) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    with EnvironmentContext(Config(), owner.script(), fn=steps) as environment:
        environment.configure(connection=connection, version_table=owner.version_table)
        environment.run_migrations()


def _asked() -> Generator[tuple[str | None, sa.Connection], None, None]:
    """A connection to each database, in the serving role, and the force that it is for (None: for all)."""
    for force, engine in db.engines.items():
        try:
            with engine.connect().execution_options(**{CHECKED: True}) as connection:
                yield force, connection
        finally:
            engine.dispose()  # whoever asks may begin processes of its own, which would share it


def refuse_other_history(app: Flask) -> None:
    """Raises :class:`SchemaProblem` for a database that other steps made than this version's."""
    # One that does not answer, or does not let this role look yet, is left to whoever asks it for more.
    with app.app_context(), suppress(sa.exc.DBAPIError), closing(_asked()) as asked:
        for _force, connection in asked:
            refuse_other_steps(connection, owners(installation(app).host), installation(app).settings)


def waiting(app: Flask) -> Iterator[str]:
    """What stands between the databases and this version, a line each; nothing when all is well."""
    found = owners(installation(app).host)
    for force, connection in _asked():
        where = f" (database of {force})" if force else ""
        refuse_other_steps(connection, found, installation(app).settings)
        if problem := admin.role_problem(connection):
            yield f"{problem}{where}"
        for table in admin.unprotected(connection):
            yield (f"the table {table} is open to all forces{where}: row-level security was "
                   "taken off or loosened; put it back as protect() in core/storage/migrations has it")
        for owner in found:
            if taken_step(connection, owner) != owner.head():
                yield (f"the tables of {owner.name} are not of this version{where}: "
                       "run `trackmycrime schema upgrade`")
            elif forgotten := _forgotten_step(connection, owner):
                yield f"{forgotten}{where}"


def lacking_indexes(app: Flask) -> list[str]:
    """Indexes that a database lacks, by name. It can serve without, and slowly once it is large."""
    with app.app_context():
        return [str(index.name) for _force, connection in _asked()
                for index in indexes.missing(connection, Base.metadata.sorted_tables)]


def check(app: Flask) -> None:
    """Raises :class:`SchemaProblem` unless the database is ready for this version to serve, and
    KeyProblem when the master key is not the one that it was made with."""
    with app.app_context():
        try:
            problems = list(waiting(app))
        except sa.exc.OperationalError as error:
            raise SchemaProblem(f"the database does not answer: {admin.reason(error)}. "
                                "Is it running, and is TMC_DATABASE_URL right?") from None
        if problems:
            raise SchemaProblem("; ".join(problems))
        check_master()
        for force in installation(app).host.served(installation(app).settings):
            with force_scope(force):
                force_keys()


def draft(
    connection: sa.Connection, plugins: Plugins, owner: Owner, name: str | None = None
) -> tuple[str, str, list[str]] | None:
    """The next migration step of one owner, as :func:`core.storage.migrations.drafting.draft` says it.

    *connection* leads to an empty database, as its owner; the steps that are there are taken in it.
    """
    from core.storage.migrations import drafting

    with connection.begin():
        admin.upgrade_job_queue(connection)
        for one in owners(plugins):
            if one.name in (CORE, owner.name):
                _bring_up(connection, one)
    context = drafting.comparing(connection, Base.metadata, owner.tables())
    return drafting.draft(context, Base.metadata, owner.name, owner.head(), name)
