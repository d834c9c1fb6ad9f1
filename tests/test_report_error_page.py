"""The error page says what, where and what to do, and leaves out what is not known."""

from __future__ import annotations

from bs4 import BeautifulSoup
from report_data import HOSTILE, sample_error

from keepbook.report import render_error


def test_error_page_says_what_where_and_what_to_do() -> None:
    soup = BeautifulSoup(sample_error(), "html.parser")
    assert soup.h1.get_text() == "Cohort retention could not be made for Web shop"
    assert (
        soup.select_one(".kb-cause").get_text(strip=True) == "The column 'amount' is not in transactions.csv."
    )
    lines = dict(
        zip((t.get_text() for t in soup.select("dt")), (t.get_text() for t in soup.select("dd")), strict=True)
    )
    assert lines["Where"] == "params/web.yaml, transactions.columns.amount"
    assert lines["What was expected"].endswith(HOSTILE)
    assert lines["What to do"].startswith("Write `amount: total`")
    assert "shop.opening()  # <b>" in soup.select_one(".kb-failed-cell pre").get_text()
    fold = soup.select_one("details.kb-traceback")
    assert not fold.has_attr("open") and "KeyError: 'amount' <b>" in fold.pre.get_text()
    assert soup.select_one(".kb-previous a")["href"] == "index.html"
    assert soup.select_one(".kb-home")["href"] == "../../index.html"


def test_error_page_leaves_out_what_is_not_known() -> None:
    page = render_error(unit="u", notebook="n", error="The run was stopped.", where=[])
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.select("dl, .kb-previous, .kb-failed-cell, .kb-traceback, .kb-home")
