"""Searches what the tests make the portal say for the word of the force in the shadow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.security.shadow import FORCE, searched


def _open_and_look(open_: Any) -> Any:
    def looking(self: Client, *args: Any, **kw: Any) -> TestResponse:
        answer: TestResponse = open_(self, *args, **kw)
        if answer.request.path.startswith(f"/{FORCE}/"):
            return answer  # what its own people see
        if not answer.is_streamed or kw.get("buffered"):
            searched.look(f"the answer of {answer.request.path}", answer.get_data())
        searched.look(f"headers of {answer.request.path}", str(answer.headers).encode())
        return answer

    return looking


@pytest.fixture(scope="session", autouse=True)
def _looking() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "open", _open_and_look(Client.open))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    if call.when == "teardown":
        for _, kind, content in item._report_sections:
            searched.look(f"captured {kind}", content.encode())
        item.user_properties.append(("figure", ("artefacts searched", searched.artefacts)))
        item.user_properties.append(("figure", ("foreign canaries", len(searched.found))))
    report = yield
    if call.when == "teardown":
        if searched.found and report.passed:
            report.outcome = "failed"
            report.longrepr = f"the other force's word was seen: {', '.join(searched.found)}"
        searched.artefacts, searched.found = 0, []
    return report
