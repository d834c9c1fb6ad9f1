"""Every page is self-contained, runs no script but its own, and is in order."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from bs4 import BeautifulSoup
from report_data import decisions, index_rows, sample_error, sample_notebook

from keepbook.report import render, render_index

EVERY_PAGE = [
    pytest.param(lambda: render(sample_notebook(), title="T"), id="report"),
    pytest.param(
        lambda: render_index(index_rows(), decisions(), generated_at="now", version="1"), id="index"
    ),
    pytest.param(sample_error, id="error"),
]


@pytest.mark.parametrize("make", EVERY_PAGE)
def test_nothing_is_loaded(make) -> None:
    soup = BeautifulSoup(make(), "html.parser")
    assert not soup.find_all(["iframe", "object", "embed", "base"])
    for tag in soup.find_all(True):
        for name in ("src", "srcset", "href", "xlink:href", "data", "poster", "action", "formaction"):
            if tag.has_attr(name) and tag.name != "a":
                assert str(tag[name]).startswith(("#", "data:")), tag
        assert not [name for name in tag.attrs if name.startswith("on")], tag
    assert not re.search(r"@import|url\((?!#)", make())


@pytest.mark.parametrize("make", EVERY_PAGE)
def test_only_the_pages_own_script_may_run(make) -> None:
    soup = BeautifulSoup(make(), "html.parser")
    (script,) = soup.find_all("script")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "script-src 'unsafe" not in policy
    # A policy holds only for what follows it.
    assert [tag.name for tag in soup.head.find_all(True)].index("style") > 1


@pytest.mark.parametrize("make", EVERY_PAGE)
def test_ids_are_unique_and_headings_in_order(make) -> None:
    soup = BeautifulSoup(make(), "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True) if not tag.find_parent("svg")]
    assert len(ids) == len(set(ids))
    levels = [int(tag.get("aria-level", tag.name[1])) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    assert soup.html["lang"] == "en"
