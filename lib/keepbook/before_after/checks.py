"""What speaks against a before/after comparison: each check with how it came out and its numbers."""

from typing import Any

import pandas as pd

LEVEL_TOLERANCE = 0.10  # difference of levels before the date, relative to the comparison's, that is small
MIN_EFFECTIVE_CLUSTERS = 8  # in a group: intervals then hold the truth in 94 % or more
UNEVEN_BELOW = 0.8  # effective clusters over clusters: below, they are of unlike sizes
COLUMNS = ("check", "metric", "holds", "pvalue", "date", "dates", "share", "lower", "upper")

Row = dict[str, Any]


def checks_of(
    effects: pd.DataFrame, placebo: pd.DataFrame, groups: pd.DataFrame, alpha: float
) -> pd.DataFrame:
    """What the data can say against the comparison: one row per check and metric.

    Columns: check, metric, holds (yes, no, or open where they cannot say); what it rests on, else missing:
    pvalue, date (of the smallest p-value), dates (how many were tried), share (gap before the date, of the
    comparison's level) with lower and upper. Checks, without a comparison group only the first two:

    - `pre_trend`: before the date the gap did not move, or the series was straight.
    - `placebo`: nothing is found at earlier dates.
    - `trend`: the finding stands if a straight trend of the gap is carried on; only where there is one.
    - `levels`: both groups were alike before the date: the whole interval of the gap is small.
    - `clusters`: enough of them, counted as of one size; metric is empty; numbers stand in `groups`.
    """
    rows: list[Row] = []
    for row in effects.to_dict("records"):
        p, tried = row["pre_trend_pvalue"], placebo[placebo["metric"] == row["metric"]]
        straight = {"holds": "open" if pd.isna(p) else _yes(p >= alpha), "pvalue": p}
        found = {"pre_trend": straight, "placebo": _placebo(tried, alpha)}
        if pd.notna(row["comparison_before"]):
            found |= {"trend": _trend(row), "levels": _levels(row)}
        rows += [{"check": check, "metric": row["metric"], **one} for check, one in found.items() if one]
    if least := least_clusters(groups):
        holds = _yes(least["effective"] >= MIN_EFFECTIVE_CLUSTERS)
        rows.append({"check": "clusters", "metric": "", "holds": holds})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _placebo(tried: pd.DataFrame, alpha: float) -> Row:
    """The smallest p-value of all dates, corrected for their number (Bonferroni)."""
    tested = tried["pvalue"].dropna()
    if tested.empty:
        return {"holds": "open", "dates": 0}
    worst = tried.loc[tested.idxmin()]
    p = min(float(worst["pvalue"]) * len(tested), 1.0)
    return {"holds": _yes(p >= alpha), "pvalue": p, "date": worst["date"], "dates": len(tested)}


def _trend(row: Row) -> Row:
    """Nothing where there is no finding to be undone."""
    if not row["ci_lower"] * row["ci_upper"] > 0:
        return {}
    rising = row["effect"] > 0
    if (row["trended_lower"] > 0) if rising else (row["trended_upper"] < 0):
        return {"holds": "yes"}
    undone = row["trended"] <= 0 if rising else row["trended"] >= 0
    return {"holds": "no" if undone else "open"}


def _levels(row: Row) -> Row:
    """Alike where all of the gap's interval is small; apart where it is large beyond chance; else open."""
    base = row["comparison_before"] if row["comparison_before"] > 0 else float("nan")
    share, lower, upper = (row[f"gap_before{end}"] / base for end in ("", "_lower", "_upper"))
    holds = "open"
    if lower >= -LEVEL_TOLERANCE and upper <= LEVEL_TOLERANCE:
        holds = "yes"
    elif abs(share) > LEVEL_TOLERANCE and lower * upper > 0:
        holds = "no"
    return {"holds": holds, "share": share, "lower": lower, "upper": upper}


def past_error(placebo: pd.DataFrame, metric: str) -> float:
    """How many times as wide a metric's interval must be to reach as far as its errors at earlier dates.

    Where nothing was introduced, all that is found is error. 1 where each of the intervals there holds zero,
    and where no date could be tried.
    """
    own = placebo[(placebo["metric"] == metric) & placebo["pvalue"].notna()]
    reach = (own["ci_upper"] - own["ci_lower"]) / 2
    return max(1.0, float((own["effect"].abs() / reach).max())) if len(own) else 1.0


def least_clusters(groups: pd.DataFrame) -> Row | None:
    """The row of `groups` whose clusters count least; None where errors are by customer."""
    clustered = groups.dropna(subset="clusters")
    return None if clustered.empty else dict(clustered.loc[clustered["effective"].idxmin()])


def uneven(row: Row) -> bool:
    """Whether clusters are of unlike sizes, so much that it has to be said."""
    enough, counted = (row[name] >= MIN_EFFECTIVE_CLUSTERS for name in ("effective", "clusters"))
    return bool(row["effective"] < UNEVEN_BELOW * row["clusters"] or enough != counted)
