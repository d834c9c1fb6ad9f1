"""The plan of the demo unit is the past summed up by pandas, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from planning_data import within

from conftest import REPOSITORY
from keepbook.errors import NotEnoughData
from keepbook.planning import plan
from keepbook.planning.analysis import PlanningAnalysis
from keepbook.planning.history import baseline_of
from keepbook.planning.page.facts import findings, needed_of_all, needed_table
from keepbook.planning.sample_size import variations_of
from keepbook.planning.simulation import cells_of
from keepbook.results import Missing, is_missing
from keepbook.tables import Tables, open_tables
from keepbook.unit import Unit, load_unit

FRAMES = ("needed", "detectable", "simulated", "false_positive")


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[Tables, Unit]]:
    unit = load_unit("demo", REPOSITORY)
    with open_tables(unit) as tables:
        yield tables, unit


def test_the_demo_shop(demo: tuple[Tables, Unit]) -> None:
    """The past summed up by pandas; power and false alarms within their binomial errors."""
    made = plan(*demo)
    rows = demo[0].purchases.to_pandas()
    rows = rows.assign(date=pd.to_datetime(rows["date"]), amount=rows["amount"].astype(float))
    bought, anchor = rows[rows["is_purchase"]], pd.Timestamp(made.history.anchor)
    last = bought[bought["date"] < anchor].groupby("customer_id")["date"].max()
    people = last.index[last >= anchor - pd.Timedelta(days=90)]
    after = rows[rows["customer_id"].isin(people) & (rows["date"] >= anchor)]
    after = after[after["date"] < anchor + pd.Timedelta(days=60)]
    assert made.history.eligible == len(people)
    bought = after[after["is_purchase"]]
    assert made.history.retained == pytest.approx(bought["customer_id"].nunique() / len(people))
    assert made.history.orders == pytest.approx(len(bought) / len(people))
    assert made.history.revenue == pytest.approx(after["amount"].sum() / len(people))
    for row in made.simulated.itertuples():
        assert within(row.power, row.formula, 500, errors=4)
    for row in made.false_positive.itertuples():
        assert within(row.rate, 0.05, 500, errors=4)


def test_the_same_seed_gives_the_same_plan(demo: tuple[Tables, Unit]) -> None:
    once, again, other = (plan(*demo, seed=seed, replications=60) for seed in (5, 5, 6))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(once, name), getattr(again, name), rtol=1e-12)
    assert not once.simulated["power"].equals(other.simulated["power"])
    pd.testing.assert_frame_equal(once.needed, other.needed, rtol=1e-12)


def test_cells_keep_the_moments(demo: tuple[Tables, Unit]) -> None:
    """Money is put together by tenths: the mean stays, and all but 0.2 % of the variance."""
    tables, unit = demo
    baseline = baseline_of(tables, unit, "active", 60, 90)
    for metric, variation in variations_of(baseline).items():
        own = cells_of(baseline.outcomes, variation)
        assert own.count.sum() == baseline.history.eligible
        assert np.average(own.x, weights=own.count) == pytest.approx(variation.mean, rel=1e-12)
        cov = np.cov(own.x, own.pre, fweights=own.count)
        exact = 1e-9 if metric != "revenue" else 2e-3
        assert cov[0, 0] == pytest.approx(variation.variance, rel=exact)
        assert cov[0, 1] == pytest.approx(variation.covariance, rel=exact, abs=1e-9)
        assert len(own.count) < baseline.history.eligible / 2


def test_what_a_plan_takes_for_granted_is_said_once(demo: tuple[Tables, Unit]) -> None:
    nothing: Any = Missing(NotEnoughData("Nothing."))
    assert findings([nothing, nothing], demo[1]) == ["Nothing.", "Nothing."]
    told = findings([plan(*demo), nothing], demo[1])
    assert [sentence for sentence in told if "a planned end" in sentence] == told[-1:]
    assert told[0].startswith("A test of today's 1,875 active customers would show a lift of ")


def test_what_a_lift_takes_is_told_of_who_comes_back_and_for_analysts_of_all(
    demo: tuple[Tables, Unit],
) -> None:
    made = plan(*demo, replications=20)
    rows = made.needed[made.needed["metric"] == "retained"]
    short, whole = needed_table(made), needed_of_all(made)
    assert short.headings["lift"] == "lift in who comes back"
    assert list(short.frame["customers per arm"]) == list(rows["n_per_arm_cuped"])
    texts = {row[0]: row[1:] for row in short.texts()}
    assert list(texts) == ["2 %", "5 %", "10 %", "20 %", "50 %"]
    late = rows[rows["weeks"] > 52]["lift"]
    assert len(late) and all(texts[f"{lift:.0%}".replace("%", " %")][1:] == ("> 52", "–") for lift in late)
    ready = rows[rows["lift"] == 0.5].iloc[0]
    assert texts["50 %"][1:] == (f"{ready['weeks']:.0f}", f"{ready['ready_on']:%Y-%m-%d}")
    assert len(whole.frame) == len(made.needed) == 15
    assert list(whole.frame["without the pre-period"]) == list(made.needed["n_per_arm"])
    assert (short.name, whole.name) == ("needed_active", "needed_all_active")


def test_the_analysis_makes_both_plans_and_their_sums_agree(demo: tuple[Tables, Unit]) -> None:
    """Two plans of a unit; a fault in one is told, and the other stays."""
    planning = PlanningAnalysis(demo[1], demo[0])
    assert [planning.active.audience, planning.silent.audience] == ["active", "silent"]
    for identity in (planning.customers_add_up, planning.money_adds_up):
        assert identity.left == pytest.approx(identity.right, abs=0.005) and identity.left > 0
    assert [tile.name for tile in planning.tiles] == [
        "available_active",
        "detectable_active",
        "available_silent",
        "detectable_silent",
    ]
    planning.__dict__["silent"] = Missing(NotEnoughData("Nobody is silent."))
    planning.__dict__.pop("tiles")
    assert [tile.name for tile in planning.tiles] == ["available_active", "detectable_active"]
    assert "Nobody is silent." in planning.findings
    assert is_missing(planning.power_silent) and str(planning.needed_silent) == "Nobody is silent."
