"""What PostgreSQL itself is told, as the owner: roles, grants, the job queue's tables."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from procrastinate.schema import SchemaManager

from core.storage.row_guard import Base


def reason(error: sa.exc.DBAPIError) -> str:
    """The driver's first line, without the statement."""
    return str(error.orig).strip().splitlines()[0]


def schema_lock(connection: sa.Connection) -> None:
    """Two schema commands at once: the second waits for the first."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('tmc/schema', 0))"))


YOUNG = "SELECT pg_postmaster_start_time() > now() - make_interval(secs => %(seconds)s) AS young"
# A role that could become one of these, or reads the server's files, is held by no policy.
ABOVE_POLICIES = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")
ROLE = """
SELECT current_user AS name,
  EXISTS (SELECT 1 FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER')
          AND (r.rolsuper OR r.rolbypassrls OR r.rolname = ANY (:above))) AS passes,
  EXISTS (SELECT 1 FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER') AND r.rolcreaterole) AS makes,
  EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND pg_has_role(c.relowner, 'MEMBER'))
  OR EXISTS (SELECT 1 FROM pg_namespace n WHERE n.nspname = 'public'
             AND pg_has_role(n.nspowner, 'MEMBER')) AS owns
"""


def role_problem(connection: sa.Connection) -> str | None:
    """Why this role must not serve: row-level security would not hold it, or not for long."""
    row = connection.execute(sa.text(ROLE), {"above": list(ABOVE_POLICIES)}).one()
    whys = ((row.passes, "may pass row-level security"), (row.makes, "may give itself other roles"),
            (row.owns, "owns the tables"))
    why = next((why for true, why in whys if true), None)
    return why and (f"the role {row.name} of TMC_DATABASE_URL {why}: "
                    "use a role that owns nothing, is no superuser, and is a member of none")


def holds_keys(superuser_url: str) -> bool:
    """Whether keys of any force are stored in this database: what is sealed with them needs their master."""
    engine = sa.create_engine(superuser_url)
    try:
        with engine.connect() as connection:
            if connection.scalar(sa.text("SELECT to_regclass('force_key')")) is None:
                return False
            return bool(connection.scalar(sa.text("SELECT EXISTS (SELECT FROM force_key)")))
    finally:
        engine.dispose()


def upgrade_job_queue(connection: sa.Connection) -> list[str]:
    """Procrastinate's tables, if they are not there yet."""
    if connection.execute(sa.text("SELECT to_regclass('procrastinate_jobs')")).scalar() is not None:
        return []
    driver: Any = connection.connection.driver_connection
    driver.execute(SchemaManager.get_schema())
    return ["job queue: nothing -> made"]


def newest_worker(url: str) -> int:
    """The number of the last worker that is registered in the database at *url*; 0 for none.

    Every worker that reaches its database gets a higher one than all before it.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        newest = connection.execute(sa.text("SELECT coalesce(max(id), 0) FROM procrastinate_workers"))
        return int(newest.scalar_one())


def grant(connection: sa.Connection, role: str) -> None:
    """What the serving role may do: rows of known tables; never the tables themselves."""
    name = connection.dialect.identifier_preparer.quote(role)
    here = set(sa.inspect(connection).get_table_names())
    connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    for mapper in Base.registry.mappers:
        table = cast(sa.Table, mapper.local_table).name
        if table in here:
            rights = getattr(mapper.class_, "__grants__", "SELECT, INSERT, UPDATE, DELETE")
            connection.execute(sa.text(f'GRANT {rights} ON "{table}" TO {name}'))
    for table in sorted(here):
        if table.startswith("procrastinate_"):
            connection.execute(
                sa.text(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {name}')
            )
        elif table.startswith("schema_version_"):
            connection.execute(sa.text(f'GRANT SELECT ON "{table}" TO {name}'))
    # Of the job queue, which numbers its rows: ours have ids of their own.
    connection.execute(sa.text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}"))
    if "audit_link" in here:
        connection.execute(
            sa.text(f"GRANT EXECUTE ON FUNCTION audit_remove_through(bigint) TO {name}")
        )


# A view reads as its owner unless it says otherwise; no policy holds the other two at all.
UNPROTECTED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND (
  c.relkind IN ('m', 'f')
  OR c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
  OR c.relkind IN ('r', 'p') AND NOT (
    c.relrowsecurity AND c.relforcerowsecurity
    AND NOT EXISTS (
      SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND NOT (
        coalesce(pg_get_expr(p.polqual, c.oid), :own_force) = :own_force
        AND coalesce(pg_get_expr(p.polwithcheck, c.oid), :own_force) = :own_force))))
ORDER BY c.relname
"""
OWN_FORCE = "(force = current_setting('tmc.force'::text, true))"


def unprotected(connection: sa.Connection) -> list[str]:
    """The tables and views in which PostgreSQL would not keep forces apart, by name."""
    rows = connection.execute(sa.text(UNPROTECTED), {"own_force": OWN_FORCE}).scalars()
    return [t for t in rows if not t.startswith(("procrastinate_", "schema_version_"))]


def shapes(connection: sa.Connection) -> dict[str, frozenset[Any]]:
    """Table -> its columns and the policies that keep its rows apart."""
    found: dict[str, set[Any]] = {}
    for table, *part in connection.execute(sa.text(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = current_schema() UNION ALL "
        "SELECT tablename, policyname, qual, with_check FROM pg_policies "
        "WHERE schemaname = current_schema()"
    )):
        found.setdefault(table, set()).add(tuple(part))
    return {table: frozenset(parts) for table, parts in found.items()}


def other_processes(connection: sa.Connection, own_name: str) -> int:
    """How many connections to this database, in the serving role, are of other processes."""
    return int(connection.execute(sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = current_user AND backend_type = 'client backend' "
        "AND application_name <> :own_name"
    ), {"own_name": own_name}).scalar_one())


def make_roles(owner_url: str, owner: str, serving: str, database: str) -> None:
    """For an embedded server: the owner of the tables, the serving role, and the database."""
    engine = sa.create_engine(owner_url, isolation_level="AUTOCOMMIT")
    quote = engine.dialect.identifier_preparer.quote
    with engine.connect() as connection:
        roles = set(connection.execute(sa.text("SELECT rolname FROM pg_roles")).scalars())
        for role in (owner, serving):
            if role not in roles:
                connection.execute(
                    sa.text(f"CREATE ROLE {quote(role)} LOGIN NOSUPERUSER NOBYPASSRLS")
                )
        bases = set(connection.execute(sa.text("SELECT datname FROM pg_database")).scalars())
        if database not in bases:
            connection.execute(sa.text(f"CREATE DATABASE {quote(database)} OWNER {quote(owner)}"))
    engine.dispose()


def delete_every_row(connection: sa.Connection) -> None:
    """For tests, as the superuser: the tables stay, nothing is in them.

    Without triggers and foreign keys, which costs a hundredth of TRUNCATE when there are few rows.
    """
    names = [
        f'"{name}"' for name in sa.inspect(connection).get_table_names()
        if not name.startswith("schema_version_") and name != "procrastinate_version"
    ]
    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
    connection.execute(sa.text("; ".join(f"DELETE FROM {name}" for name in names)))  # noqa: S608


def drop_database(owner_url: str, database: str) -> None:
    """Take a database of an embedded server away, with all that is in it, if it is there."""
    engine = sa.create_engine(owner_url, isolation_level="AUTOCOMMIT")
    name = engine.dialect.identifier_preparer.quote(database)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()
