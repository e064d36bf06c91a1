"""What stands in the way of a merger: said whole, before anything moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa

from core.cases import Case
from core.force import Force
from core.intake import judging
from core.plugin_host import host
from core.storage import force_scope, other_connections, owned, owned_models, read
from plugins.mergers.moved_rows import renamed, rows_of

CASES = sa.select(
    Case.id, Case.reference_key, Case.district, Case.crime_type, Case.flags, Case.reported_at,
    Case.offered,
).where(owned(Case))
REFERENCES = sa.select(Case.id, Case.reference_key).where(
    owned(Case),
    Case.reference_key == sa.any_(sa.bindparam("references", type_=sa.ARRAY(sa.Text))),
)


def cases_of(old: Force) -> list[Any]:
    with force_scope(old.id):
        return list(read(CASES))


def moving() -> list[type[Any]]:
    """The models whose rows move, of core and of every plugin, those that others point at first."""
    return models("move")


def models(*at_merger: str) -> list[type[Any]]:
    """The models with one of these answers to ``__at_merger__``, in the order of their keys."""
    return [one for one in owned_models() if one.__at_merger__ in at_merger]


def unsaid(old: Force, new: Force) -> list[str]:
    found = []
    if old.status != "closed":
        found.append(f'{old.id}: its force.toml must say status = "closed"')
    if old.successor != new.id:
        found.append(f'{old.id}: its force.toml must say successor = "{new.id}"')
    if old.id not in new.absorbed:
        found.append(f'{new.id}: its force.toml must say absorbed = ["{old.id}"]')
    return found


def running() -> list[str]:
    """What is written at the absorbed force while its rows are copied would be lost."""
    count = other_connections()
    return [
        f"other processes have {count} connections to the database: stop web, live and worker; if "
        "only a connection pooler keeps them open, say --stopped"
    ] if count else []


def collisions(new: Force, cases: list[Any]) -> list[str]:
    """The same reference of another crime at the successor: two cases would be one."""
    ours = {case.reference_key: case.id for case in cases}
    with force_scope(new.id):
        theirs = read(REFERENCES, references=list(ours)).all()
    twice = sorted(row.reference_key for row in theirs if ours[row.reference_key] != row.id)
    return [
        f"{len(twice)} references stand for a case at both forces, {', '.join(twice[:5])} among "
        "them: have the record systems give one of each a new reference first"
    ] if twice else []


def unknown(new: Force, cases: list[Any]) -> list[str]:
    found = []
    for what, known in (("district", new.district), ("crime_type", new.crime_type)):
        missing = sorted({getattr(case, what) for case in cases} - {
            value for case in cases if known(value := getattr(case, what))
        })
        if missing:
            plural = "districts" if what == "district" else "crime_types"
            found.append(f"{new.id}: its force.toml lacks {plural}: {', '.join(missing)}")
    return found


def closed_by_it(new: Force, cases: list[Any]) -> list[str]:
    lost = Counter(
        (case.district, case.crime_type) for case in cases
        if case.offered and not judging.answer_for(new, case).offered
    )
    return [
        f"{count} cases of {crime_type} in {district} can be followed now and could not at "
        f"{new.id}: add a phase that opens them, or merge with --closing"
        for (district, crime_type), count in sorted(lost.items())
    ]


def off_at(old: Force, new: Force) -> list[str]:
    """Plugins with rows of the absorbed force that the successor does not list."""
    rows: Counter[str] = Counter()
    for model in moving():
        owner = _plugin_of(model)
        if owner and not host().get(new.id).has(owner):
            rows[owner] += _count(old, model)
    return [
        f"{new.id}: its force.toml lacks [plugins.{name}], which keeps {count} rows of {old.id}: "
        "add it, or merge with --closing"
        for name, count in sorted(rows.items()) if count
    ]


def _plugin_of(model: type[Any]) -> str | None:
    table = str(model.__tablename__)
    owners = [name for name in host().plugins if table.startswith(f"{name}_")]
    # The longest: `victims_code_scotland_…` begins with `victims_code_` too.
    return max(owners, key=len, default=None)


def _count(old: Force, model: type[Any]) -> int:
    with force_scope(old.id):
        count = read(sa.select(sa.func.count(model.id)).where(owned(model))).scalar_one()
    return int(count)


def clashes(old: Force, new: Force) -> list[str]:
    """Rows that would be there twice under a key that their table allows once."""
    found = []
    for model in moving():
        for key in _keys(model) if model is not Case else ():
            count = sum(_there(new, model, key, rows) for rows in _named(old, model, key))
            if count:
                found.append(f"{count} rows of {model.__tablename__} are at both forces "
                             f"({', '.join(key)}): remove or rename one of each first")
    return found


def _keys(model: type[Any]) -> Iterator[tuple[str, ...]]:
    """The columns of each unique key, the force aside, that rows of two forces could share."""
    table = cast(sa.Table, model.__table__)
    pointing = {key.parent.name for key in table.foreign_keys}  # ids are never shared
    unique: list[Any] = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    unique += [index for index in table.indexes if index.unique]
    for one in unique:
        names = tuple(column.name for column in one.columns if column.name != "force")
        if names and not pointing & set(names):
            yield names


def _named(old: Force, model: type[Any], key: tuple[str, ...]) -> Iterator[dict[tuple[Any, ...], Any]]:
    for rows in rows_of(old, model, ("id", *key)):
        changed = [renamed(model, row, old) for row in rows]
        yield {tuple(row[name] for name in key): row["id"] for row in changed}


def _there(
    new: Force, model: type[Any], key: tuple[str, ...], ours: dict[tuple[Any, ...], Any]
) -> int:
    columns = [model.__table__.c[name] for name in key]
    same = sa.tuple_(*columns).in_(list(ours))
    with force_scope(new.id):
        theirs = read(sa.select(model.id, *columns).where(owned(model), same)).all()
    # The same id is the same row: a run that was cut off has copied it.
    return sum(1 for row in theirs if ours[tuple(row[1:])] != row.id)
