"""What a change did that was not drawn by lot, in sentences: each no stronger than a comparison allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from keepbook.before_after.page.figures import headline, measured, standing
from keepbook.before_after.page.verdict import EACH, MANY, ONE, Changed, Row, counted, failed_check
from keepbook.errors import NotEnoughData
from keepbook.text import _, chance, change_format, day, interval, number, percent, plural, value_format
from keepbook.unit import Unit

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.before_after.comparison import BeforeAfter


def change_findings(found: Changed, unit: Unit) -> list[str]:
    """Who was compared, the effects, money, checks, what would undo it, the claim, the truth."""
    result = found.result
    if isinstance(result, NotEnoughData):
        return []  # the verdict says why
    row = headline(result)
    if failed_check(result, row):
        held = [_held(result, row), _doubts(result, row)]
        told = [_compared(result), *held, _nothing(), result.claim, _truth(found, result, unit)]
        return [sentence for sentence in told if sentence]
    rest = [one for one in result.effects.to_dict("records") if one["metric"] != row["metric"]]
    sentences = [
        _compared(result),
        _effect(result, row, unit),
        _others(result, rest, unit),
        _money(result, row, unit),
        _held(result, row),
        _doubts(result, row),
        _elsewhere(result, rest),
        _undone(result, row, unit),
        result.claim,
        _truth(found, result, unit),
    ]
    return [sentence for sentence in sentences if sentence]


def _nothing() -> str:
    return _("What is drawn and counted below is what was measured; an effect of the change it is not.")


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def whom(result: BeforeAfter, group: str) -> str:
    """Who is in a group, as the unit file says: `region: north or east`."""
    asked = result.change
    if result.ages:
        return _("{ages} after their first purchase").format(ages=result.ages)
    if group == "treated":
        return in_words(asked.treated) if asked.treated else _("all customers")
    if asked.comparison_unit:
        return _("customers of the unit {unit}").format(unit=asked.comparison_unit)
    return in_words(asked.comparison) if asked.comparison else _("all others")


def in_words(conditions: Mapping[str, Any]) -> str:
    """Conditions of the unit file for a reader: `region: north or east; tier: not gold`."""
    return "; ".join(f"{column}: {_condition(value)}" for column, value in conditions.items())


def _condition(value: Any) -> str:
    if isinstance(value, list | tuple):
        return _(" or ").join(map(_condition, value))
    if isinstance(value, dict):
        words = {"from": _("from {x}"), "to": _("to {x}"), "like": _("like {x}"), "not": _("not {x}")}
        return " ".join(words[key].format(x=_condition(one)) for key, one in value.items())
    if isinstance(value, bool):
        return _("true") if value else _("false")
    return day(value) if isinstance(value, dt.date) else str(value)


def _compared(result: BeforeAfter) -> str:
    size = result.groups.set_index("group")["customers"]
    after = int(result.periods["is_after"].sum())
    words = {
        "before": plural(len(result.periods) - after, ONE[result.change.period], MANY[result.change.period]),
        "after": plural(after, ONE[result.change.period], MANY[result.change.period]),
        "date": day(result.change.date),
    }
    if result.kind != "difference-in-differences":
        return _series_of(result, int(size["all"]), words)
    text = _(
        "{n} who got it ({treated}) are compared with {m} who did not ({comparison}): over {before} before "
        "{date} and {after} from it on, the same customers throughout."
    )
    return text.format(
        n=plural(size["treated"], _("customer"), _("customers")),
        m=number(size["comparison"]),
        treated=whom(result, "treated"),
        comparison=whom(result, "comparison"),
        **words,
    )


def _series_of(result: BeforeAfter, customers: int, words: dict[str, str]) -> str:
    """Who is counted where there is nobody to compare with."""
    text = _(
        "In each {period} those are counted who first bought {ages} before, so each holds others, {n} in "
        "all; of older customers it says nothing. What they bring is held against the trend before {date}: "
        "{before} before it and {after} from it on."
    )
    n = plural(customers, _("customer"), _("customers"))
    return text.format(period=ONE[result.change.period], ages=result.ages, n=n, **words)


# ── how much ────────────────────────────────────────────────────────────────────────────────────────────


def _effect(result: BeforeAfter, row: Row, unit: Unit) -> str:
    text = _(
        "{name}: {after} from {date} on, where {expected} were to be expected without the change. The "
        "difference is {effect} {limits}{lift}{total}."
    )
    name = measured(row["metric"], result.change.period)
    value = value_format(row["kind"], unit.currency, row["treated_after"])
    return text.format(
        name=name[:1].upper() + name[1:],
        after=value(row["treated_after"]),
        date=day(result.change.date),
        expected=value(row["counterfactual"]),
        effect=change_format(row["kind"], unit.currency, row["effect"])(row["effect"]),
        limits=_limits(row),
        lift=_lift(row),
        total=_total(result, row, unit),
    )


def _limits(row: Row) -> str:
    return interval(row["ci_lower"], row["ci_upper"], change_format(row["kind"], None, row["effect"]))


def lift_of(row: Row) -> str:
    """`+42.9 % [+17.0 %, +85.0 %]`: against what was to be expected; missing limits are left out."""
    if pd.isna(row["lift"]):
        return ""
    if pd.isna(row["lift_lower"]):
        return _signed(row["lift"])
    return f"{_signed(row['lift'])} {interval(row['lift_lower'], row['lift_upper'], _signed)}"


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else ''}{percent(share)}"


def _lift(row: Row) -> str:
    return f", {lift} of that" if row["kind"] != "share" and (lift := lift_of(row)) else ""


def _total(result: BeforeAfter, row: Row, unit: Unit) -> str:
    if row["kind"] == "share":
        return ""
    text = _("; for all of them, over {periods}, {total} {limits}")
    if result.ages:
        text = _("; for all {n} who count from that day on, over {periods}, {total} {limits}")
    after = int(result.periods["is_after"].sum())
    show = change_format(row["kind"], unit.currency, 100)
    return text.format(
        n=number(result.people),
        periods=plural(after, ONE[result.change.period], MANY[result.change.period]),
        total=show(row["total"]),
        limits=interval(row["total_lower"], row["total_upper"], change_format(row["kind"], None, 100)),
    )


def _others(result: BeforeAfter, rest: list[Row], unit: Unit) -> str:
    text = _("{name} {after} where {expected} were to be expected, {effect} {limits}")
    parts = [
        text.format(
            name=measured(row["metric"], result.change.period),
            after=value_format(row["kind"], None, row["treated_after"])(row["treated_after"]),
            expected=value_format(row["kind"], None, row["treated_after"])(row["counterfactual"]),
            effect=change_format(row["kind"], None, row["effect"])(row["effect"]),
            limits=_limits(row),
        )
        for row in rest
    ]
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if parts else ""


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def _money(result: BeforeAfter, row: Row, unit: Unit) -> str:
    if row["metric"] != "revenue":
        return ""
    each, everything = result.money.iloc[0], result.money.iloc[-1]
    compared = result.kind == "difference-in-differences"
    if result.change.cost is None:
        if not each["gain"] > 0:
            return ""
        text = _("No cost is stated: it pays if it costs less than {gain} {limits} {each}{margin}.")
        return text.format(
            gain=_cash(each["gain"], unit.currency),
            limits=interval(
                each["gain_lower"], each["gain_upper"], value_format("money", None, each["gain"])
            ),
            each=EACH[result.change.period],
            margin=_(", times your margin") if unit.margin == 1 else "",
        )
    text = _(
        "After its cost of {cost} {each}, {profit} {limits} of {what} is left, {total} {total_limits} in "
        "all: if {fair}, it pays with a probability of {chance}.{margin}"
    )
    return text.format(
        cost=_cash(each["cost"], unit.currency),
        each=EACH[result.change.period],
        profit=change_format("money", unit.currency, each["profit"])(each["profit"]),
        limits=_money_limits(each, "profit"),
        what=counted(row, unit),
        total=change_format("money", unit.currency, everything["profit"])(everything["profit"]),
        total_limits=_money_limits(everything, "profit"),
        fair=_("the comparison is fair") if compared else _("the trend would have gone on"),
        chance=chance(each["chance"]),
        margin=_break_even(result, row) if unit.margin == 1 else "",
    )


def _cash(value: float, currency: str | None) -> str:
    return value_format("money", currency, value)(value)


def _money_limits(row: pd.Series, name: str) -> str:
    return interval(row[f"{name}_lower"], row[f"{name}_upper"], change_format("money", None, row[name]))


def _break_even(result: BeforeAfter, row: Row) -> str:
    """From which margin on it pays, where the unit file states none."""
    cost = result.change.cost
    if not cost or not row["ci_lower"] > cost:
        return _(" No margin is stated: revenue counts as if all of it were earned.")
    text = _(
        " No margin is stated, so revenue counts in full: it pays from a margin of {needed} [{least}, "
        "{most}] on."
    )
    shares = [cost / row[name] for name in ("effect", "ci_upper", "ci_lower")]
    needed, least, most = (percent(share, 0) for share in shares)
    return text.format(needed=needed, least=least, most=most)


# ── how far to trust it ─────────────────────────────────────────────────────────────────────────────────


def _held(result: BeforeAfter, row: Row) -> str:
    """Whether it could be caught out: the two checks that any comparison has."""
    return " ".join(_checked(result, row, ("pre_trend", "placebo")))


def _doubts(result: BeforeAfter, row: Row) -> str:
    """The other checks, where they do not hold."""
    names = [name for name in ("trend", "levels") if standing(result, name, row["metric"]) in ("no", "open")]
    names = ["clusters", *names] if standing(result, "clusters") == "no" else names
    said = _checked(result, row, tuple(names))
    if standing(result, "levels", row["metric"]) == "no" and row["effect"] * row["gap_before"] > 0:
        said.append(_("Here that would have worked against the finding."))
    return " ".join(said)


def _checked(result: BeforeAfter, row: Row, names: tuple[str, ...]) -> list[str]:
    checks = result.checks
    own = checks[checks["metric"].isin([row["metric"], ""])].set_index("check")["sentence"]
    return [str(own[name]) for name in names if name in own.index]


def _elsewhere(result: BeforeAfter, rest: list[Row]) -> str:
    """Checks that fail for the other metrics."""
    failed = [
        row["metric"]
        for row in rest
        if "no" in (standing(result, "pre_trend", row["metric"]), standing(result, "placebo", row["metric"]))
    ]
    if not failed:
        return ""
    text = _("What is said of {names} is not to be believed: a check fails for it, see below.")
    return text.format(names=_(" and ").join(measured(name, result.change.period) for name in failed))


def _undone(result: BeforeAfter, row: Row, unit: Unit) -> str:
    """How large something else would have to be."""
    if not row["ci_lower"] * row["ci_upper"] > 0 or not row["breakdown"] > 0:
        return ""
    nearest = min(abs(row["ci_lower"]), abs(row["ci_upper"]))
    show = change_format(row["kind"], unit.currency, nearest)
    text = _(
        "What would undo it: anything else that moved {what} by {nearest} for good from {date} on. That is "
        "{times} of the largest move from one {period} to the next before, {largest}, chance included."
    )
    compared = result.kind == "difference-in-differences"
    return text.format(
        date=day(result.change.date),
        what=_("the gap between the groups") if compared else _("the series off its trend"),
        nearest=show(nearest).lstrip("+"),
        largest=show(nearest / row["breakdown"]).lstrip("+"),
        period=ONE[result.change.period],
        times=percent(row["breakdown"], 0),
    )


def _truth(found: Changed, result: BeforeAfter, unit: Unit) -> str:
    truth = known_truth(found)
    kinds = dict(zip(result.effects["metric"], result.effects["kind"], strict=True))
    parts = [
        f"{measured(name, 'month')} {change_format(kind, unit.currency, truth[name])(truth[name])}"
        for name, kind in kinds.items()
        if name in truth
    ]
    text = _("In truth, which is known of simulated data: {parts}.")
    return text.format(parts="; ".join(parts)) if parts else ""


def known_truth(found: Changed) -> dict[str, float]:
    """The true effects, where they are known of periods like those compared: they are per month."""
    result = found.result
    if isinstance(result, NotEnoughData) or not isinstance(found.truth, dict):
        return {}
    return found.truth if result.change.period == "month" else {}
