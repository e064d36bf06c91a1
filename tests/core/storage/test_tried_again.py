"""When a job that failed is tried again: at once when its database is back, else with growing pauses."""

from __future__ import annotations

from datetime import UTC, datetime

import procrastinate
import pytest
import sqlalchemy as sa
from procrastinate import exceptions, utils
from procrastinate.jobs import Job

from core.storage.database_away import Retries
from core.testing.postgres import Addresses

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
US = "SELECT pg_terminate_backend(pg_backend_pid())"
FAULTS_OF_ITS_OWN = (
    "SELECT 1 / 0", "SELECT nothing", "INSERT INTO nobody VALUES (1)", "SET LOCAL statement_timeout = 1; "
    "SELECT pg_sleep(10)", "SELECT 'x'::int",
)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utils, "utcnow", lambda: NOW)


def pauses(failure: BaseException, attempts: int) -> list[float | None]:
    """Seconds before each of the next tries; None: there is none."""
    found: list[float | None] = []
    for made in range(attempts):
        job = Job(id=1, queue="letters", lock=None, queueing_lock=None, task_name="any", attempts=made)
        again: procrastinate.RetryDecision | None = Retries().get_retry_decision(exception=failure, job=job)
        found.append((again.retry_at - NOW).total_seconds() if again and again.retry_at else None)
    return found


def failing(address: str, statement: str) -> BaseException:
    engine = sa.create_engine(address)
    try:
        with pytest.raises(sa.exc.DBAPIError) as told, engine.begin() as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()
    return told.value


def test_a_job_whose_database_went_away_is_tried_as_soon_as_it_is_back_however_often(
    database: Addresses
) -> None:
    gone = database.serving.replace("host=", "host=%2Fnowhere")
    for failure in (failing(database.serving, US), failing(gone, "SELECT 1"), exceptions.AppNotOpen()):
        assert pauses(failure, 7) == [1] * 7


@pytest.mark.parametrize("statement", FAULTS_OF_ITS_OWN)
def test_a_job_that_fails_by_itself_waits_longer_each_time_and_is_given_up(
    database: Addresses, statement: str
) -> None:
    assert pauses(failing(database.serving, statement), 6) == [4, 16, 64, 256, 1024, None]


def test_so_does_one_whose_mail_server_or_code_failed() -> None:
    for failure in (OSError("x"), ValueError("x"), ConnectionResetError("x"), TimeoutError("x")):
        assert pauses(failure, 6)[::5] == [4, None]
