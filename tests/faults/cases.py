"""Cases that nobody heard of yet, each with one person to whom a letter goes."""

from __future__ import annotations

import itertools
from typing import Any

from core.testing import builders

_numbers = itertools.count(1)


def new_cases(many: int) -> list[dict[str, Any]]:
    """Events that open as many cases."""
    return [builders.recorded(f"41/{number}/24", people=[builders.person(number)])
            for number in itertools.islice(_numbers, many)]
