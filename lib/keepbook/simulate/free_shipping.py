"""Free shipping: a change, not drawn by lot. Living customers of two regions order more for six months."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from keepbook.simulate.effects import Effects, Population, Window, difference, orders_on

SHIPPING = "free_shipping"
SHIPPING_REGIONS = ("north", "east")
SHIPPING_FROM, SHIPPING_MONTHS = 0.49, 6
"""It begins with the first month after this share of the window, and lasts so many months."""

SHIPPING_LIFT = 0.4
"""While it lasts, living customers of these regions order so much more often."""

KNOWN_MONTHS = 6
"""It is for customers who had bought before this many months before it began."""


def free_shipping(
    population: Population,
    happened: pd.DataFrame,
    concerned: npt.NDArray[np.bool_],
    window: Window,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, Effects]:
    """More orders of living customers, at a higher rate for as long as it lasts; and its effect per month."""
    months = list(_months(window))
    concerned = concerned & (population.acquired < _known_before(window))
    if not months or not concerned.any():
        return happened.iloc[:0], {}
    begins, ends = months[0][0], sum(months[-1])
    alive = (
        np.clip(np.minimum(population.acquired + population.lives.lifetime, ends) - begins, 0, None)
        * concerned
    )
    buyer = np.repeat(np.arange(len(alive)), rng.poisson(SHIPPING_LIFT * population.lives.rate * alive))
    day = np.floor(begins + rng.random(len(buyer)) * alive[buyer]).astype(np.int64)
    brought = orders_on(population, buyer, day, rng)
    effect = [
        difference(happened, brought, np.full(len(alive), first), length)[concerned].mean()
        for first, length in months
    ]
    return brought, {SHIPPING: pd.concat(effect, axis=1).mean(axis=1).to_dict()}


def _months(window: Window) -> Iterator[tuple[int, int]]:
    """First day (number) and length of the whole months for which free shipping lasts."""
    first = _first_month(window)
    for month in pd.period_range(first, periods=SHIPPING_MONTHS, freq="M"):
        begins = _day_of(month.start_time, window)
        if begins + month.days_in_month <= window.days:
            yield begins, month.days_in_month


def _first_month(window: Window) -> pd.Timestamp:
    return (
        pd.Timestamp(window.start)
        + pd.Timedelta(days=round(SHIPPING_FROM * window.days))
        + pd.offsets.MonthBegin()
    )


def _known_before(window: Window) -> int:
    return _day_of(_first_month(window) - pd.DateOffset(months=KNOWN_MONTHS), window)


def _day_of(moment: pd.Timestamp, window: Window) -> int:
    return (moment - pd.Timestamp(window.start)).days
