"""The tables behind what a change did that was not drawn by lot: frames with their formats and captions."""

from __future__ import annotations

from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from keepbook.before_after.page.figures import bare, headline, standing
from keepbook.before_after.page.findings import known_truth, whom
from keepbook.before_after.page.verdict import EACH, ONE, Changed, Row
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Columns, stacked, table_of
from keepbook.page.elements import OldTable as Table
from keepbook.text import (
    MISSING,
    _,
    chance,
    change_format,
    currency_suffix,
    day,
    interval,
    number,
    percent,
    value_format,
)
from keepbook.unit import Unit

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.before_after.comparison import BeforeAfter

GROUPS = {
    "treated": _("those who got it"),
    "comparison": _("comparison"),
    "all": _("all"),
    "neither": _("in neither group"),
    "unlisted": _("not in the customers table"),
    "unclustered": _("in no cluster"),
    "older": _("first bought too long before"),
}
CHECKED = {
    "pre_trend": _("alike before the date"),
    "placebo": _("earlier dates"),
    "trend": _("trend carried on"),
    "levels": _("levels before"),
    "clusters": _("enough clusters"),
}
HELD = {"yes": "✓", "no": "✗", "open": "?"}
BASES = {"customer": _("a customer, in all periods"), "total": _("all who got it")}


def change_groups_table(result: BeforeAfter | NotEnoughData) -> Table:
    """Who takes part, and who does not."""
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    groups = result.groups
    taking = groups["group"].isin(["treated", "comparison", "all"])
    columns: Columns = {
        _("group"): (groups["group"].map(GROUPS), str),
        _("who"): (
            [whom(result, g) if t else "" for g, t in zip(groups["group"], taking, strict=True)],
            partial(fill, width=40),
        ),
        _("take part"): (groups["customers"].where(taking), number),
        _("came too late"): (groups["newer"], number),
        _("left out"): (groups["customers"].mask(taking), number),
        _("clusters"): (groups["clusters"], number),
    }
    if groups["clusters"].isna().all():
        del columns[_("clusters")]
    caption = _("Every customer is in one row. Came too late: first bought when the periods had begun.")
    if result.ages:
        caption = _(
            "Every customer is in one row. Take part: count in one {period} at least, {ages} after their "
            "first purchase. Came too late: first bought in the last {period}."
        ).format(period=ONE[result.change.period], ages=result.ages)
    return table_of(columns, caption)


def change_notes_table(result: BeforeAfter | NotEnoughData) -> Table:
    """How customers and periods were chosen."""
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    return table_of({_("to be known"): (list(result.notes), str)}, "")


def change_effects_table(found: Changed, unit: Unit) -> Table:
    """Every metric before and after, and what was to be expected; the frame holds all there is as numbers."""
    result = found.result
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    rows, truth = result.effects.to_dict("records"), known_truth(found)
    columns: Columns = {
        _per(result): ([_named(row, unit) for row in rows], str),
        _("before → after"): ([_course(row, "treated") for row in rows], stacked),
        _("comparison"): ([_course(row, "comparison") for row in rows], stacked),
        _("expected"): ([_value(row, "counterfactual") for row in rows], str),
        _("difference"): ([_change(row, "effect", "ci") for row in rows], stacked),
        _("in truth"): ([_true(row, truth) for row in rows], str),
        _("p"): ([row["pvalue"] for row in rows], lambda value: number(value, 4)),
    }
    compared = result.kind == "difference-in-differences"
    if not compared:
        del columns[_("comparison")]
    if not truth:
        del columns[_("in truth")]
    caption = _compared_caption() if compared else _alone_caption()
    return _with_numbers(columns, caption.format(level=percent(1 - unit.alpha, 0)), result.effects)


def _with_numbers(columns: Columns, caption: str, numbers: pd.DataFrame) -> Table:
    """A table whose data hold, beside what is shown, the numbers it was made of."""
    frame, formats, caption = table_of(columns, caption)
    assert isinstance(frame, pd.DataFrame)
    return pd.concat([frame, numbers.reset_index(drop=True)], axis=1), formats, caption


def _per(result: BeforeAfter) -> str:
    return _("per {customer}").format(customer=EACH[result.change.period].removeprefix("a "))


def _compared_caption() -> str:
    return _(
        "Means of all periods before and after. Expected: what those who got it had before, and what changed "
        "for the comparison. Difference: what came after, less that (difference-in-differences). Brackets: "
        "{level}."
    )


def _alone_caption() -> str:
    return _(
        "Means of all periods before and after, of the same ages of customers, mixed alike, and brought to "
        "one length. Difference: mean distance from the straight trend of the time before (interrupted time "
        "series). Brackets: {level}."
    )


def change_robust_table(result: BeforeAfter | NotEnoughData, alpha: float) -> Table:
    """The effects under other assumptions, and how much would undo them."""
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    rows = result.effects.to_dict("records")
    compared = result.kind == "difference-in-differences"
    columns: Columns = {
        _per(result): ([bare(row["metric"]) for row in rows], str),
        _("effect"): ([_change(row, "effect", "ci") for row in rows], stacked),
    }
    others = {"proportional": _("in proportion"), "trended": _("trend carried on")}
    if not compared:
        others = {"level": _("in the first period"), "bend": _("more each period")}
    columns |= {head: ([_change(row, name) for row in rows], stacked) for name, head in others.items()}
    before = _("alike before, p") if compared else _("straight before, p")
    columns[before] = ([row["pre_trend_pvalue"] for row in rows], lambda p: number(p, 3))
    columns[_("undone by")] = ([row["breakdown"] for row in rows], lambda value: f"{number(value, 2)}×")
    text = _(
        "In proportion: if the comparison's change had carried over in proportion, not in amount. Trend "
        "carried on: less a straight trend of the gap before the date, as if it had gone on. Undone by: a "
        "lasting move of the gap, in largest moves seen from one period to the next before the date, chance "
        "included; 0 where there is nothing to undo. Brackets: {level}."
    )
    alone = _(
        "In the first period: distance from the trend right at the date; more each period: how the distance "
        "grows. Undone by: a lasting move off the trend, in largest moves seen from one period to the next "
        "before the date, chance included; 0 where there is nothing to undo. Brackets: {level}."
    )
    return table_of(columns, (text if compared else alone).format(level=percent(1 - alpha, 0)))


def _named(row: Row, unit: Unit) -> str:
    return bare(row["metric"]) + currency_suffix(unit.currency if row["kind"] == "money" else None)


def _course(row: Row, group: str) -> str:
    return f"{_value(row, f'{group}_before')} → {_value(row, f'{group}_after')}"


def _value(row: Row, name: str) -> str:
    return value_format(row["kind"], None, row["treated_after"])(row[name])


def _change(row: Row, name: str, limits: str = "", near: float | None = None) -> str:
    if pd.isna(row[name]):
        return MISSING
    limits, show = limits or name, change_format(row["kind"], None, row["effect"] if near is None else near)
    return f"{show(row[name])} {interval(row[f'{limits}_lower'], row[f'{limits}_upper'], show)}"


def _true(row: Row, truth: dict[str, float]) -> str:
    value = truth.get(row["metric"])
    return MISSING if value is None else change_format(row["kind"], None, row["effect"])(value)


# ── checks ──────────────────────────────────────────────────────────────────────────────────────────────


def change_checks_table(result: BeforeAfter | NotEnoughData) -> Table:
    """What the data can say against the comparison."""
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    rows, row = result.checks, headline(result)
    names = [name for name in CHECKED if name in set(rows["check"])]
    marks = [HELD.get(standing(result, name) or standing(result, name, row["metric"]), "") for name in names]
    called = CHECKED | ({"pre_trend": _("straight before the date")} if result.ages else {})
    columns: Columns = {
        _("check"): ([f"{mark} {called[name]}" for mark, name in zip(marks, names, strict=True)], str),
        _("what was found"): ([_found(result, name, row["metric"]) for name in names], str),
    }
    caption = _(
        "✓ holds, ✗ does not, ? cannot be told. Where one fails for {metric}, which decides, nothing is "
        "believed; levels that differ forbid it only where they could make the effect by themselves. That a "
        "check holds is no proof."
    )
    return table_of(columns, caption.format(metric=bare(row["metric"])))


def _found(result: BeforeAfter, check: str, decides: str) -> str:
    """What a check found of the metric that decides, and in brackets how it came out for the others."""
    rows = result.checks[result.checks["check"] == check]
    own = rows[rows["metric"].isin([decides, ""])]["sentence"]
    nothing = _("There is no effect on {metric} to be undone.").format(metric=bare(decides))
    said = str(own.iloc[0]) if len(own) else nothing
    others = [
        f"{bare(metric)} {HELD[standing(result, check, metric)]}"
        for metric in rows["metric"]
        if metric not in (decides, "")
    ]
    return said + (f" ({', '.join(others)})" if others else "")


def change_placebo_table(result: BeforeAfter | NotEnoughData, alpha: float) -> Table:
    """Effects at dates at which nothing was introduced; one row per date."""
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    rows, effects = result.placebo, result.effects.to_dict("records")
    dates = sorted(rows["date"].unique())
    columns: Columns = {_("date"): ([*map(day, dates)], str)}
    for row in effects:
        own = rows[rows["metric"] == row["metric"]].set_index("date").reindex(dates)
        cells = [
            _change({**one, "kind": row["kind"]}, "effect", "ci", row["effect"])
            for one in own.to_dict("records")
        ]
        columns[bare(row["metric"])] = (cells, stacked)
        columns[_("p, {metric}").format(metric=bare(row["metric"]))] = (
            own["pvalue"].to_numpy(),
            lambda value: number(value, 3),
        )
    caption = _("From the periods before {date} alone. Each date by itself; brackets: {level}.")
    return table_of(columns, caption.format(date=day(result.change.date), level=percent(1 - alpha, 0)))


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def change_money_table(result: BeforeAfter | NotEnoughData, unit: Unit) -> Table:
    """What it earns, per customer and period, per customer, and of all."""
    if isinstance(result, NotEnoughData):
        return result, {}, ""
    rows = result.money.to_dict("records")
    gain = _("revenue added") if unit.margin == 1 else _("margin added")
    bases = BASES | ({"total": _("all who count from the date on")} if result.ages else {})
    columns: Columns = {
        _("per"): ([bases.get(row["basis"], EACH[result.change.period]) for row in rows], str),
        gain + currency_suffix(unit.currency): ([_cash(row, "gain") for row in rows], stacked),
        _("its cost"): ([MISSING if pd.isna(row["cost"]) else _plain(row, "cost") for row in rows], str),
        _("left") + currency_suffix(unit.currency): ([_cash(row, "profit") for row in rows], stacked),
        _("pays with"): ([row["chance"] for row in rows], chance),
    }
    caption = _(
        "Effect on revenue times the margin of {margin}, less the cost. Pays with: probability under a flat "
        "prior, if {fair}; that this is so is in no number here. Brackets: {level}."
    )
    margin = percent(unit.margin, 0)
    fair = _("the trend would have gone on") if result.ages else _("the comparison is fair")
    words = {"margin": margin, "level": percent(1 - unit.alpha, 0), "fair": fair}
    return _with_numbers(columns, caption.format(**words), result.money)


def _cash(row: Row, name: str) -> str:
    if pd.isna(row[name]):
        return MISSING
    show = change_format("money", None, row[name])
    return f"{show(row[name])} {interval(row[f'{name}_lower'], row[f'{name}_upper'], show)}"


def _plain(row: Row, name: str) -> str:
    return value_format("money", None, row[name])(row[name])
