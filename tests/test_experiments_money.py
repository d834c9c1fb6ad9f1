"""What a treatment earns, by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiment_data import N, arm, experiment, judged, money_of
from scipy.stats import norm

from keepbook.stats.moments import Moments


def money(control: Moments, treatment: Moments, **keys: Any) -> pd.Series:
    named = experiment(**keys)
    return money_of({"margin": {"none": control, "voucher": treatment}}, named, 1000).iloc[0]


def test_money_by_hand() -> None:
    """Means 1 and 3 of 100 each, variances 100/99 of spread 1 around them, a cost of 0.5."""
    control, treatment = arm(margin=np.tile([0.0, 2.0], 50)), arm(margin=np.tile([2.0, 4.0], 50))
    found = money(control, treatment, cost=0.5, rollout_to=7)
    error = math.sqrt(2 / 99)
    assert (found["gain"], found["cost"], found["profit"]) == pytest.approx((2, 0.5, 1.5))
    assert found["max_loss"] == pytest.approx(0.03)
    half = 1.9720175 * error  # Student's t, 198 degrees of freedom
    assert (found["profit_lower"], found["profit_upper"]) == pytest.approx((1.5 - half, 1.5 + half), rel=1e-7)
    assert found["error"] == pytest.approx(error * 1.9720175 / 1.9599640, rel=1e-7)
    z = 1.5 / found["error"]
    assert found["chance"] == pytest.approx(norm.cdf(z))
    lost = found["error"] * (norm.pdf(z) - z * norm.sf(z))
    assert found["loss_rolled_out"] == pytest.approx(lost, rel=1e-4)
    assert found["loss_kept"] == pytest.approx(1.5 + lost)


def test_the_control_may_cost_something_too() -> None:
    control, treatment = arm(margin=np.arange(10.0)), arm(margin=np.arange(10.0) + 3)
    assert money(control, treatment, cost={"none": 0.5, "voucher": 2})["cost"] == pytest.approx(1.5)
    assert money(control, treatment, cost={"voucher": 2})["cost"] == pytest.approx(2)
    assert np.isnan(money(control, treatment, cost={"none": 2})["cost"])
    assert np.isnan(money(control, treatment)["profit"])


def test_what_earns_is_rolled_out_though_the_control_brings_nothing() -> None:
    """Silent customers: none of the control comes back, half of the treated spend 20."""
    arms = {"none": arm(margin=np.zeros(N)), "voucher": arm(margin=np.tile([0.0, 20.0], N // 2))}
    named = experiment(cost=1.0)
    row = money_of({"margin": arms}, named, 1000).iloc[0]
    assert row["profit_lower"] > 8
    assert judged(row.to_dict()).action == "roll-out"


def of_two(none: float, first: float, second: float, **keys: Any) -> pd.DataFrame:
    """Two treatments of 100 customers each, whose margin spreads by 1 around these means."""
    means = {"none": none, "first": first, "second": second}
    arms = {name: arm(margin=mean + np.tile([-1.0, 1.0], 50)) for name, mean in means.items()}
    return money_of({"margin": arms}, experiment(**keys), 1000).set_index("variant")


def test_which_of_several_treatments_earns_most() -> None:
    """Profits 1.6 and 1.7 of independent arms; the control, in both comparisons, has no part in it."""
    found = of_two(1.0, 3.0, 3.2, cost={"first": 0.4, "second": 0.5})
    wider = 1.9720175 / 1.9599640  # Student's t, 198 degrees of freedom
    apart = math.sqrt(2 / 99) * wider
    assert found["own_error"].to_numpy() == pytest.approx(math.sqrt(1 / 99) * wider, rel=1e-6)
    assert found.loc["second", "best"] == pytest.approx(norm.cdf(0.1 / apart), rel=1e-5)
    assert found["best"].sum() == pytest.approx(1)
    lost = apart * norm.pdf(0.1 / apart) - 0.1 * norm.sf(0.1 / apart)
    assert found.loc["second", "loss_best"] == pytest.approx(lost, rel=1e-4)
    assert found.loc["first", "loss_best"] == pytest.approx(0.1 + lost, rel=1e-4)


def test_one_treatment_alone_is_not_called_the_best_of_all() -> None:
    alone = money(arm(margin=np.tile([0.0, 2.0], 50)), arm(margin=np.tile([2.0, 4.0], 50)), cost=0.5)
    assert math.isnan(alone["best"])
    assert of_two(1.0, 3.0, 3.2)["best"].isna().all()  # nor where no cost is known
