"""Whether a change that was not assigned at random looks worth keeping: the rule."""

from dataclasses import dataclass
from typing import Literal

from keepbook.before_after.checks import LEVEL_TOLERANCE, Row
from keepbook.before_after.comparison import BeforeAfter

DECISIVE = ("pre_trend", "placebo", "trend", "clusters")  # checks without which nothing is believed
Choice = Literal["worth", "may-worth", "not-worth", "may-not", "cost-open", "money-open", "no-gain", "untold"]
Failure = Literal["pre_trend", "placebo", "trend", "clusters", "untested", "nearer", "proportion", ""]

Kind = Literal["good", "bad", "wait", "broken"]
KINDS: dict[Choice, Kind] = {"worth": "good", "not-worth": "bad"}  # all others wait


@dataclass(frozen=True)
class Verdict:
    """What may be said of keeping the change."""

    choice: Choice
    kind: Kind
    failure: Failure  # why the finding is not believed: a check, or a reason beyond them; else empty
    value: float  # what decides, per customer and period: profit, gain (where no cost is stated), or effect
    lower: float
    upper: float


def verdict_of(result: BeforeAfter) -> Verdict:
    """What may be said of keeping the change. Revenue decides; the first metric where it was not asked for.

    1.  **Untold** (broken) where a check fails: before the date the groups did not move alike, or the
        series was not straight; an effect is found at a date at which nothing happened; neither of the two
        could be tried; the trend of the gap, carried on, undoes the finding; a group has too few clusters; or
        the groups were unlike before the date, and either coming nearer to each other could make all of the
        effect, or it is gone if the comparison's change is carried over in proportion instead of in amount.
        That it cannot be told whether they were alike forbids nothing where the gap seen is small.
    2.  Else the interval of what decides speaks. Above zero: **worth** keeping for now (good); without
        a cost, or without money, only a gain is seen (**cost-open**, **money-open**: wait), and against a
        trend instead of a comparison group it only **may be worth** keeping (wait). Below zero: **not worth**
        it (bad); against a trend it **may not** be (wait). Around zero, or not known: **no gain** where the
        estimate is not above zero, else **untold** (both wait).

    No planned end and no expected loss come in, unlike in an experiment: what they promise rests on the lot.
    """
    row, cost = result.deciding, result.change.cost
    value, lower, upper = row["effect"], row["ci_lower"], row["ci_upper"]
    if is_money := row["metric"] == "revenue":
        money, name = result.money.iloc[0], "gain" if cost is None else "profit"
        value, lower, upper = money[name], money[f"{name}_lower"], money[f"{name}_upper"]
    if failure := failed_check(result):
        return Verdict("untold", "broken", failure, value, lower, upper)
    choice: Choice = "no-gain" if value <= 0 else "untold"
    if lower > 0 and not is_money:
        choice = "money-open"
    elif lower > 0 and cost is None:
        choice = "cost-open"
    elif lower > 0:
        choice = "worth" if result.compared else "may-worth"
    elif upper < 0:
        choice = "not-worth" if result.compared else "may-not"
    return Verdict(choice, KINDS.get(choice, "wait"), "", value, lower, upper)


def failed_check(result: BeforeAfter) -> Failure:
    """What keeps the finding from being believed, as `Verdict.failure`."""
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
