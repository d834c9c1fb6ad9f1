"""P(alive) of one customer over time: lifetimes' own formulas with the history known on each day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cohort_data import purchases_of
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from test_clv_views import AS_OF, ROWS, WINDOW

from keepbook import clv
from keepbook.clv.page.customer_figures import alive_path as drawn_path
from keepbook.errors import KeepbookError
from keepbook.page.html import plain

FITTERS: dict[str, Any] = {
    "bg_nbd": BetaGeoFitter,
    "mbg_nbd": ModifiedBetaGeoFitter,
    "pareto_nbd": ParetoNBDFitter,
}
DAYS = pd.DataFrame(ROWS, columns=["customer", "date", "money", "bought"]).groupby("customer")["date"]
SILENT = DAYS.max() < AS_OF - dt.timedelta(days=30)
OFTEN = str((DAYS.count()[SILENT] - 8).abs().idxmin())  # lifetimes' Pareto/NBD loses all digits of more
ONCE = str(DAYS.count().idxmin())


class Fitted:
    """One shop fitted by one process."""

    def __init__(self, model: str, time_unit: Any = "day") -> None:
        self.purchases = purchases_of(ROWS, "alive")
        self.base = clv.customer_base(self.purchases, WINDOW, clv.Choices(model=model, time_unit=time_unit))
        self.model = clv.fit_model(self.base)

    def path(self, customer: str) -> pd.DataFrame:
        return clv.alive_path(self.purchases, self.base, self.model, customer)


@pytest.mark.parametrize("key", FITTERS)
def test_every_day_is_what_lifetimes_says_of_the_history_up_to_it(key: str) -> None:
    fitted = Fitted(key)
    path = fitted.path(OFTEN).set_index("date")["p_alive"]
    dates = sorted(DAYS.get_group(OFTEN))
    lifetimes = FITTERS[key]()
    lifetimes.params_ = fitted.model.fitter.params_  # type: ignore[attr-defined]
    quiet = sorted(
        {day.date() for day in path.index} - set(dates)
    )  # lifetimes' is missing on a day of purchase
    for day in (quiet[0], *quiet[40::60], AS_OF):
        known = [date for date in dates if date <= day]
        history = (len(known) - 1, (known[-1] - known[0]).days, (day - known[0]).days)
        own = fitted.model.fitter.conditional_probability_alive(*history)  # type: ignore[attr-defined]
        assert path[pd.Timestamp(day)] == pytest.approx(float(own), abs=1e-12)
        assert path[pd.Timestamp(day)] == pytest.approx(
            float(np.squeeze(lifetimes.conditional_probability_alive(*history))), abs=1e-6
        )


@pytest.mark.parametrize("time_unit", ["day", "week"])
def test_it_ends_at_the_score_of_the_customer(time_unit: str) -> None:
    fitted = Fitted("mbg_nbd", time_unit)
    scores = clv.score(fitted.base, fitted.model).to_pandas().set_index("customer_id")
    for customer in (OFTEN, ONCE):
        path, score = fitted.path(customer), scores.loc[customer]
        last = path.iloc[-1]
        assert (last.frequency, last.recency, last["T"]) == (score.frequency, score.recency, score["T"])
        assert last.p_alive == pytest.approx(score.p_alive, abs=1e-14)
        assert last.date.date() == AS_OF and len(path) == score["T"] + 1
        assert path["bought"].sum() == score.frequency + 1 and path["bought"].iloc[0]


def test_silence_lowers_it_and_a_purchase_raises_it() -> None:
    path = Fitted("mbg_nbd").path(OFTEN)
    step = path["p_alive"].diff().iloc[1:]
    bought = path["bought"].iloc[1:]
    assert (step[~bought] < 0).all()
    assert (path["p_alive"].between(0, 1)).all()


def test_a_purchase_day_is_marked_and_the_end_is_in_the_title() -> None:
    fitted = Fitted("bg_nbd")
    path = fitted.path(ONCE)
    chart = drawn_path(path, ONCE, fitted.model, fitted.base.choices)
    assert chart.title == f"{ONCE} is > 99.9 % likely to be still active"
    assert f"up to {AS_OF}" in chart.measure and "from 1 day with a purchase" in chart.caption
    assert "BG/NBD counts whoever bought once as active." in plain(chart.caption)
    assert "| bought; &gt; 99.9 % active" in chart.drawing.wide
    assert list(chart.data["p_alive"]) == list(path["p_alive"])


def test_an_unknown_customer_is_told_with_the_nearest() -> None:
    with pytest.raises(
        KeepbookError, match="There is no customer 'c1x' with a purchase up to 2024-06-30."
    ) as error:
        Fitted("mbg_nbd").path("c1x")
    assert error.value.expected == "did you mean 'c1'?"
    assert error.value.do
