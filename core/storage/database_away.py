"""Whether something failed because the database is not there, and when to try it again."""

from __future__ import annotations

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Job

# What is no fault of the question: the server is not there, stops, starts, or lets nobody in just now.
AWAY = ("08", "57P01", "57P02", "57P03", "53300")
AGAIN_AFTER = 1  # seconds
MOST_ATTEMPTS = 5


def is_away(failure: BaseException) -> bool:
    """Whether it failed because the database is not there, or not any more."""
    if isinstance(failure, exceptions.AppNotOpen):
        return True
    cause = failure.__cause__ or failure
    state = getattr(cause, "sqlstate", None)
    # Without a state libpq itself gave up: there was no server to name one.
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) and state is None:
        return True
    return bool(state and state.startswith(AWAY))


class Retries(procrastinate.BaseRetryStrategy):
    """A job that failed is tried again after 4, 16, 64 … seconds, five times at most; one whose
    database was away, as soon as that is back, however often that happens."""

    def __init__(self) -> None:
        self._growing = procrastinate.RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=4)

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision | None:
        """None: not again."""
        if is_away(exception):
            return procrastinate.RetryDecision(retry_in={"seconds": AGAIN_AFTER})
        return self._growing.get_retry_decision(exception=exception, job=job)
