"""Customers and purchases made in a test, in the forms in which planning takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepbook.planning.sample_size import Variation
from keepbook.planning.simulation import Cells

Floats = NDArray[np.float64]


def share(present: float, pre_variance: float = 0.0, covariance: float = 0.0) -> Variation:
    """Of `retained`: those who buy on top count as buyers."""
    return Variation("retained", present, present * (1 - present), pre_variance, covariance, 1.0, 1.0)


def money(x: Floats, pre: Floats | None = None) -> Variation:
    """Of revenue, in which everybody with a positive amount is a buyer."""
    cov = np.cov(x, pre if pre is not None else np.zeros(len(x)))
    bought = x[x > 0]
    return Variation(
        "revenue", x.mean(), cov[0, 0], cov[1, 1], cov[0, 1], bought.mean(), float((bought**2).mean())
    )


def cells(x: Floats, pre: Floats | None = None, *, is_share: bool = False) -> Cells:
    """Every customer a cell of one's own."""
    before = pre if pre is not None else np.zeros(len(x))
    return Cells(np.ones(len(x), int), x, before, x > 0, is_share)


def within(rate: float, truth: float, n: int, errors: float = 3.5) -> bool:
    """So many binomial standard errors; at 3.5 chance alone breaks one of 2,000."""
    return bool(abs(rate - truth) < errors * np.sqrt(truth * (1 - truth) / n))


def lines(*orders: tuple[str, str, float]) -> str:
    return "customer_id,date,amount\n" + "".join(f"{who},{day},{amount}\n" for who, day, amount in orders)


def tiny_shop() -> str:
    """40 customers of 20 May; 20 of them back in June, 10 twice. A test of 30 days begins on 31 May."""
    orders = [("first", "2024-01-01", 5.0), ("late", "2024-06-30", 99.0)]
    for i in range(40):
        orders.append((f"c{i}", "2024-05-20", 10.0 + i % 7))
        orders += [(f"c{i}", "2024-06-05", 20.0)] if i < 20 else []
        orders += [(f"c{i}", "2024-06-29", 30.0)] if i < 10 else []
    orders.append(("c39", "2024-06-30", 1000.0))  # the 31st day
    return lines(*orders)
