"""A failure at start, in one line."""

from __future__ import annotations

from pathlib import Path


def describe_failure(failure: BaseException) -> str:
    """A failure at start in one line, with its place; never used where data of people is near."""
    lines, trace = str(failure).strip().splitlines(), failure.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    place = f" ({Path(code.co_filename).name}:{trace.tb_lineno})" if trace and code else ""
    return f"{type(failure).__name__}{': ' + lines[0] if lines else ''}{place}"
