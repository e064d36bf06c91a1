"""The moment in which a letter changes hands: one at a time in a process, while that goes quickly.

Between a letter's last byte and the row that says "sent" nobody knows whether the letter went. A process
that is killed there sends it again. So that this can happen to one letter only, letters take turns from
:func:`begin` until their row is written. Who has to wait for an answer lets the next one go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

QUICK = 0.5  # seconds: a mail server that takes longer holds up nobody else
_turn = Lock()
_mine = local()


def begin() -> None:
    """Wait for one's turn. What is sent from now on may be the letter's end."""
    if getattr(_mine, "letter", False) and not _has_turn():
        _turn.acquire()
        _mine.turn = True


def let_go() -> None:
    """It takes long: the others need not wait."""
    if _has_turn():
        _mine.turn = False
        _turn.release()


@contextmanager
def one_letter() -> Iterator[None]:
    """Around all that is done with one letter: its turn ends with the block at the latest."""
    _mine.letter = True
    try:
        yield
    finally:
        _mine.letter = False
        let_go()


def _has_turn() -> bool:
    return getattr(_mine, "turn", False)
