"""From sums to rates: which cells have begun, which are over, and what they and their average say."""

import pandas as pd

from keepbook.cohorts.calendar import ROLLING_DAYS, shift
from keepbook.cohorts.triangle import SUMS, Choices
from keepbook.stats import intervals
from keepbook.tables import Window

MOMENTS = ["revenue", "squares", "products", "base", "base_squares"]
RATES = [
    ["retention", "ci_lower", "ci_upper"],
    ["revenue_retention", "revenue_ci_lower", "revenue_ci_upper"],
]


def cells_of(raw: pd.DataFrame, window: Window, choices: Choices) -> tuple[pd.DataFrame, int]:
    """One segment's sums → every cell that has begun, with rates, completeness and warm-up flag.

    Returns
    -------
    The cells, as `Retention.cells` with the `MOMENTS` of revenue, and the customers left out as warm-up.
    """
    start = raw[raw["period"] == 0].set_index("cohort")
    cells = _begun(start, window, choices).merge(
        raw[["cohort", "period", *SUMS]], on=["cohort", "period"], how="left"
    )
    cells[SUMS] = cells[SUMS].fillna(0)  # it has begun, and nothing happened
    if choices.rule == "on_or_after":  # whoever is active for the last time then or later
        cells["active"] = cells[::-1].groupby("cohort")["leavers"].cumsum()
    cells["active"] = cells["active"].astype(int)
    for name, source in (("size", "active"), ("base", "revenue"), ("base_squares", "squares")):
        cells[name] = cells["cohort"].map(start[source])
    edge = shift(pd.Series([pd.Timestamp(window.start)]), choices.warm_up, choices.period).iloc[0]
    cells["warm_up"] = cells["cohort"] < edge
    left_out = 0
    if choices.exclude_warm_up:
        left_out = int(cells.loc[cells["warm_up"] & (cells["period"] == 0), "size"].sum())
        cells = cells[~cells["warm_up"]].reset_index(drop=True)
    return _with_rates(cells.drop(columns="leavers"), choices.alpha), left_out


def _begun(start: pd.DataFrame, window: Window, choices: Choices) -> pd.DataFrame:
    """Every cohort × period that has begun for somebody by `as_of`, and whether it is over for everybody.

    It is over once nobody can join the cohort any more and the window of its last customer has passed.
    """
    as_of = pd.Timestamp(window.as_of)
    grid = start[["earliest", "latest"]].reset_index().merge(_spans(start, window, choices), how="cross")
    closed = shift(grid["cohort"], 1, choices.period) - pd.Timedelta(days=1) <= as_of
    if choices.clock == "rolling":
        length = ROLLING_DAYS[choices.period]
        begins = grid["earliest"] + pd.to_timedelta(grid["begin"] * length, unit="D")
        ends = grid["latest"] + pd.to_timedelta(grid["end"] * length - 1, unit="D")
    else:
        begins = shift(grid["cohort"], grid["begin"], choices.period)
        ends = shift(grid["cohort"], grid["end"], choices.period) - pd.Timedelta(days=1)
    grid["complete"] = closed & (ends <= as_of)
    begun = grid.loc[begins <= as_of, ["cohort", "period", "label", "complete"]]
    return begun.sort_values(["cohort", "period"])


def _spans(start: pd.DataFrame, window: Window, choices: Choices) -> pd.DataFrame:
    """One row per period: its number, label, first age and the age after its last."""
    if choices.rule == "bracket":
        pairs = [(0, 1), *zip(choices.brackets, choices.brackets[1:], strict=False)]
        labels = [str(lo) if hi == lo + 1 else f"{lo}–{hi - 1}" for lo, hi in pairs]
    else:
        shortest = ROLLING_DAYS[choices.period] - (2 if choices.clock == "calendar" else 0)  # February
        shortest = 7 if choices.period == "week" else shortest
        days = (pd.Timestamp(window.as_of) - start.index.min()).days
        pairs = [(i, i + 1) for i in range(days // shortest + 1)]
        labels = [str(lo) for lo, _ in pairs]
    return pd.DataFrame(pairs, columns=["begin", "end"]).assign(period=range(len(pairs)), label=labels)


def _with_rates(cells: pd.DataFrame, alpha: float) -> pd.DataFrame:
    rated = _rates(cells, alpha)
    names = [name for group in RATES for name in group]
    rated[names] = rated[names].where(rated["complete"])
    return rated


def _rates(frame: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Retention by customers and by revenue, with intervals. Period 0 is 100 % by definition."""
    frame = frame.copy()
    by_definition = frame["period"] == 0
    low, high = intervals.wilson(frame["active"], frame["size"], alpha)
    frame["retention"] = frame["active"] / frame["size"]
    frame["ci_lower"] = pd.Series(low, frame.index).mask(by_definition, 1.0)
    frame["ci_upper"] = pd.Series(high, frame.index).mask(by_definition, 1.0)
    base = frame["base"].where(frame["base"] > 0)
    low, high = intervals.ratio(
        frame["revenue"], base, frame["squares"], frame["base_squares"], frame["products"], alpha
    )
    frame["revenue_retention"] = frame["revenue"] / base
    frame["revenue_ci_lower"], frame["revenue_ci_upper"] = low, high
    return frame


def average_of(cells: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """The average cohort, period by period, over complete cells: as `Retention.average`."""
    over = cells[cells["complete"]]
    sums = over.groupby("period").agg(
        label=("label", "first"),
        cohorts=("cohort", "count"),
        size=("size", "sum"),
        active=("active", "sum"),
        **{name: (name, "sum") for name in MOMENTS},
    )
    if choices.average == "pooled":
        return _rates(sums.reset_index(), choices.alpha).drop(columns=MOMENTS)
    shares, revenue = (_simple_means(over, names, choices.alpha) for names in RATES)
    return sums.join(shares).join(revenue).reset_index().drop(columns=MOMENTS)


def _simple_means(over: pd.DataFrame, names: list[str], alpha: float) -> pd.DataFrame:
    """Mean over cohorts of a rate and its interval; one row per period in which any cohort has the rate."""
    means = {}
    for period, part in over.dropna(subset=[names[0]]).groupby("period"):
        if period == 0:
            means[period] = (1.0, 1.0, 1.0)  # by definition
        elif names[0] == "retention":
            means[period] = intervals.mean_of_shares(part["active"], part["size"], alpha)
        else:
            means[period] = intervals.mean_of(*(part[name] for name in names))
    return pd.DataFrame.from_dict(means, orient="index", columns=names, dtype=float)
