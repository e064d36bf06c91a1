"""What must fit together in a ``force.toml``.

The checks read the plain data, not ``Force``, so that one faulty part does not hide the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.base.languages import SOURCE_LANGUAGE, installed
from core.force.fault import nearest, one_of
from core.force.file.phases import as_day, check_openings
from core.force.file.report import Report
from core.force.file.toml_lines import Place
from core.force.parts import OWN_SOURCE
from core.force.reference import (
    LONGEST,
    PatternFault,
    ReferencePattern,
    compile_pattern,
    reference_key,
    short_form,
    template_fault,
)
from core.force.vocabulary import CRIME_TYPES

TELLING = ("police", "constabulary", "heddlu", "crime", "victim")

Table = Mapping[str, Any]


def check_together(data: Table, folder: str | None, report: Report) -> None:
    """Adds to *report* all that is wrong between the parts of *data*, the content of the file."""
    districts = [str(table["id"]) for _, table in tables(data, "districts") if "id" in table]
    crime_types = dict(_crime_types(data))
    _identity(data, folder, report)
    _languages(data, report)
    _twice(data, report)
    crime_types = _known_crime_types(crime_types, report)
    _discreet(data, report)
    _references(table_at(data, "references"), report)
    _districts(data, report)
    for place, phase in tables(data, "phases"):
        _ids(phase, place, districts, crime_types, report)
        _phase(phase, place, crime_types, report)
    check_openings([*tables(data, "phases")], [*tables(data, "districts")], report)
    for place, service in tables(data, "support"):
        _ids(service, place, districts, crime_types, report)
        if not any(service.get(key) for key in ("phone", "website", "email", "words")):
            report.add(place, "nobody could reach this service",
                       "give a phone, website or email, or say in words how to reach it")
    _everywhere(data, districts, report)
    _feed(data, {*districts, *(name for name, _ in crime_types.values())}, report)


# --- reading plain data that may have any shape -----------------------------------------------


def table_at(data: Table, key: str) -> Table:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def tables(data: Table, key: str) -> Iterator[tuple[Place, Table]]:
    value = data.get(key)
    for number, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield (key, number), item


def texts(table: Table, key: str, place: Place = ()) -> Iterator[tuple[Place, str]]:
    value = table.get(key)
    for number, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield (*place, key, number), item


def _crime_types(data: Table) -> Iterator[tuple[Place, tuple[str, bool]]]:
    """Place -> id and whether it is sensitive, of each crime type the force chose."""
    value = data.get("crime_types")
    for number, item in enumerate(value if isinstance(value, list) else ()):
        name = item.get("id") if isinstance(item, dict) else item
        if isinstance(name, str):
            shared = CRIME_TYPES.get(name)
            stricter = isinstance(item, dict) and item.get("sensitive") is True
            yield ("crime_types", number), (name, stricter or bool(shared and shared.sensitive))


# --- the checks -------------------------------------------------------------------------------


def _identity(data: Table, folder: str | None, report: Report) -> None:
    own = data.get("id")
    if folder is not None and isinstance(own, str) and own != folder:
        report.add(("id",), f"the id is “{own}”, but the folder is “{folder}”", f'id = "{folder}"')
    if own is not None and data.get("successor") == own:
        report.add(("successor",), "a force cannot take over from itself", "the other force's id")
    for place, name in texts(data, "absorbed"):
        if name == own:
            report.add(place, "a force cannot absorb itself", "the other force's id")


def _languages(data: Table, report: Report) -> None:
    spoken = [text for _, text in texts(data, "languages")]
    if spoken and SOURCE_LANGUAGE not in spoken and {*spoken} <= {*installed()}:  # else told of what it holds
        right = ", ".join(f'"{code}"' for code in (SOURCE_LANGUAGE, *spoken))
        report.add(("languages",), "English is missing: it is shown where a text has no other",
                   f"languages = [{right}]")


def _twice(data: Table, report: Report) -> None:
    for key in ("districts", "support"):
        ids = [((*place, "id"), table.get("id")) for place, table in tables(data, key)]
        _no_repeats(ids, "this id is there twice", report)
    crime_types = [(place, name) for place, (name, _) in _crime_types(data)]
    _no_repeats(crime_types, "this crime type is there twice", report)
    _no_repeats(_district_names(data), "two districts have this name", report)
    for code in installed():
        _no_repeats(_names_in(code, data), "two districts have this name", report)
    codes = [((*place, "ons_code"), table.get("ons_code")) for place, table in tables(data, "districts")]
    _no_repeats(codes, "two districts have this code", report)
    _no_repeats(texts(data, "languages"), "this language is there twice", report)
    _no_repeats(texts(data, "hosts"), "this host is there twice", report)
    _no_repeats(texts(data, "absorbed"), "this force is there twice", report)


def _no_repeats(said: Iterable[tuple[Place, Any]], wrong: str, report: Report) -> None:
    seen: set[str] = set()
    for place, value in said:
        if isinstance(value, str):
            plain = " ".join(value.casefold().split())
            if plain in seen:
                report.add(place, f"{wrong}: “{value}”", "keep one of the two")
            seen.add(plain)


def _district_names(data: Table) -> Iterator[tuple[Place, Any]]:
    for place, table in tables(data, "districts"):
        name = table.get("name")
        yield (*place, "name"), name.get(SOURCE_LANGUAGE) if isinstance(name, dict) else name
        yield from texts(table, "former_districts", place)


def _names_in(code: str, data: Table) -> Iterator[tuple[Place, Any]]:
    for place, table in tables(data, "districts"):
        yield (*place, "name", code), table_at(table, "name").get(code)


def _several_in_one(data: Table, report: Report) -> None:
    for place, name in _district_names(data):
        if isinstance(name, str) and ";" in name:
            report.add(place, f"“{name}” holds semicolons, as if it were several districts",
                       "a [[districts]] for each, or for former names a list, like [\"…\", \"…\"]")


def _known_crime_types(
    chosen: Mapping[Place, tuple[str, bool]], report: Report
) -> dict[Place, tuple[str, bool]]:
    """The chosen types; a misspelt one is told once and then taken for what was meant."""
    meant = dict(chosen)
    for place, (name, sensitive) in chosen.items():
        if name not in CRIME_TYPES:
            report.add(place, f"there is no crime type “{name}”", one_of(name, CRIME_TYPES))
            meant[place] = (nearest(name, CRIME_TYPES) or name, sensitive)
    return meant


def _discreet(data: Table, report: Report) -> None:
    address = table_at(data, "email_sender").get("discreet_address")
    telling = [*TELLING, *str(data.get("short_name") or "").casefold().split()[:1]]
    if isinstance(address, str) and any(word in address.casefold() for word in telling):
        report.add(("email_sender", "discreet_address"),
                   f"“{address}” tells who sees the letter that it is from the police",
                   "an address that says nothing of police, crime or the force")


def _references(table: Table, report: Report) -> None:
    usable: list[ReferencePattern] = []
    for (_, number), entry in tables(table, "patterns"):
        place: Place = ("references", "patterns", number)
        _in_order(entry, "from", "to", place, report)
        if not isinstance(entry.get("pattern"), str):
            continue
        try:
            pattern = compile_pattern(entry["pattern"])
        except PatternFault as fault:
            report.add((*place, "pattern"), str(fault), fault.right)
            continue
        example = entry.get("example")
        if isinstance(example, str) and not pattern.printed.fullmatch(example.strip()):
            report.add((*place, "example"), f"the pattern does not match “{example}”",
                       f"an example that {entry['pattern']} matches, or another pattern")
        else:
            usable.append(pattern)
    _short_forms(table, usable, report)
    template = table.get("template")
    if isinstance(template, str) and (wrong := template_fault(template, usable)):
        report.add(("references", "template"), str(wrong), wrong.right)


def _short_forms(table: Table, usable: list[ReferencePattern], report: Report) -> None:
    """The short form of a reference says where its noughts go, and in full it has a pattern too."""
    for (_, number), entry in tables(table, "patterns"):
        length, example = entry.get("filled_to"), str(entry.get("example"))
        known = any(pattern.printed.fullmatch(example) for pattern in usable)
        if type(length) is not int or not 4 <= length <= LONGEST or not known:
            continue  # told of the value itself
        place: Place = ("references", "patterns", number, "filled_to")
        try:
            full = short_form(str(entry["pattern"]), length).in_full(reference_key(example))
        except PatternFault as fault:
            report.add(place, str(fault), fault.right)
            continue
        if full is None or not any(p.key.fullmatch(full) for p in usable):
            report.add(place, f"“{example}” filled up to {length} signs is {full or 'too long'}, "
                              "which no pattern matches", "how many signs a whole reference has")


def _districts(data: Table, report: Report) -> None:
    _several_in_one(data, report)
    for place, district in tables(data, "districts"):
        _in_order(district, "from", "to", place, report)


def _ids(
    table: Table, place: Place, districts: list[str],
    crime_types: Mapping[Place, tuple[str, bool]], report: Report,
) -> None:
    """Every district and crime type that a phase or a support service names is the force's."""
    own = [name for name, _ in crime_types.values()]
    lists = (("districts", districts, "district"), ("crime_types", own, "crime type"))
    for key, known, what in lists:
        seen = set()
        for at, name in texts(table, key, place):
            if name not in known:
                report.add(at, f"this force has no {what} “{name}”", _right_id(name, key, known))
            elif name in seen:
                report.add(at, f"“{name}” is in this list twice", "keep one of the two")
            seen.add(name)


def _right_id(name: str, key: str, known: list[str]) -> str:
    if name in ("all", "*"):
        return f"each by its id: {', '.join(dict.fromkeys(known))}"
    if key == "crime_types" and name in CRIME_TYPES and not nearest(name, known):
        return f"add “{name}” to crime_types at the top of the file"
    return one_of(name, known)


def _phase(
    phase: Table, place: Place, crime_types: Mapping[Place, tuple[str, bool]], report: Report
) -> None:
    _in_order(phase, "opens", "closes", place, report)
    sensitive = {name for name, is_sensitive in crime_types.values() if is_sensitive}
    for at, name in texts(phase, "crime_types", place):
        if name in sensitive:
            report.add(at, f"“{name}” is sensitive: it is never opened in the portal by itself",
                       "take it out of this phase")


def _everywhere(data: Table, districts: list[str], report: Report) -> None:
    """Every district has a support service, if there are any; a misspelt id is told elsewhere."""
    served: set[str] = set()
    for _, service in tables(data, "support"):
        named = service.get("districts")
        if not isinstance(named, list) or not {*map(str, named)} <= {*districts} or not named:
            return
        served.update(named)
    for place, district in tables(data, "districts") if served else ():
        if isinstance(district.get("id"), str) and district["id"] not in served:
            report.add((*place, "id"), f"no support service is for “{district['id']}”",
                       "add it to the districts of a [[support]], or leave districts out of one "
                       "that is for all")


def _feed(data: Table, known: set[str], report: Report) -> None:
    sources = table_at(table_at(data, "feed"), "sources")
    for name, source in sources.items():
        if name == OWN_SOURCE:
            report.add(("feed", "sources", name), f"“{OWN_SOURCE}” is the portal’s own source: of what "
                       "officers write at their desk", "another name for this sender")
        if not isinstance(source, dict):
            continue
        former, absorbed = source.get("absorbed_from"), [name for _, name in texts(data, "absorbed")]
        if isinstance(former, str) and former not in absorbed:
            report.add(("feed", "sources", name, "absorbed_from"),
                       f"“{former}” is not in the list absorbed of this force",
                       one_of(former, absorbed) if nearest(former, absorbed)
                       else f'absorbed = ["{former}"], if this force absorbed it')
        other = source.get("ids_of")
        owners = [one for one, its in sources.items() if isinstance(its, dict) and "ids_of" not in its]
        if isinstance(other, str) and other not in owners:
            report.add(("feed", "sources", name, "ids_of"),
                       f"“{other}” is no source of this force with ids of its own", one_of(other, owners))
        codes = table_at(source, "map")
        for code, target in codes.items():
            if isinstance(target, str) and target not in known:
                report.add(("feed", "sources", name, "map", code),
                           f"“{target}” is no crime type or district of this force",
                           one_of(target, known))


def _in_order(table: Table, first: str, last: str, place: Place, report: Report) -> None:
    begin, end = as_day(table.get(first)), as_day(table.get(last))
    if begin and end and end < begin:
        report.add((*place, last), f"{last} {end} is before {first} {begin}",
                   f"a day on or after {begin}")
