"""The pictures of the README are taken at a force that the demo's first page leads to."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tools.screenshots import ROOT, portal_at


@pytest.mark.parametrize("query", ["", "?lang=en", "?lang=cy"])
def test_the_first_page_leads_to_a_force_whose_file_is_found(app: Flask, query: str) -> None:
    page = app.test_client().get(f"/{query}").get_data(as_text=True)
    links = re.findall(r'<a [^>]*href="(/hertfordshire/[^"]*)"', page)
    assert links
    for link in links:
        address = portal_at("http://portal.test", link)
        assert address == "http://portal.test/hertfordshire"
        assert (ROOT / "forces" / address.rsplit("/", 1)[1] / "force.toml").is_file()
