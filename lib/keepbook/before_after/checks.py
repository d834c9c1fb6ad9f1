"""What speaks against a before/after comparison: checks, and what is to be known of it, in sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from keepbook.before_after.periods import Periods
from keepbook.text import _, day, interval, number, percent, plural
from keepbook.unit import Change

APART = 0.10  # difference of levels before the date, relative to the comparison's, that is worth a warning
MANY_CLUSTERS = 8  # in a group, counted as alike in size: intervals then hold the truth in 94 % or more
UNLIKE = 0.8  # of the clusters there are, counted as alike in size: where they count as fewer, it is said
YEAR = 364  # days; 52 weeks are a year too
NAMES = {"revenue": "revenue", "orders": "orders", "retained": "the share who buy"}


def checks_of(
    effects: pd.DataFrame, placebo: pd.DataFrame, groups: pd.DataFrame, change: Change, alpha: float
) -> pd.DataFrame:
    """What the data can say against the comparison; `holds` is yes, no, or open where they cannot say.

    Returns
    -------
    DataFrame : one row per check and metric: check, metric, holds, sentence. Checks: `pre_trend` (before the
        date the gap did not move, or the series was straight), `placebo` (nothing is found at earlier
        dates), `trend` (the finding stands if a straight trend of the gap is carried on), `levels` (both
        groups were alike before the date: the whole interval of the gap is small), `clusters` (enough of
        them, counted as alike in size; metric is empty). Without a comparison group only the first two.
    """
    rows = []
    for row in effects.to_dict("records"):
        at = placebo[placebo["metric"] == row["metric"]]
        rows += [_pre_trend(row, alpha), _placebo(row, at, alpha)]
        if pd.notna(row["comparison_before"]):
            rows += [*_trend(row), _levels(row)]
    clustered = groups.dropna(subset="clusters")
    if len(clustered):
        rows.append(_clusters(clustered, change))
    return pd.DataFrame(rows, columns=["check", "metric", "holds", "sentence"])


def _said(check: str, row: dict[str, Any], holds: str, text: str, **words: str) -> dict[str, str]:
    metric = row["metric"]
    return {
        "check": check,
        "metric": metric,
        "holds": holds,
        "sentence": text.format(metric=_(NAMES[metric]), **words),
    }


def _pre_trend(row: dict[str, Any], alpha: float) -> dict[str, str]:
    p = row["pre_trend_pvalue"]
    words, alone = {"p": _pvalue(p)}, pd.isna(row["comparison_before"])
    if pd.isna(p):
        text = _(
            "Whether {metric} moved alike before the date cannot be tested: there are too few customers, "
            "clusters or purchases."
        )
        return _said("pre_trend", row, "open", text)
    if p < alpha:
        text = _(
            "Before the date {metric} of the two groups did not move alike (p {p}): what is found after it "
            "may have been on its way."
        )
        curved = _(
            "Before the date {metric} did not follow a straight line (p {p}): carrying it on may mislead."
        )
        return _said("pre_trend", row, "no", curved if alone else text, **words)
    text = _(
        "Before the date {metric} of the two groups moved alike as far as can be seen (p {p}); that is no "
        "proof."
    )
    straight = _(
        "Before the date {metric} followed a straight line as far as can be seen (p {p}); that is no proof."
    )
    return _said("pre_trend", row, "yes", straight if alone else text, **words)


def _placebo(row: dict[str, Any], at: pd.DataFrame, alpha: float) -> dict[str, str]:
    tested = at["pvalue"].dropna()
    if tested.empty:
        return _said("placebo", row, "open", _("No earlier date can be tried out on {metric}."))
    worst = at.loc[tested.idxmin()]
    p = min(float(worst["pvalue"]) * len(tested), 1.0)
    words = {
        "n": plural(len(tested), _("earlier date"), _("earlier dates")),
        "p": _pvalue(p),
        "date": day(worst["date"]),
    }
    if p < alpha:
        text = _(
            "At {date}, when nothing was introduced, the same comparison finds an effect on {metric} (p {p}, "
            "corrected for {n})."
        )
        return _said("placebo", row, "no", text, **words)
    return _said("placebo", row, "yes", _("At {n} the same comparison finds no effect on {metric}."), **words)


def _trend(row: dict[str, Any]) -> list[dict[str, str]]:
    """Nothing where there is no finding to be undone."""
    if not row["ci_lower"] * row["ci_upper"] > 0:
        return []
    rising = row["effect"] > 0
    if (row["trended_lower"] > 0) if rising else (row["trended_upper"] < 0):
        text = _("The effect on {metric} stands if the trend of the gap before the date is carried on.")
        return [_said("trend", row, "yes", text)]
    text = _(
        "A trend of the gap too small to be seen before the date, carried on, could make the effect on "
        "{metric}."
    )
    undone = row["trended"] <= 0 if rising else row["trended"] >= 0
    gone = _("Carrying on the trend that the gap had before the date undoes the effect on {metric}.")
    return [_said("trend", row, "no" if undone else "open", gone if undone else text)]


def _levels(row: dict[str, Any]) -> dict[str, str]:
    """Alike where all of the gap's interval is small; apart where it is large beyond chance; else open."""
    base = row["comparison_before"] if row["comparison_before"] > 0 else float("nan")
    share, lower, upper = (
        row[name] / base for name in ("gap_before", "gap_before_lower", "gap_before_upper")
    )
    side = _("above") if share > 0 else _("below")
    if lower >= -APART and upper <= APART:
        text = _("Before the date both groups were alike in {metric}, within {share} even with chance.")
        return _said("levels", row, "yes", text, share=percent(APART, 0))
    if abs(share) > APART and lower * upper > 0:
        text = _(
            "Before the date {metric} of the treated was {share} {side} that of the comparison. If they "
            "were chosen by what they had bought, they would have come nearer to the others anyway, and that "
            "looks like an effect."
        )
        return _said("levels", row, "no", text, share=percent(abs(share), 0), side=side)
    if pd.isna(lower):
        text = _("Whether both groups were alike in {metric} before the date cannot be told.")
        return _said("levels", row, "open", text)
    text = _(
        "Whether both groups were alike in {metric} before the date, within {bound}, cannot be told: "
        "the treated stood {share} {side} the comparison {limits}."
    )
    words = {"bound": percent(APART, 0), "limits": interval(lower, upper, _signed)}
    return _said("levels", row, "open", text, share=percent(abs(share), 0), side=side, **words)


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else ''}{percent(share, 0)}"


def _clusters(groups: pd.DataFrame, change: Change) -> dict[str, str]:
    """Of the group whose clusters count least."""
    row = groups.loc[groups["carrying"].idxmin()]
    count, counting = row["clusters"], row["carrying"]
    enough = bool(counting >= MANY_CLUSTERS)
    if counting >= UNLIKE * count and enough == (count >= MANY_CLUSTERS):
        text = _("Errors are by {column}; the smaller group has {n} of them.")
        few = _(
            "Errors are by {column}, and one group has only {n} of them: intervals are uncertain themselves."
        )
    else:
        text = _(
            "Errors are by {column}, of unlike sizes: one group has {n} of them, the largest with {share} of "
            "its customers, so they count as {counting}."
        )
        few = _(
            "Errors are by {column}, of unlike sizes: one group has {n} of them, the largest with {share} of "
            "its customers, so they count as only {counting}, and intervals are uncertain themselves."
        )
    sentence = (text if enough else few).format(
        column=change.cluster,
        n=number(count),
        share=percent(row["largest"], 0),
        counting=number(counting, 1),
    )
    return {"check": "clusters", "metric": "", "holds": "yes" if enough else "no", "sentence": sentence}


def _pvalue(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {number(p, 3)}"


# ── what is to be known ─────────────────────────────────────────────────────────────────────────────────


def claim_of(change: Change, compared: bool, periods: Periods) -> str:
    """What may be said of a finding, and what not."""
    if change.comparison_unit and compared:
        return _(
            "Customers were not drawn by lot. The finding holds if, without the change, customers of both "
            "units would have moved alike; what else happened in one unit alone looks the same."
        )
    if compared:
        return _(
            "Customers were not drawn by lot. The finding holds if, without the change, both groups would "
            "have moved alike; what else happened to one group alone looks the same."
        )
    claim = _(
        "There is no comparison group: the finding is against the trend of earlier customers of the same "
        "ages, the weakest of comparisons. A season, a campaign or anything else that began at the date "
        "looks the same."
    )
    if periods.days[: periods.before].sum() >= YEAR:
        return claim
    # with 8 or 10 months before, a yearly season of ±20 % passed all checks in a quarter of simulations
    season = _("Less than a year lies before the change, so a season cannot be told from an effect.")
    return f"{claim} {season}"
