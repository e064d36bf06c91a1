"""Breakages as people make them: a boundary moved, a term left out, a call forgotten, an order turned."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Node = Any
COMPARED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}
TURNED: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.LShift: ast.RShift,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "and_": "or_", "or_": "and_"}
TERMS = {"where", "filter", "filter_by", "and_", "or_", "tuple_", "order_by", "frozenset"}
LEFT_OUT = {"where", "filter", "order_by", "desc", "strip", "lower", "casefold", "nulls_last", "distinct"}
# Without effect by what they are: words for people and the log, types, how much is done at a time.
SILENT_CALLS = {"log", "flush", "expunge_all", "expire_all", "execution_options", "declare"}
SILENT_NAMES = {"MANY", "AT_ONCE", "__all__", "__slots__", "__grants__"}
SILENT_KEYWORDS = {"strict", "maxsize", "frozen", "slots", "compare", "type_", "separators",
    "populate_existing"}
SILENT_FUNCTIONS = {"__repr__", "__str__"}


@dataclass(frozen=True)
class Breakage:
    """One small change of a file: bytes *start* to *end* become *new*; lines count from 1."""

    file: str
    line: int
    last: int
    inside: str
    kind: str
    start: int
    end: int
    old: str
    new: str

    def applied_to(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end:]


class _Seeker:
    """Goes through a file and collects what may be broken."""

    def __init__(self, file: str, source: str) -> None:
        self.file, self.bytes = file, source.encode()
        self.starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.found: list[Breakage] = []
        self.inside: list[str] = []
        self.seek(ast.parse(source))

    def place(self, node: Node) -> tuple[int, int]:
        return (self.starts[node.lineno - 1] + node.col_offset,
                self.starts[node.end_lineno - 1] + node.end_col_offset)

    def add(self, kind: str, node: Node, new: Node | str) -> None:
        start, end = self.place(node)
        old, text = self.bytes[start:end].decode(), new if isinstance(new, str) else ast.unparse(new)
        if old != text:
            self.found.append(Breakage(
                self.file, node.lineno, node.end_lineno, ".".join(self.inside) or "module", kind, start,
                end, old, text))

    def seek(self, node: Node) -> None:
        if _is_silent(node):
            return
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if named:
            self.inside.append(node.name)
        for way in WAYS.get(type(node), ()):
            for kind, target, new in way(node):
                self.add(kind, target, new)
        for child in _children(node):
            self.seek(child)
        if named:
            self.inside.pop()


def _is_silent(node: Node) -> bool:
    if isinstance(node, ast.JoinedStr | ast.Assert | ast.Raise | ast.Import | ast.ImportFrom):
        return not isinstance(node, ast.Raise)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name in SILENT_FUNCTIONS
    if isinstance(node, ast.ClassDef):
        return any(getattr(base, "id", "") == "Protocol" for base in node.bases)
    if isinstance(node, ast.Assign):
        return any(getattr(target, "id", "") in SILENT_NAMES for target in node.targets)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_silent(node.value)
    if isinstance(node, ast.Call):
        return bool(_names_of(node.func) & SILENT_CALLS) or _name(node.func) in ("TypeVar", "cast")
    return False


def _name(node: Node) -> str:
    return getattr(node, "attr", None) or getattr(node, "id", "")


def _names_of(node: Node) -> set[str]:
    """``log`` and ``warning`` of ``log.warning``."""
    found = {_name(node)}
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        found.add(node.value.id)
    return found


def _children(node: Node) -> Iterator[Node]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "bases"):
            continue
        if isinstance(node, ast.keyword) and node.arg in SILENT_KEYWORDS:
            continue
        if isinstance(node, ast.Raise) and name in ("exc", "cause"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield one


# --- the ways; each gives (kind, what to replace, by what) ----------------------------------------

Found = Iterator[tuple[str, Node, Any]]


def _changed(node: Node, **fields: Any) -> Node:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _without(many: list[Any], place: int) -> list[Any]:
    return many[:place] + many[place + 1:]


def _compare(node: ast.Compare) -> Found:
    for place, op in enumerate(node.ops):
        other = COMPARED[type(op)]
        ops = [*node.ops[:place], other(), *node.ops[place + 1:]]
        yield "a comparison", node, _changed(node, ops=ops)
        if type(op) in (ast.Lt, ast.LtE, ast.Gt, ast.GtE):
            back = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}[type(op)]
            yield "a comparison turned", node, _changed(
                node, ops=[*node.ops[:place], back(), *node.ops[place + 1:]])


def _bool(node: ast.BoolOp) -> Found:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and for or", node, f"({ast.unparse(_changed(node, op=other))})"
    for place in range(len(node.values)):
        left = _without(node.values, place)
        new = left[0] if len(left) == 1 else _changed(node, values=left)
        yield "a condition left out", node, f"({ast.unparse(new)})"


def _unary(node: ast.UnaryOp) -> Found:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield "a not dropped", node, f"({ast.unparse(node.operand)})"


def _binary(node: ast.BinOp) -> Found:
    texts = (ast.JoinedStr, ast.List, ast.Tuple)
    sides = (node.left, node.right)
    if any(isinstance(one, texts) or (isinstance(getattr(one, "value", None), str | bytes) and
           isinstance(one, ast.Constant)) for one in sides):
        return
    other = TURNED.get(type(node.op))
    if other:
        yield "an operator", node, f"({ast.unparse(_changed(node, op=other()))})"


def _constant(node: ast.Constant) -> Found:
    if isinstance(node.value, bool):
        yield "true for false", node, repr(not node.value)
    elif isinstance(node.value, int):
        for by in (1, -1):
            yield "a number", node, repr(node.value + by)


def _call(node: ast.Call) -> Found:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg not in SILENT_KEYWORDS and keyword.arg is not None:
            yield "a keyword left out", node, _changed(node, keywords=_without(node.keywords, place))
    name = _name(node.func)
    if name in TERMS and len(node.args) > 1:
        for place in range(len(node.args)):
            yield "a term left out", node, _changed(node, args=_without(node.args, place))
    if isinstance(node.func, ast.Attribute) and name in LEFT_OUT and not node.keywords:
        yield f"{name} left out", node, node.func.value
    if name == "sorted" and not any(keyword.arg == "reverse" for keyword in node.keywords):
        turned = ast.keyword("reverse", ast.Constant(True))
        yield "an order turned", node, _changed(node, keywords=[*node.keywords, turned])
    if name in ("reversed", "set", "sorted") and len(node.args) == 1 and not node.keywords:
        inner = ast.unparse(node.args[0])
        yield f"{name} left out", node, f"({inner})" if name == "set" else f"list({inner})"
    if name == "order_by":
        for place, term in enumerate(node.args):
            if _name(getattr(term, "func", None)) not in ("desc", "asc") and not isinstance(
                    term, ast.Starred):
                turned = ast.parse(f"({ast.unparse(term)}).desc()", mode="eval").body
                args = [*node.args[:place], turned, *node.args[place + 1:]]
                yield "an order turned", node, _changed(node, args=args)
    if name in NAMES:
        func = (_changed(node.func, attr=NAMES[name]) if isinstance(node.func, ast.Attribute)
                else _changed(node.func, id=NAMES[name]))
        yield f"{NAMES[name]} for {name}", node, _changed(node, func=func)


def _if(node: ast.If) -> Found:
    """The branch as a whole: its first statement stands for it and the others go."""
    if _name(node.test) == "TYPE_CHECKING":
        return
    yield "a branch emptied", _span(node.body), "pass"
    if node.orelse and not isinstance(node.orelse[0], ast.If):
        yield "an else emptied", _span(node.orelse), "pass"


def _span(body: list[ast.stmt]) -> Node:
    first, last = body[0], body[-1]
    return ast.Pass(lineno=first.lineno, col_offset=first.col_offset, end_lineno=last.end_lineno,
                    end_col_offset=last.end_col_offset)


def _choice(node: ast.IfExp) -> Found:
    yield "one side of a choice", node, f"({ast.unparse(node.body)})"
    yield "one side of a choice", node, f"({ast.unparse(node.orelse)})"


def _statement(node: ast.Expr) -> Found:
    if isinstance(node.value, ast.Call | ast.Await):
        yield "a call forgotten", node, "pass"


def _assign(node: ast.Assign) -> Found:
    if all(isinstance(one, ast.Attribute | ast.Subscript) for one in node.targets):
        yield "an assignment forgotten", node, "pass"
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and all(
                isinstance(one, ast.Attribute) for one in target.elts):
            for place in range(len(target.elts)):
                left = _changed(node, targets=[_changed(target, elts=_without(target.elts, place))],
                                value=_changed(node.value, elts=_without(node.value.elts, place)))
                yield "an assignment forgotten", node, left


def _grow(node: ast.AugAssign) -> Found:
    yield "an assignment forgotten", node, "pass"
    other = TURNED.get(type(node.op))
    if other and not isinstance(node.value, ast.List | ast.ListComp | ast.Dict):
        yield "an operator", node, _changed(node, op=other())


def _raise(node: ast.Raise) -> Found:
    yield "nothing raised", node, "pass"


def _return(node: ast.Return) -> Found:
    if node.value is None:
        yield "no early return", node, "pass"
    elif not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield "nothing returned", node, "return None"


def _elements(node: ast.Tuple | ast.List | ast.Set) -> Found:
    is_read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    plain = all(isinstance(one, ast.Constant | ast.Attribute | ast.Tuple) for one in node.elts)
    if is_read and plain and len(node.elts) > 1:
        for place in range(len(node.elts)):
            yield "an element left out", node, _changed(node, elts=_without(node.elts, place))


def _entries(node: ast.Dict) -> Found:
    for place in range(len(node.keys)):
        yield "an entry left out", node, _changed(
            node, keys=_without(node.keys, place), values=_without(node.values, place))


def _comprehension(node: Node) -> Found:
    for place, part in enumerate(node.generators):
        for which in range(len(part.ifs)):
            new = _changed(part, ifs=_without(part.ifs, which))
            yield "a filter left out", node, _changed(
                node, generators=[*node.generators[:place], new, *node.generators[place + 1:]])


def _slice(node: ast.Subscript) -> Found:
    if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
        yield "a slice left out", node, node.value


WAYS: dict[type, tuple[Any, ...]] = {
    ast.Compare: (_compare,), ast.BoolOp: (_bool,), ast.UnaryOp: (_unary,), ast.BinOp: (_binary,),
    ast.Constant: (_constant,), ast.Call: (_call,), ast.If: (_if,), ast.IfExp: (_choice,),
    ast.Expr: (_statement,), ast.Assign: (_assign,), ast.AugAssign: (_grow,), ast.Raise: (_raise,),
    ast.Return: (_return,), ast.Tuple: (_elements,), ast.List: (_elements,), ast.Set: (_elements,),
    ast.Dict: (_entries,), ast.ListComp: (_comprehension,), ast.SetComp: (_comprehension,),
    ast.GeneratorExp: (_comprehension,), ast.DictComp: (_comprehension,), ast.Subscript: (_slice,),
}


def breakages_of(file: str, source: str) -> list[Breakage]:
    """All breakages of a file, in the order in which its code is read."""
    return _Seeker(file, source).found
