"""What a change earns: margin it adds less what it costs."""

import pandas as pd

from keepbook.before_after.did import columns_of
from keepbook.before_after.estimates import NAN, Estimate


def money_of(
    revenue: Estimate,
    margin: float,
    cost: float | None,
    periods: int | None,
    customer_periods: float,
    alpha: float,
) -> pd.DataFrame:
    """The effect on revenue in margin, per customer and period and altogether.

    Parameters
    ----------
    revenue : its effect per customer and period.
    margin : share of revenue that is earned. cost : money per
        treated customer and period; None where the unit file does not say.
    periods : from the date on, in all of which every customer counts; None where each counts in some of them.
    customer_periods : treated customers in these periods, added up.

    Returns
    -------
    DataFrame : one row per basis (`customer and period`, `customer` unless periods is None, `total`): basis,
        gain, gain_lower, gain_upper (margin added, before cost), cost, profit, profit_lower, profit_upper,
        error, chance (that it earns, under a flat prior). All from cost on are missing where no cost is
        stated.
    """
    rows = []
    for basis, factor in (("customer and period", 1), ("customer", periods), ("total", customer_periods)):
        if factor is None:
            continue
        spent = NAN if cost is None else cost * factor
        gain, profit = (revenue.times(margin * factor, less) for less in (0.0, spent))
        doubt = {"error": NAN if cost is None else profit.error, "chance": profit.above(0)}
        money = (
            columns_of(gain, alpha, "gain") | {"cost": spent} | columns_of(profit, alpha, "profit") | doubt
        )
        rows.append({"basis": basis, **money})
    return pd.DataFrame(rows)
