"""Whether a change that was not drawn by lot looks worth keeping: weaker words than of an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keepbook.before_after.page.figures import headline, standing
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Decision
from keepbook.text import _, interval, percent, points, value_format
from keepbook.unit import Unit

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.before_after.comparison import BeforeAfter

Row = dict[str, Any]
APART = 0.10  # as in the check of levels
BREAKING = ("pre_trend", "placebo", "trend", "clusters")  # checks without which nothing is believed
EACH = {"month": _("a customer and month"), "week": _("a customer and week")}
ONE = {"month": _("month"), "week": _("week")}
MANY = {"month": _("months"), "week": _("weeks")}


@dataclass(frozen=True)
class Changed:
    """All that the findings speak of.

    Attributes
    ----------
    result : as `experiments.before_after` gives it, or the reason why there is none. truth : metric → true
        effect per customer and month, of a simulated unit.
    """

    result: BeforeAfter | NotEnoughData
    truth: dict[str, float] | NotEnoughData | None = None


def change_verdict(found: Changed, unit: Unit) -> Decision:
    """What may be said of keeping the change, readable in ten seconds.

    The rule. Revenue decides; the first metric where revenue was not asked for.

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
    result = found.result
    if isinstance(result, NotEnoughData):
        return Decision(_("Cannot be told"), " ".join(filter(None, [result.what, result.do])), "wait")
    row = headline(result)
    if fault := failed_check(result, row):
        text = _("The comparison fails a check, so neither a gain nor a loss is to be believed. {check}")
        return Decision(_("Cannot be told"), text.format(check=fault), "broken")
    value, lower, upper = deciding(result, row)
    if lower > 0:
        label, kind = _gain(result, row)
        return Decision(label, _reason(result, row, unit), kind)
    if upper < 0:
        if result.kind == "difference-in-differences":
            return Decision(_("Does not look worth keeping"), _reason(result, row, unit), "bad")
        return Decision(_("May not be worth keeping"), _reason(result, row, unit), "wait")
    label = _("Cannot be told") if not value <= 0 else _("No gain to be seen")
    return Decision(label, _open(result, row, unit), "wait")


def failed_check(result: BeforeAfter, row: Row) -> str:
    """The check that keeps the finding from being believed, in a sentence; empty where none does."""
    checks = result.checks
    for name in BREAKING:
        metric = "" if name == "clusters" else row["metric"]
        if standing(result, name, metric) == "no":
            failed = (checks["check"] == name) & (checks["metric"] == metric)
            return str(checks.loc[failed, "sentence"].iloc[0])
    if {standing(result, name, row["metric"]) for name in ("pre_trend", "placebo")} == {"open"}:
        return _("Nothing can be tried out on the time before the date: see the checks below.")
    return _unlike(result, row)


def _unlike(result: BeforeAfter, row: Row) -> str:
    """Why groups that were unlike before the date cannot carry the finding; empty where they can."""
    alike = standing(result, "levels", row["metric"])
    if alike in ("", "yes") or not row["ci_lower"] * row["ci_upper"] > 0:
        return ""
    if alike == "open" and apart(row) <= APART:
        return ""
    nearest = min(abs(row["ci_lower"]), abs(row["ci_upper"]))
    nearer = row["effect"] * row["gap_before"] < 0 and nearest <= abs(row["gap_before"])
    if alike == "no" and nearer:
        text = _(
            "Before the date those who got it stood {share} {side} the comparison. Chosen for that, they "
            "would have come nearer to it by themselves, and that could make all of the effect."
        )
        side = _("above") if row["gap_before"] > 0 else _("below")
        return text.format(share=percent(apart(row), 0), side=side)
    if row["proportional_lower"] * row["proportional_upper"] <= 0:
        return _(
            "The groups were not alike before the date, and the finding is gone if the comparison's change "
            "is carried over in proportion instead of in amount; the data do not tell which is right."
        )
    return ""


def apart(row: Row) -> float:
    """How far the groups were apart before the date, as a share of the comparison."""
    return float(abs(row["gap_before"]) / row["comparison_before"])


def deciding(result: BeforeAfter, row: Row) -> tuple[float, float, float]:
    """What the verdict is about with its limits, per customer and period: profit, gain, or the effect."""
    if row["metric"] != "revenue":
        return row["effect"], row["ci_lower"], row["ci_upper"]
    name = "gain" if result.change.cost is None else "profit"
    money = result.money.iloc[0]
    return money[name], money[f"{name}_lower"], money[f"{name}_upper"]


def _gain(result: BeforeAfter, row: Row) -> tuple[str, str]:
    if row["metric"] != "revenue":
        return _("Gain seen, money not compared"), "wait"
    if result.change.cost is None:
        return _("Gain seen, cost not stated"), "wait"
    if result.kind == "difference-in-differences":
        return _("Looks worth keeping"), "good"
    return _("May be worth keeping"), "wait"


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────


def _reason(result: BeforeAfter, row: Row, unit: Unit) -> str:
    return " ".join(filter(None, [seen(result, row, unit), _cost(result, row, unit), _caution(result, row)]))


def seen(result: BeforeAfter, row: Row, unit: Unit) -> str:
    """The finding in a sentence, after its cost where that is known."""
    value, lower, upper = deciding(result, row)
    more = value >= 0
    if not more:
        value, lower, upper = -value, -upper, -lower
    values = points if row["kind"] == "share" else value_format(row["kind"], unit.currency, value)
    limits = points if row["kind"] == "share" else value_format(row["kind"], None, value)
    compared = not result.ages
    return _sentence(row, more).format(
        who=_("Those who got it") if compared else in_their_ages(result),
        value=values(value).lstrip("+"),
        limits=interval(lower, upper, lambda one: limits(one).lstrip("+")),
        what=counted(row, unit),
        each=EACH[result.change.period],
        period=ONE[result.change.period],
        cost=_taken_off(result, row, unit),
    )


def in_their_ages(result: BeforeAfter) -> str:
    """Who counts where there is no comparison group."""
    return _("Customers {ages} after their first purchase").format(ages=result.ages)


def _sentence(row: Row, more: bool) -> str:
    if row["metric"] == "retained":
        above = _(
            "{who}: the share who buy in a {period} lay {value} {limits} above what was to be expected."
        )
        below = _(
            "{who}: the share who buy in a {period} lay {value} {limits} below what was to be expected."
        )
        return above if more else below
    plus = _("{who} brought {value} {limits} more {what} {each} than was to be expected without it{cost}.")
    minus = _("{who} brought {value} {limits} less {what} {each} than was to be expected without it{cost}.")
    return plus if more else minus


def _taken_off(result: BeforeAfter, row: Row, unit: Unit) -> str:
    cost = result.change.cost
    if row["metric"] != "revenue" or not cost:
        return ""
    text = _(", its cost of {cost} taken off")
    return text.format(cost=value_format("money", unit.currency, cost)(cost))


def counted(row: Row, unit: Unit) -> str:
    """What is counted: revenue where no margin is stated."""
    if row["metric"] == "revenue":
        return _("revenue") if unit.margin == 1 else _("margin")
    return {"orders": _("orders"), "retained": _("share who buy")}[row["metric"]]


def _cost(result: BeforeAfter, row: Row, unit: Unit) -> str:
    if row["metric"] != "revenue":
        return _("Whether that pays cannot be told: `revenue` is not among the metrics of the change.")
    if result.change.cost is not None or not row["effect"] > 0:
        return ""
    if unit.margin == 1:
        return _(
            "Whether that pays is open: neither its cost nor a margin is in the unit file (`cost`, `margin`)."
        )
    return _("Whether that pays is open: its cost is not in the unit file (`cost`).")


def _caution(result: BeforeAfter, row: Row) -> str:
    """Why it is no more than a look; first how unlike the groups were."""
    if result.kind != "difference-in-differences":
        return _(
            "In each period these are others, and of older customers it says nothing. There is nobody to "
            "compare with: a season, or anything else that began then, looks the same."
        )
    alone = _(
        "They were not drawn by lot: what else happened to them alone at that time would look the same."
    )
    if standing(result, "levels", row["metric"]) != "no":
        known = standing(result, "pre_trend", row["metric"]) == "yes"
        return f"{_('Before, both groups moved alike, as far as can be seen.')} {alone}" if known else alone
    text = _("Before, they stood {share} {side} the comparison.")
    side = _("above") if row["gap_before"] > 0 else _("below")
    return f"{text.format(share=percent(apart(row), 0), side=side)} {alone}"


def _open(result: BeforeAfter, row: Row, unit: Unit) -> str:
    _value, lower, upper = deciding(result, row)
    if not lower <= upper:
        return _("All that was bought is alike, so that chance cannot be told from an effect.")
    return f"{seen(result, row, unit)} {_('Chance alone could make that: the interval holds zero.')}"
