"""Every sample unit from its file to its report, through real kernels, and each page in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from browser_data import tables_that_do_not_fit
from bs4 import BeautifulSoup

from keepbook.report import in_language
from keepbook.simulate import experiments_truth
from keepbook.text import catalogue, language
from keepbook.unit import load_unit, unit_names

HOME = Path(__file__).parents[1]
UNITS = unit_names(HOME)
COHORTS, VALUE = "2_cohort_retention", "3_clv"
IDENTITIES = {COHORTS: 3, VALUE: 4}
SECTION = {COHORTS: "money-head", VALUE: "trust-head"}  # id of the cell that a section begins with
SIMULATED = {"demo", "tea"}
NEXT_TEST = "8_next_test"
VERDICTS = {  # page of a unit → what it must conclude, the truth being known of demo's
    "demo/6_strategy_comparison-winback_voucher": "Win-back voucher: set the margin first",
    "demo/6_strategy_comparison-contact_cadence": "Weekly instead of monthly mails: stop, it does not pay",
    "demo/6_strategy_comparison-loyalty_tier": "Loyalty tier: redesign, the split is broken",
    "demo/7_before_after-free_shipping": "Free shipping in the north and east: keep for now",
    "grocery/7_before_after-campaign_18": "Campaign 18, the year's largest mailing of coupons: .* cost",
    # The truth of its voucher is a gain, but so few customers cannot show it; in whichever language.
    "tea/6_strategy_comparison-winback_voucher": ".*too small to tell|.*(太少|不足|不够|过小|太小).*",
    "tea/7_before_after-free_shipping": "华北、华东包邮：暂时保留",
}
FORMULA = ("=", "+", "-", "@")  # how a cell begins that a spreadsheet would run


@pytest.fixture(scope="module")
def reports(sample_reports: Path) -> Path:
    return sample_reports / "all"


def record(reports: Path, unit: str, notebook: str = COHORTS) -> dict:
    return json.loads((reports / unit / notebook / "key_figures.json").read_text(encoding="utf-8"))


def table(reports: Path, unit: str, name: str) -> pd.DataFrame:
    """One of the tables beside the report on value."""
    return pd.read_parquet(reports / unit / VALUE / "tables" / f"{name}.parquet")


def heading(unit: str, notebook: str, cell: str) -> str:
    """The heading of a notebook's cell in the language of the unit's page."""
    made = nbformat.read(HOME / "notebooks" / f"{notebook}.ipynb", as_version=4)
    with language(load_unit(unit, HOME).language or "en"):
        source = next(one.source for one in in_language(made).cells if one.id == cell)
    return source.partition("\n")[0].lstrip("# ")


def said(unit: str, message: str) -> str:
    """A word of the frame in the language of the unit's page."""
    with language(load_unit(unit, HOME).language or "en"):
        return catalogue("report")(message)


def test_the_sample_units_are_those_promised() -> None:
    assert {"cdnow", "demo", "cosmetics", "floral", "deli", "drugstore", "grocery", "tea"} <= set(UNITS)


@pytest.mark.parametrize("notebook", IDENTITIES)
@pytest.mark.parametrize("unit", UNITS)
def test_record_is_complete(reports: Path, unit: str, notebook: str) -> None:
    made = record(reports, unit, notebook)
    assert made["simulated"] is (unit in SIMULATED)
    assert len(made["findings"]) >= 3
    assert len(made["figures"]) >= 3
    for figure in made["figures"]:
        assert figure["ci_lower"] <= figure["value"] <= figure["ci_upper"], figure["name"]
        assert figure["definition"]
    assert len(made["identities"]) == IDENTITIES[notebook]
    tables = reports / unit / notebook / "tables"
    for saved in made["tables"]:
        assert (tables / f"{saved['name']}.csv").is_file()
        assert (tables / f"{saved['name']}.parquet").is_file()
        assert saved["caption"]


@pytest.mark.parametrize("unit", UNITS)
def test_every_customer_is_scored_and_adds_up(reports: Path, unit: str) -> None:
    customers = table(reports, unit, "customers")
    totals = {figure["name"]: figure["value"] for figure in record(reports, unit, VALUE)["figures"]}
    assert customers["customer_id"].is_unique
    assert customers.notna().all(axis=None)
    assert customers["clv"].sum() == pytest.approx(totals["base_value"])
    assert customers["expected_purchases"].sum() == pytest.approx(totals["base_purchases"])
    groups = table(reports, unit, "matrix_p_alive")
    active = (groups["p_alive"] * groups["customers"]).sum() / groups["customers"].sum()
    assert customers["p_alive"].mean() == pytest.approx(active)
    assert customers["clv"].is_monotonic_decreasing
    assert customers.groupby("decile")["clv"].min().is_monotonic_decreasing
    assert (customers["clv_lower"] <= customers["clv_upper"]).all()
    path = reports / unit / VALUE / "tables" / "customers.csv"
    lines = pd.read_csv(path, dtype={"customer_id": str}, keep_default_na=False)
    assert not lines["customer_id"].str.startswith(FORMULA).any()
    assert list(lines["clv"]) == pytest.approx(list(customers["clv"]), abs=1e-6)


@pytest.mark.parametrize("unit", sorted(SIMULATED))
def test_the_truth_of_a_simulated_unit_lies_within_the_intervals(reports: Path, unit: str) -> None:
    """One draw of the simulation; intervals that hold 95 times in 100 are tested where they are made."""
    outlook = table(reports, unit, "outlook")
    assert outlook["true_value"].between(outlook["value_lower"], outlook["value_upper"]).all()
    assert outlook["true_purchases"].between(outlook["purchases_lower"], outlook["purchases_upper"]).all()


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_knows_what_its_next_test_could_find(reports: Path, unit: str) -> None:
    made = record(reports, unit, NEXT_TEST)
    assert len(made["identities"]) == 2
    assert {"available_active", "available_silent"} <= {figure["name"] for figure in made["figures"]}
    assert all(figure["definition"] for figure in made["figures"])


@pytest.mark.parametrize(("page", "label"), VERDICTS.items())
def test_what_was_tried_ends_in_a_verdict(reports: Path, page: str, label: str) -> None:
    made = record(reports, *page.split("/"))
    assert re.fullmatch(label, made["verdict"]["label"])
    assert len(made["verdict"]["reason"]) > 40
    assert len(made["identities"]) >= 2
    for figure in made["figures"]:
        assert figure["ci_lower"] <= figure["value"] <= figure["ci_upper"], figure["name"]
    index = BeautifulSoup((reports / "index.html").read_text(encoding="utf-8"), "html.parser")
    (link,) = index.select(f'a[href="{page}/index.html"]')
    title = (made.get("experiment") or made["change"])["title"]
    assert link.get_text().startswith(title), "in the language of the page over all units"


def test_only_what_was_tried_has_a_page(reports: Path) -> None:
    folders = reports.glob("*/[67]_*")
    assert {f"{path.parent.name}/{path.name}" for path in folders} == set(VERDICTS)


@pytest.mark.parametrize("unit", sorted(SIMULATED))
def test_the_truth_of_the_voucher_lies_within_the_intervals(reports: Path, unit: str) -> None:
    folder = reports / unit / "6_strategy_comparison-winback_voucher"
    effects = pd.read_parquet(folder / "tables" / "effects.parquet").set_index("metric")
    truth = experiments_truth(load_unit(unit, HOME).transactions.simulation())["winback_voucher"]
    for metric in ("retained", "revenue", "orders"):
        assert effects.loc[metric, "ci_lower"] <= truth[metric] <= effects.loc[metric, "ci_upper"]


def test_the_demo_says_what_a_new_customer_costs(reports: Path) -> None:
    said = {unit: " ".join(record(reports, unit, VALUE)["findings"]) for unit in ("demo", "cdnow")}
    assert "A new customer costs" in said["demo"]
    assert "A new customer costs" not in said["cdnow"]


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
@pytest.mark.parametrize("notebook", SECTION)
@pytest.mark.parametrize("unit", UNITS)
def test_report_opens_quietly(reports: Path, quiet_page, unit: str, notebook: str) -> None:
    page = quiet_page
    page.goto((reports / unit / notebook / "index.html").as_uri())
    assert page.locator("figure.kb-figure svg").count() >= 5
    assert page.locator(".kb-simulated").count() == (1 if unit in SIMULATED else 0)
    assert page.locator(".kb-code pre").first.is_hidden()
    page.get_by_role("button", name=said(unit, "show-code")).click()
    assert page.locator(".kb-code pre").first.is_visible()
    page.locator(".kb-contents > summary").click()
    page.locator(".kb-contents a", has_text=heading(unit, notebook, SECTION[notebook])).first.click()
    assert page.url.partition("#")[2]


@pytest.mark.browser
@pytest.mark.parametrize("page", [*VERDICTS, f"floral/{NEXT_TEST}", f"demo/{NEXT_TEST}"])
def test_page_of_a_strategy_opens_quietly(reports: Path, quiet_page, page: str) -> None:
    quiet_page.goto((reports / page / "index.html").as_uri())
    assert quiet_page.locator("figure.kb-figure svg").count() >= 2
    assert quiet_page.locator(".kb-verdict").count() == (1 if page in VERDICTS else 0)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert quiet_page.evaluate(wide)
    assert tables_that_do_not_fit(quiet_page) == {"screen": [], "print": []}


@pytest.mark.browser
def test_index_leads_to_every_report(reports: Path, quiet_page) -> None:
    page = quiet_page
    page.goto((reports / "index.html").as_uri())
    for unit in UNITS:
        title = record(reports, unit)["title"]
        page.get_by_role("link", name=title, exact=True).click()
        assert page.locator("h1").inner_text() == heading(unit, "0_summary", "title")
        page.get_by_role("link", name=said(unit, "all-units")).click()
