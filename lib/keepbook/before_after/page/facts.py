"""What a change did that was not assigned at random: the facts that findings and tiles state."""

from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import check_sentence, claim, signed_percent
from keepbook.before_after.page.names import members, metric_per_period
from keepbook.before_after.verdict import failed_check
from keepbook.page.elements import Tile
from keepbook.text import (
    catalogue,
    chance,
    change_format,
    day,
    estimate,
    interval,
    joined,
    number,
    percent,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("before_after")
MAX_TILES = 4

Truth = dict[str, float] | None


def findings(result: BeforeAfter, unit: Unit, truth: Truth = None) -> list[str]:
    """Who was compared, the effects, money, checks, what would undo it, the claim, the truth.

    Parameters
    ----------
    truth : metric → true effect per customer and month, of a simulated unit.
    """
    row = result.deciding
    rest = [one for one in result.effects.to_dict("records") if one["metric"] != row["metric"]]
    sentences = [_compared(result)]
    if failed_check(result):
        sentences += [_held(result, row), _doubts(result, row), say("no-effect")]
    else:
        sentences += [_effect(result, row, unit), _others(result, rest), _money(result, row, unit)]
        sentences += [
            _held(result, row),
            _doubts(result, row),
            _elsewhere(result, rest),
            _undone(result, row, unit),
        ]
    sentences += [claim(result), _truth(result, unit, truth)]
    return [sentence for sentence in sentences if sentence]


def _compared(result: BeforeAfter) -> str:
    """Who is compared with whom, and when."""
    size, after = result.groups.set_index("group")["customers"], int(result.periods["is_after"].sum())
    when: dict[str, Any] = {"before": len(result.periods) - after, "after": after}
    when |= {"date": day(result.change.date), "period": result.change.period}
    if not result.compared:
        return say("series", n=int(size["all"]), ages=result.ages, **when)
    return say(
        "compared",
        n=int(size["treated"]),
        others=int(size["comparison"]),
        treated=members(result, "treated"),
        comparison=members(result, "comparison"),
        **when,
    )


# ── how much ────────────────────────────────────────────────────────────────────────────────────────────


def _effect(result: BeforeAfter, row: Row, unit: Unit) -> str:
    value = value_format(row["kind"], unit.currency, row["treated_after"])
    is_share = row["kind"] == "share"
    return say(
        "effect",
        metric=row["metric"],
        period=result.change.period,
        date=day(result.change.date),
        level=value(row["treated_after"]),
        expected=value(row["counterfactual"]),
        effect=_change(row, "effect", "ci", unit.currency),
        lift=None if is_share else _lift(row),
        total=None if is_share else _total(row, unit),
        customers=number(result.customers) if result.ages else None,
        after=int(result.periods["is_after"].sum()),
    )


def _change(row: Row, name: str, limits: str, currency: str | None = None, near: float | None = None) -> str:
    """A difference of a metric with its interval."""
    near = row["effect"] if near is None else near
    show, plain = (change_format(row["kind"], one, near) for one in (currency, None))
    return estimate(show(row[name]), interval(row[f"{limits}_lower"], row[f"{limits}_upper"], plain))


def _lift(row: Row) -> str | None:
    """Against what was to be expected; missing limits are left out."""
    if pd.isna(row["lift"]):
        return None
    lift = signed_percent(row["lift"], 1)
    if pd.isna(row["lift_lower"]):
        return lift
    return estimate(lift, interval(row["lift_lower"], row["lift_upper"], lambda x: signed_percent(x, 1)))


def _total(row: Row, unit: Unit) -> str:
    return _change(row, "total", "total", unit.currency, 100)


def _others(result: BeforeAfter, rest: list[Row]) -> str:
    """The metrics that do not decide."""
    parts: list[str] = []
    for row in rest:
        value = value_format(row["kind"], None, row["treated_after"])
        part = say(
            "other-effect",
            first=not parts,
            metric=row["metric"],
            period=result.change.period,
            level=value(row["treated_after"]),
            expected=value(row["counterfactual"]),
            effect=_change(row, "effect", "ci"),
        )
        parts.append(part)
    return say("other-effects", parts=say("between-parts").join(parts)) if parts else ""


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def _money(result: BeforeAfter, row: Row, unit: Unit) -> str:
    if row["metric"] != "revenue":
        return ""
    each, total, period = result.money.iloc[0], result.money.iloc[-1], result.change.period
    if result.change.cost is None:
        if not each["gain"] > 0:
            return ""
        limits = interval(each["gain_lower"], each["gain_upper"], value_format("money", None, each["gain"]))
        gain = estimate(_cash(each["gain"], unit), limits)
        return say("pays-below", gain=gain, period=period, margin_stated=unit.margin != 1)
    return say(
        "money",
        cost=_cash(each["cost"], unit),
        period=period,
        margin_stated=unit.margin != 1,
        profit=_profit(each, unit),
        total=_profit(total, unit),
        compared=result.compared,
        chance=chance(each["chance"]),
        needed=_break_even(result, row),
    )


def _cash(value: float, unit: Unit) -> str:
    return value_format("money", unit.currency, value)(value)


def _profit(row: pd.Series, unit: Unit) -> str:
    near = row["profit"]
    return _change({"kind": "money", **row}, "profit", "profit", unit.currency, near)


def _break_even(result: BeforeAfter, row: Row) -> str | None:
    """From which margin on it pays; None where that is not known to be below all of the revenue."""
    cost = result.change.cost
    if not cost or not row["ci_lower"] > cost:
        return None
    needed, least, most = (cost / row[name] for name in ("effect", "ci_upper", "ci_lower"))
    return estimate(percent(needed, 0), interval(least, most, lambda share: percent(share, 0)))


# ── how far to trust it ─────────────────────────────────────────────────────────────────────────────────


def _held(result: BeforeAfter, row: Row) -> str:
    """Whether it could be caught out: the two checks that any comparison has."""
    return _together([check_sentence(result, check, row["metric"]) for check in ("pre_trend", "placebo")])


def _doubts(result: BeforeAfter, row: Row) -> str:
    """The other checks, where they do not hold."""
    metric = row["metric"]
    checks = [check for check in ("trend", "levels") if result.credibility(check, metric) in ("no", "open")]
    said = [check_sentence(result, check, metric) for check in checks]
    if result.credibility("clusters") == "no":
        said = [check_sentence(result, "clusters"), *said]
    if result.credibility("levels", metric) == "no" and row["effect"] * row["gap_before"] > 0:
        said.append(say("levels-against"))
    return _together(said)


def _together(sentences: list[str]) -> str:
    return say("between-sentences").join(filter(None, sentences))


def _elsewhere(result: BeforeAfter, rest: list[Row]) -> str:
    """Checks that fail for the other metrics."""
    failed = [
        metric_per_period(row["metric"], result.change.period)
        for row in rest
        if "no" in (result.credibility(check, row["metric"]) for check in ("pre_trend", "placebo"))
    ]
    return say("others-fail", metrics=joined(failed)) if failed else ""


def _undone(result: BeforeAfter, row: Row, unit: Unit) -> str:
    """How large something else would have to be."""
    if not row["ci_lower"] * row["ci_upper"] > 0 or not row["breakdown"] > 0:
        return ""
    nearest = min(abs(row["ci_lower"]), abs(row["ci_upper"]))
    show = change_format(row["kind"], unit.currency, nearest)
    return say(
        "undone",
        date=day(result.change.date),
        compared=result.compared,
        nearest=show(nearest).lstrip("+"),
        largest=show(nearest / row["breakdown"]).lstrip("+"),
        period=result.change.period,
        times=percent(row["breakdown"], 0),
    )


def _truth(result: BeforeAfter, unit: Unit, truth: Truth) -> str:
    known = comparable_truth(result, truth)
    parts = [
        say("truth-part", metric=row.metric, period="month", value=_signed(row.kind, known[row.metric], unit))
        for row in result.effects.itertuples()
        if row.metric in known
    ]
    return say("truth", parts=say("between-parts").join(parts)) if parts else ""


def _signed(kind: str, value: float, unit: Unit) -> str:
    return change_format(kind, unit.currency, value)(value)


def comparable_truth(result: BeforeAfter, truth: Truth) -> dict[str, float]:
    """The true effects, where they are known of periods like those compared: they are per month."""
    return truth if truth and result.change.period == "month" else {}


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(result: BeforeAfter, unit: Unit) -> list[Tile]:
    """Money a customer and period and of all, what decides and the next metric; none where a check fails."""
    if failed_check(result):
        return []
    row = result.deciding
    money = _money_tiles(result, unit) if row["metric"] == "revenue" else []
    others = [one for one in result.effects.to_dict("records") if one["metric"] != row["metric"]]
    rows = [row, *others][: MAX_TILES - len(money)]
    return money + [_lift_tile(one, result) for one in rows if pd.notna(one["lift"])]


def _money_tiles(result: BeforeAfter, unit: Unit) -> list[Tile]:
    stated, period = result.change.cost is not None, result.change.period
    name = "profit" if stated else "gain"
    facts: dict[str, Any] = {"margin_stated": unit.margin != 1, "cost_stated": stated}
    facts |= {"n": result.customers, "date": day(result.change.date), "ages": result.ages, "period": period}
    facts["times"] = number(result.customer_periods)
    rows = {"each": result.money.iloc[0], "total": result.money.iloc[-1]}
    return [
        Tile(
            name=f"{name}_{basis}",
            label=say(f"tile-{basis}", **facts),
            value=float(row[name]),
            ci_lower=_known(row[f"{name}_lower"]),
            ci_upper=_known(row[f"{name}_upper"]),
            kind="money",
            definition=say(f"tile-{basis}.definition", **facts),
        )
        for basis, row in rows.items()
    ]


def _lift_tile(row: Row, result: BeforeAfter) -> Tile:
    facts = {"metric": row["metric"], "period": result.change.period}
    return Tile(
        name=f"lift_{row['metric']}",
        label=say("tile-lift", **facts),
        value=float(row["lift"]),
        ci_lower=_known(row["lift_lower"]),
        ci_upper=_known(row["lift_upper"]),
        definition=say("tile-lift.definition", **facts),
    )


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
