"""Staff who opened a case that is not theirs, and who looks at that."""

from __future__ import annotations

from core.oversight.models import BreakGlass

__all__ = ["BreakGlass"]
