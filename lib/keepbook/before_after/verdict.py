"""Whether a change that was not assigned at random looks worth keeping: the rule."""

from dataclasses import dataclass
from typing import Any, Literal

from keepbook.before_after.checks import LEVEL_TOLERANCE
from keepbook.before_after.comparison import BeforeAfter

Row = dict[str, Any]
DECISIVE = ("pre_trend", "placebo", "trend", "clusters")  # checks without which nothing is believed
Choice = Literal["worth", "may-worth", "not-worth", "may-not", "cost-open", "money-open", "no-gain", "untold"]
Failure = Literal["pre_trend", "placebo", "trend", "clusters", "untested", "nearer", "proportion", ""]


@dataclass(frozen=True)
class Verdict:
    """What may be said of keeping the change.

    Attributes
    ----------
    choice : what to do, by name.
    kind : what it means: `good`, `bad`, `wait` or `broken`.
    failure : the check, or the reason beyond them, that keeps the finding from being believed; else empty.
    value : what decides, per customer and period: profit, gain (where no cost is stated), or the effect.
    lower, upper : its limits.
    """

    choice: Choice
    kind: Literal["good", "bad", "wait", "broken"]
    failure: Failure
    value: float
    lower: float
    upper: float


def verdict_of(result: BeforeAfter) -> Verdict:
    """What may be said of keeping the change. Revenue decides; the first metric where it was not asked for.

    1.  **Cannot be told** (broken) where a check fails: before the date the groups did not move alike, or the
        series was not straight; an effect is found at a date at which nothing happened; neither of the two
        could be tried; the trend of the gap, carried on, undoes the finding; a group has too few clusters; or
        the groups were unlike before the date, and either coming nearer to each other could make all of the
        effect, or it is gone if the comparison's change is carried over in proportion instead of in amount.
        That it cannot be told whether they were alike forbids nothing where the gap seen is small.
    2.  Else the interval speaks: of what is left of the margin added after the cost; of the margin added if
        no cost is stated; of the effect itself where revenue was not asked for.

        - above zero: **Looks worth keeping** (good). Without a cost, or without money, only **Gain seen**
          (wait), and against a trend instead of a comparison group only **May be worth keeping** (wait).
        - below zero: **Does not look worth keeping** (bad); against a trend **May not be worth keeping**
          (wait).
        - around zero, or not known: **No gain to be seen** where the estimate is not above zero, else
          **Cannot be told** (both wait).

    No planned end and no expected loss come in, unlike in an experiment: what they promise rests on the lot.
    """
    row = result.deciding
    value, lower, upper = _deciding(result, row)
    if failure := failed_check(result):
        return Verdict("untold", "broken", failure, value, lower, upper)
    if lower > 0:
        choice, kind = _gain(result, row)
    elif upper < 0:
        choice, kind = ("not-worth", "bad") if result.compared else ("may-not", "wait")
    else:
        choice, kind = "no-gain" if value <= 0 else "untold", "wait"
    return Verdict(choice, kind, "", value, lower, upper)  # type: ignore[arg-type]


def _deciding(result: BeforeAfter, row: Row) -> tuple[float, float, float]:
    if row["metric"] != "revenue":
        return row["effect"], row["ci_lower"], row["ci_upper"]
    name = "gain" if result.change.cost is None else "profit"
    money = result.money.iloc[0]
    return money[name], money[f"{name}_lower"], money[f"{name}_upper"]


def _gain(result: BeforeAfter, row: Row) -> tuple[str, str]:
    if row["metric"] != "revenue":
        return "money-open", "wait"
    if result.change.cost is None:
        return "cost-open", "wait"
    return ("worth", "good") if result.compared else ("may-worth", "wait")


def failed_check(result: BeforeAfter) -> Failure:
    """What keeps the finding from being believed: a check, `untested`, `nearer` or `proportion`."""
    metric = result.deciding["metric"]
    for check in DECISIVE:
        if result.credibility(check, "" if check == "clusters" else metric) == "no":
            return check  # type: ignore[return-value]
    if {result.credibility(check, metric) for check in ("pre_trend", "placebo")} == {"open"}:
        return "untested"
    return _unlike(result)


def _unlike(result: BeforeAfter) -> Failure:
    """Whether the groups were so unlike before the date that they cannot carry the finding."""
    row = result.deciding
    levels = result.credibility("levels", row["metric"])
    if levels in ("", "yes") or not row["ci_lower"] * row["ci_upper"] > 0:
        return ""
    if levels == "open" and gap_share(row) <= LEVEL_TOLERANCE:
        return ""
    nearest = min(abs(row["ci_lower"]), abs(row["ci_upper"]))
    nearer = row["effect"] * row["gap_before"] < 0 and nearest <= abs(row["gap_before"])
    if levels == "no" and nearer:
        return "nearer"
    return "proportion" if row["proportional_lower"] * row["proportional_upper"] <= 0 else ""


def gap_share(row: Row) -> float:
    """How far the groups were apart before the date, as a share of the comparison; infinite of 0."""
    level = row["comparison_before"]
    return float(abs(row["gap_before"]) / level) if level else float("inf")
