"""How pages write what was compared: a difference with its limits, the margin from which it pays, a tile."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from keepbook.page.elements import Tile
from keepbook.page.html import plain
from keepbook.text import MISSING, Show, change_format, estimate, interval, percent

Row = Mapping[Any, Any]  # of results: values, each with its <name>_lower and <name>_upper


def limits_of(row: Row, name: str, show: Show) -> str:
    """`1.20–2.30`: the limits that stand under a name."""
    return interval(row[f"{name}_lower"], row[f"{name}_upper"], show)


def difference(
    row: Row,
    value: str = "effect",
    limits: str = "ci",
    currency: str | None = None,
    near: float | None = None,
) -> str:
    """A difference of a metric in bold, signed, before its interval: `+1.70 EUR (+1.20 to +2.30)`.

    Parameters
    ----------
    row : with the `kind` of the metric. near : a value whose digits it takes; None: its own.
    """
    near = row[value] if near is None else near
    show, bare = (change_format(row["kind"], one, near) for one in (currency, None))
    return estimate(show(row[value]), limits_of(row, limits, bare))


def cell(row: Row, value: str, limits: str, show: Show | None = None, unbounded: bool = False) -> str:
    """A value and its interval in a table, where both are known: `1.70 (1.20–2.30)`.

    Parameters
    ----------
    show : None: as a difference of the row's metric. unbounded : an unknown interval stands there, `(–)`.
    """
    show = show or change_format(row["kind"], None, row["effect"])
    known = pd.notna(row[value]) and (unbounded or pd.notna(row[f"{limits}_lower"]))
    return plain(estimate(show(row[value]), limits_of(row, limits, show))) if known else show(row[value])


def true_effect(row: Row, truth: Mapping[str, float]) -> str:
    """What is known to be true of a row's metric, in as many digits as its effect."""
    value = truth.get(row["metric"])
    return MISSING if value is None else change_format(row["kind"], None, row["effect"])(value)


def break_even(cost: float, row: Row, value: str, limits: str) -> str:
    """From which margin on additional revenue pays for its cost: `25 % (12–50 %)`."""
    show = partial(percent, digits=0)
    least, most = cost / row[f"{limits}_upper"], cost / row[f"{limits}_lower"]
    return estimate(show(cost / row[value]), interval(least, most, show))


def signed_percent(share: float, digits: int = 1) -> str:
    """`+4.0 %`, `−12.0 %`."""
    return f"{'+' if share > 0 else ''}{percent(share, digits)}"


def tile(row: Row, value: str, limits: str | None, **shown: Any) -> Tile:
    """A key figure from a row of results; without an interval where it has none, or it is not known."""
    ends = [row[f"{limits}_{end}"] if limits else None for end in ("lower", "upper")]
    lower, upper = (None if end is None or pd.isna(end) else float(end) for end in ends)
    return Tile(value=float(row[value]), ci_lower=lower, ci_upper=upper, **shown)
