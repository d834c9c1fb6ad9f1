"""Every sample unit from its file to its report, through real kernels, and each page in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keepbook.params import unit_names
from keepbook.runner import run

HOME = Path(__file__).parents[1]
UNITS = unit_names(HOME)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    outcomes = run(HOME, jobs=2, reports=folder)
    assert {outcome.unit: outcome.status for outcome in outcomes} == dict.fromkeys(UNITS, "made")
    return folder


def record(reports: Path, unit: str) -> dict:
    return json.loads(
        (reports / unit / "2_cohort_retention" / "key_figures.json").read_text(encoding="utf-8")
    )


def test_the_sample_units_are_those_promised() -> None:
    assert {"cdnow", "demo", "cosmetics", "floral", "deli", "drugstore", "grocery"} <= set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_record_is_complete(reports: Path, unit: str) -> None:
    made = record(reports, unit)
    assert made["simulated"] is (unit == "demo")
    assert len(made["findings"]) >= 3
    for figure in made["figures"]:
        assert figure["ci_lower"] <= figure["value"] <= figure["ci_upper"]
        assert figure["definition"]
    assert len(made["identities"]) == 3
    tables = reports / unit / "2_cohort_retention" / "tables"
    for name in made["tables"]:
        assert (tables / f"{name}.csv").is_file()
        assert (tables / f"{name}.parquet").is_file()


def test_cdnow_is_the_published_data(reports: Path) -> None:
    """69,659 lines, $2,500,315.63 (Fader & Hardie's master file), 23,570 customers, three monthly cohorts."""
    made = record(reports, "cdnow")
    assert made["lines"] == {"in": 69_659, "kept": 69_659}
    assert made["amount"]["in"] == made["amount"]["kept"] == 2_500_315.63
    assert made["identities"][0]["right"] == 23_570


@pytest.fixture
def quiet_page(browser) -> Iterator:
    page, noise, requests = browser.new_page(), [], []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    yield page
    page.close()
    assert noise == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize("unit", UNITS)
def test_report_opens_quietly(reports: Path, quiet_page, unit: str) -> None:
    page = quiet_page
    page.goto((reports / unit / "2_cohort_retention" / "index.html").as_uri())
    assert page.locator("figure.kb-figure svg").count() >= 5
    assert page.locator(".kb-simulated").count() == (1 if unit == "demo" else 0)
    assert page.locator(".kb-code pre").first.is_hidden()
    page.get_by_role("button", name="Show code").click()
    assert page.locator(".kb-code pre").first.is_visible()
    page.get_by_role("link", name="Their money").first.click()
    assert page.url.endswith("#Their-money")


@pytest.mark.browser
def test_index_leads_to_every_report(reports: Path, quiet_page) -> None:
    page = quiet_page
    page.goto((reports / "index.html").as_uri())
    for unit in UNITS:
        title = record(reports, unit)["title"]
        page.get_by_role("link", name=title, exact=True).click()
        assert page.locator("h1").inner_text() == "Who stays? Cohort retention"
        page.get_by_role("link", name="All units").click()
