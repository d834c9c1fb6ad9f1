"""Small shops in which something was introduced, and what the page on it must say, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from before_after_panels import DATE, Floats, change, rows_of, tables

from keepbook.before_after import BeforeAfter, before_after

WEEKS = 6  # before the date, and from it on
UNIT: Any = SimpleNamespace(currency="EUR", alpha=0.05, margin=1.0)


def groups(
    gain: float = 0.0,
    treated: float = 10.0,
    comparison: float = 10.0,
    drift: float = 0.0,
    common: tuple[float, float] = (0.0, 0.0),
    n: int = 150,
    seed: int = 1,
) -> tuple[Floats, Floats]:
    """Money per customer and week of two groups, shape (n, 12) each; one purchase in two is made.

    Parameters
    ----------
    gain : of the treated, from the date on. treated, comparison : money of a purchase.
    drift : of the treated, more every week. common : of either group from the date on.
    """
    rng, after = np.random.default_rng(seed), np.arange(2 * WEEKS) >= WEEKS
    level = treated + gain * after + common[0] * after + drift * np.arange(2 * WEEKS)
    other = comparison + common[1] * after
    return tuple(
        np.round(np.where(rng.random((n, 2 * WEEKS)) < 0.5, each + rng.normal(0, 1, (n, 2 * WEEKS)), 0.0), 2)
        for each in (level, other)
    )  # type: ignore[return-value]


def compared(
    panels: tuple[Floats, Floats], margin: float = 1.0, clusters: int | None = None, **asked: Any
) -> BeforeAfter:
    """The comparison of such groups; the treated are those with got = yes.

    Parameters
    ----------
    clusters : shops per group. **asked : fields of the change.
    """
    rows, people = shop_of(panels, clusters)
    if clusters:
        asked["cluster"] = "shop"
    wanted = {"treated": {"got": "yes"}, "before": WEEKS, "after": WEEKS} | asked
    return before_after(tables(rows, people), change(**wanted), margin)


def shop_of(
    panels: tuple[Floats, Floats], clusters: int | None = None
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Purchases and customers of such groups."""
    names = [[f"{letter}{i}" for i in range(len(panel))] for letter, panel in zip("TC", panels, strict=True)]
    rows = pd.concat([rows_of(panel, own, WEEKS) for panel, own in zip(panels, names, strict=True)])
    everybody = [*names[0], *names[1]]
    people = {"customer_id": everybody, "got": ["yes"] * len(names[0]) + ["no"] * len(names[1])}
    people["shop"] = [f"{name[0]}{int(name[1:]) % (clusters or 1)}" for name in everybody]
    return rows, people


def alone(gain: float = 0.0, weeks: int = 30, each: int = 12, seed: int = 2, **asked: Any) -> BeforeAfter:
    """A change for all customers, of whom so many come anew every week; each buys in every second week."""
    rng, first = np.random.default_rng(seed), pd.Timestamp(DATE) - pd.Timedelta(weeks=weeks)
    rows = []
    for came in range(weeks + WEEKS):
        for one in range(each):
            lived = np.arange(came, weeks + WEEKS)
            bought = lived[(rng.random(len(lived)) < 0.5) | (lived == came)]
            money = 10 + gain * (bought >= weeks) + rng.normal(0, 1, len(bought))
            day = first + pd.to_timedelta(bought * 7 + 3, unit="D")
            rows.append(pd.DataFrame({"customer": f"{came}-{one}", "date": day, "money": money.round(2)}))
    lines = pd.concat(rows, ignore_index=True).assign(bought=True)
    start = f"{first:%Y-%m-%d}"
    return before_after(tables(lines, start=start), change(before=10, after=WEEKS, **asked))


def by_hand(panels: tuple[Floats, Floats]) -> dict[str, float]:
    """Means before and after of both groups, what was to be expected, and the difference."""
    (t0, t1), (c0, c1) = ((panel[:, :WEEKS].mean(), panel[:, WEEKS:].mean()) for panel in panels)
    expected = t0 + c1 - c0
    return {"before": t0, "after": t1, "expected": expected, "effect": t1 - expected}
