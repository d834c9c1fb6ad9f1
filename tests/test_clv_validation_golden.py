"""Models predict the published holdout of CDNOW's sample."""

from __future__ import annotations

import datetime as dt
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from cohort_data import purchases_of

from keepbook.clv.processes.bg_nbd import BG, MBG
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.validation import backtest, measures
from keepbook.clv.validation.backtest import predict
from keepbook.clv.validation.baselines import Split, split


@pytest.fixture(scope="module")
def sample() -> Split:
    """The 1/10 sample of CDNOW at 30 September 1997, and its 39 weeks of holdout."""
    origin = find_spec("lifetimes")
    assert origin and origin.origin
    lines = pd.read_csv(
        Path(origin.origin).parent / "datasets" / "CDNOW_sample.txt",
        sep=r"\s+",
        names=["master", "customer_id", "date", "quantity", "money"],
        dtype={"customer_id": str, "date": str},
    )
    days = lines.groupby(["customer_id", "date"], as_index=False)["money"].sum()
    rows = [
        (customer, dt.datetime.strptime(date, "%Y%m%d").date(), float(money), True)
        for customer, date, money in days.itertuples(index=False)
    ]
    table = purchases_of(rows, "cdnow_sample")
    return split(table, dt.date(1997, 1, 1), dt.date(1997, 9, 30), dt.date(1998, 6, 30), "day")


@pytest.mark.parametrize(
    ("process", "total", "mae", "rmse"),
    [(BG, 1653.4, 0.7855, 1.608), (MBG, 1576.7, 0.7648, 1.607), (PARETO, 1665.5, 0.7545, 1.603)],
)
def test_the_published_holdout(sample: Split, process: object, total: float, mae: float, rmse: float) -> None:
    """CDNOW's sample, with lifetimes 0.11.3: 2,357 customers, 1,882 repeat purchases."""
    made, actual = predict(process, sample), sample.actual["purchases"]  # type: ignore[arg-type]
    assert len(actual) == 2357 and actual.sum() == 1882
    assert made.purchases.sum() == pytest.approx(total, abs=0.05)
    assert measures.mae(actual, made.purchases) == pytest.approx(mae, abs=0.00005)
    assert measures.rmse(actual, made.purchases) == pytest.approx(rmse, abs=0.0005)


@pytest.mark.parametrize("process", [BG, MBG, PARETO], ids=lambda process: process.key)
def test_probabilities_of_what_happened(sample: Split, process: object) -> None:
    """They are probabilities, and what is below and at zero purchases is what does not return."""
    made, actual = predict(process, sample), sample.actual["purchases"]  # type: ignore[arg-type]
    for values in (made.at, made.below, made.below + made.at, made.p_return, made.p_alive):
        assert (values >= 0).all() and (values <= 1 + 1e-9).all()
    none = actual == 0
    assert (made.below[none] == 0).all()
    assert made.at[none] == pytest.approx(1 - made.p_return[none])
    assert (made.p_return <= made.p_alive + 1e-12).all()
    levels = backtest.coverage(made, 0.05)
    assert (levels["covered"].diff().dropna() > 0).all()
