"""Rows that the driver gave, as SQLAlchemy's own results.

SQLAlchemy documents :class:`sqlalchemy.engine.IteratorResult`, and nothing that names the columns of one
without a cursor of its own. So this module takes a part of its inside, and is the only one that does:
``tests/core/storage/test_prepared_statements.py`` fails when that part changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData as Columns

__all__ = ["Columns", "result_of"]


def result_of(columns: Columns, rows: Iterable[Sequence[Any]]) -> sa.Result[Any]:
    """*rows*, each with a value for every one of *columns*; ``Columns([name, ...])`` is made once."""
    return IteratorResult(columns, iter(rows))
