"""The table of keys in docs/configuring-a-force.md is the one that a clerk's file is checked by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from core.force.file.lacks import lacking
from core.force.file.reading import build_force
from core.force.model import Force
from core.plugin_host.finding import find_plugins
from tests.core.force.force_texts import GOOD

DOCUMENT = (Path(__file__).parents[2] / "docs/configuring-a-force.md").read_text()


def table(name: str) -> dict[str, list[str]]:
    part = re.search(rf"<!-- {name}.*?-->\n(.*?)<!-- /{name} -->", DOCUMENT, re.DOTALL)
    assert part
    rows = [row.strip("|").split(" | ") for row in part[1].splitlines()[2:]]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in rows}


def keys(model: type[BaseModel], start: str = "") -> Iterator[tuple[str, bool]]:
    for name, field in model.model_fields.items():
        key, needed = start + (field.alias or name), field.is_required()
        inner, mark = inside(field.annotation)
        if key == "plugins":
            yield "plugins.<name>", needed
        elif inner is None:
            yield key, needed
        else:
            yield from keys(inner, f"{key}{mark}.")


def inside(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    marks = {tuple: "[]", Mapping: ".<name>"}
    for argument in get_args(annotation):
        found, mark = inside(argument)
        if found:
            return found, marks.get(get_origin(annotation), "") + mark
    return None, ""


def test_every_key_is_in_the_table_and_no_other() -> None:
    shown = table("keys")
    assert set(shown) == {key for key, _ in keys(Force)}


def test_the_table_says_which_keys_every_file_needs() -> None:
    shown = table("keys")
    assert {key for key, (needed, *_) in shown.items() if needed == "yes"} == {
        key for key, needed in keys(Force) if needed
    }


def test_the_table_says_which_keys_only_a_live_force_needs() -> None:
    bare = re.sub(r"^website.*\n", "", GOOD, flags=re.MULTILINE)
    bare = re.sub(r"\[plugins.*?(?=\[\[phases)", "", bare, flags=re.DOTALL)
    lacks = {place[0] if place[0] == "plugins" else ".".join(map(str, place))
             for place, _ in lacking(build_force(bare))} - {
        "email_sender.address", "email_sender.discreet_address"}  # there, but made up
    shown = {key.removesuffix(".<name>") for key, (needed, *_) in table("keys").items()
             if needed == "live"}
    assert shown == lacks


def test_every_setting_of_our_plugins_is_in_the_document() -> None:
    real = {
        f"plugins.{name}.{field.alias or key}"
        for name, module in find_plugins().items()
        if module.SETTINGS is not None and module.__name__.startswith("plugins.")
        for key, field in module.SETTINGS.model_fields.items()
    }
    assert set(table("settings of plugins")) == real


def test_every_status_is_explained() -> None:
    statuses = get_args(Force.model_fields["status"].annotation)
    assert all(f"| `{status}` |" in DOCUMENT for status in statuses)
