"""Where code writes a kind as a bare string: an action of the audit, or a stage of a case.

Only what is compared and what is handed over counts: tables of words, templates and SQL hold the texts.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

WRITERS = {"audit", "trail"}  # what has ``write``; ``note`` is how the rooms below are handed it
MANY = {"write_many", "signed"}


def texts_in(node: ast.AST, wanted: Collection[str] | None = None) -> Iterator[ast.Constant]:
    """The bare strings that stand here, or in the parts of what stands here; those of *wanted* only."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and (wanted is None or node.value in wanted):
            yield node
    elif isinstance(node, ast.IfExp):
        yield from texts_in(node.body, wanted)
        yield from texts_in(node.orelse, wanted)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from texts_in(part, wanted)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        for part in node.elts:
            yield from texts_in(part, wanted)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("frozenset", "set", "tuple"):
        for part in node.args:
            yield from texts_in(part, wanted)


def called(node: ast.AST, name: str) -> bool:
    """Whether what stands here is called *name*: ``name``, ``one.name``, ``one["name"]``."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == name
    return getattr(node, "attr", getattr(node, "id", "")) == name


def bare(code: str, name: str, wanted: Collection[str] | None = None) -> Iterator[tuple[int, str]]:
    """Line and text of each bare string that is compared with *name* or handed over by that name."""
    for node in ast.walk(ast.parse(code)):
        for part in _meeting(node, name):
            yield from ((one.lineno, one.value) for one in texts_in(part, wanted))


def _meeting(node: ast.AST, name: str) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if any(called(side, name) for side in sides):
            yield from sides
    elif isinstance(node, ast.Call):
        yield from (given.value for given in node.keywords if given.arg == name)
        if isinstance(node.func, ast.Attribute) and called(node.func.value, name):
            yield from node.args  # Entry.stage.in_(…)
    elif isinstance(node, ast.Dict):
        yield from (value for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and key.value == name)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(called(target, name) for target in targets):
            yield node.value
    elif isinstance(node, ast.arguments):
        yield from _defaults(node, name)


def _defaults(node: ast.arguments, name: str) -> Iterator[ast.AST]:
    places = [*node.posonlyargs, *node.args]
    given = places[len(places) - len(node.defaults):]
    yield from (value for one, value in zip(given, node.defaults, strict=True) if one.arg == name)
    yield from (value for one, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)
                if value and one.arg == name)


def bare_actions(code: str) -> Iterator[tuple[int, str]]:
    """Line and text of each action of the audit that is written, or compared, as a bare string."""
    yield from bare(code, "action")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            yield from ((one.lineno, one.value) for given in node.keywords if given.arg == "noted"
                        for one in texts_in(given.value))
        if not isinstance(node, ast.Call) or not node.args:
            continue
        attribute = getattr(node.func, "attr", "")
        if called(node.func, "note") or (attribute == "write" and any(
                called(node.func.value, one) for one in WRITERS)):  # type: ignore[attr-defined]
            yield from ((one.lineno, one.value) for one in texts_in(node.args[0])
                        if one.value.isidentifier())  # other things have a ``note`` that takes sentences
        elif attribute in MANY:
            rows = [part for part in ast.walk(node.args[0]) if isinstance(part, ast.Tuple) and part.elts]
            yield from ((one.lineno, one.value) for row in rows for one in texts_in(row.elts[0]))


def places_of(code: str, name: str) -> Iterator[tuple[str, int]]:
    """Function -> at which place it takes *name*, of all that are defined here."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef):
            arguments = [one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg != "self"]
            if name in arguments:
                yield node.name, arguments.index(name)


def bare_stages(
    code: str, stages: Collection[str], places: Mapping[str, int]
) -> Iterator[tuple[int, str]]:
    """Line and text of each of *stages* that is compared, handed over or listed as a bare string.

    *places*: function -> at which place it takes a stage. Listed is what has two of them or more, and
    nothing else.
    """
    yield from bare(code, "stage", stages)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            place = places.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
            if place is not None and place < len(node.args):
                yield from ((one.lineno, one.value) for one in texts_in(node.args[place], stages))
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set)) and len(node.elts) > 1:
            found = list(texts_in(node, stages))
            if len(found) == len(node.elts):
                yield from ((one.lineno, one.value) for one in found)
