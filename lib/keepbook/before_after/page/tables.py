"""The tables behind what a change did that was not assigned at random."""

from functools import partial
from textwrap import fill

import pandas as pd

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import check_sentence, notes
from keepbook.before_after.page.facts import Truth, comparable_truth
from keepbook.before_after.page.names import members, short_name
from keepbook.page.elements import Columns, Table, enough, stacked
from keepbook.text import (
    MISSING,
    catalogue,
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

say = catalogue("before_after")
CHECKS = ("pre_trend", "placebo", "trend", "levels", "clusters")
MAX_WIDTH = 40  # signs of a line that says who is in a group

shown_p = partial(number, digits=3)


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def groups_table(result: BeforeAfter) -> Table:
    """Who takes part, and who does not."""
    groups, period = result.groups, result.change.period
    taking = groups["group"].isin(["treated", "comparison", "all"])
    who = [members(result, g) if t else "" for g, t in zip(groups["group"], taking, strict=True)]
    columns: Columns = {
        say("groups.group"): ([say("group-name", group=group) for group in groups["group"]], str),
        say("groups.who"): (who, partial(fill, width=MAX_WIDTH)),
        say("groups.take-part"): (groups["customers"].where(taking), number),
        say("groups.newer"): (groups["newer"], number),
        say("groups.left-out"): (groups["customers"].mask(taking), number),
    }
    if groups["clusters"].notna().any():
        columns[say("groups.clusters")] = (groups["clusters"], number)
    return Table(columns, say("groups.caption", ages=result.ages, period=period), name="groups")


def notes_table(result: BeforeAfter) -> Table:
    """How customers and periods were chosen."""
    return Table({say("notes"): (notes(result), str)}, "", wrap=True)


# ── effects ─────────────────────────────────────────────────────────────────────────────────────────────


def effects_table(result: BeforeAfter, unit: Unit, truth: Truth = None) -> Table:
    """Every metric before and after, and what was to be expected; saved with all there is as numbers."""
    rows, known = result.effects.to_dict("records"), comparable_truth(result, truth)
    columns: Columns = {
        _per(result): ([_named(row, unit) for row in rows], str),
        say("effects.course"): ([_course(row, "treated") for row in rows], stacked),
    }
    if result.compared:
        columns[say("effects.comparison")] = ([_course(row, "comparison") for row in rows], stacked)
    columns[say("effects.expected")] = ([_value(row, "counterfactual") for row in rows], str)
    columns[say("effects.difference")] = ([_change(row, "effect", "ci") for row in rows], stacked)
    if known:
        columns[say("effects.truth")] = ([_true(row, known) for row in rows], str)
    columns[say("effects.p")] = ([row["pvalue"] for row in rows], partial(number, digits=4))
    caption = say("effects.caption", compared=result.compared, level=percent(1 - unit.alpha, 0))
    return _with_numbers(Table(columns, caption, name="effects"), result.effects)


def _with_numbers(table: Table, numbers: pd.DataFrame) -> Table:
    """The table, saved with the numbers it was made of beside what is shown."""
    data = pd.concat([table.frame, numbers.reset_index(drop=True)], axis=1)
    return Table(table.columns, table.caption, table.name, data)


def _per(result: BeforeAfter) -> str:
    return say("per", period=result.change.period)


def robust_table(result: BeforeAfter, unit: Unit) -> Table:
    """The effects under other assumptions, and how much would undo them."""
    rows, compared = result.effects.to_dict("records"), result.compared
    columns: Columns = {
        _per(result): ([short_name(row["metric"]) for row in rows], str),
        say("robust.effect"): ([_change(row, "effect", "ci") for row in rows], stacked),
    }
    for name in ("proportional", "trended") if compared else ("level", "bend"):
        columns[say(f"robust.{name}")] = ([_change(row, name) for row in rows], stacked)
    columns[say("robust.before", compared=compared)] = ([row["pre_trend_pvalue"] for row in rows], shown_p)
    columns[say("robust.breakdown")] = ([row["breakdown"] for row in rows], _times)
    return Table(columns, say("robust.caption", compared=compared, level=percent(1 - unit.alpha, 0)))


def _times(value: float) -> str:
    return say("robust.times", n=number(value, 2))


def _named(row: Row, unit: Unit) -> str:
    return short_name(row["metric"]) + currency_suffix(unit.currency if row["kind"] == "money" else None)


def _course(row: Row, group: str) -> str:
    return say("before-to-after", before=_value(row, f"{group}_before"), after=_value(row, f"{group}_after"))


def _value(row: Row, name: str) -> str:
    return value_format(row["kind"], None, row["treated_after"])(row[name])


def _change(row: Row, name: str, limits: str = "", near: float | None = None) -> str:
    """A difference over its interval; missing where there is none."""
    if pd.isna(row[name]):
        return MISSING
    limits, show = limits or name, change_format(row["kind"], None, row["effect"] if near is None else near)
    return f"{show(row[name])} {interval(row[f'{limits}_lower'], row[f'{limits}_upper'], show)}"


def _true(row: Row, truth: dict[str, float]) -> str:
    value = truth.get(row["metric"])
    return MISSING if value is None else change_format(row["kind"], None, row["effect"])(value)


# ── checks ──────────────────────────────────────────────────────────────────────────────────────────────


def checks_table(result: BeforeAfter) -> Table:
    """What the data can say against the comparison."""
    decides = result.deciding["metric"]
    made = [check for check in CHECKS if check in set(result.checks["check"])]
    names = [
        say("check-name", check=check, holds=_holds(result, check, decides), compared=result.compared)
        for check in made
    ]
    columns: Columns = {
        say("checks.check"): (names, str),
        say("checks.outcome"): ([_outcome(result, check, decides) for check in made], str),
    }
    return Table(columns, say("checks.caption", metric=decides), name="checks", wrap=True)


def _holds(result: BeforeAfter, check: str, metric: str) -> str:
    return result.credibility(check) or result.credibility(check, metric)


def _outcome(result: BeforeAfter, check: str, decides: str) -> str:
    """What a check found of the metric that decides, and in brackets how it came out for the others."""
    rows = result.checks[result.checks["check"] == check]
    own = check_sentence(result, check, "" if check == "clusters" else decides)
    others = [
        say("check-other", metric=metric, holds=result.credibility(check, metric))
        for metric in rows["metric"]
        if metric not in (decides, "")
    ]
    return say(
        "check-found",
        sentence=own or say("check-no-effect", metric=decides),
        others=say("list-comma").join(others) or None,
    )


def placebo_table(result: BeforeAfter, unit: Unit) -> Table:
    """Effects at dates at which nothing was introduced; one row per date."""
    rows, dates = result.placebo, sorted(result.placebo["date"].unique())
    columns: Columns = {say("placebo-dates.date"): ([*map(day, dates)], str)}
    for row in result.effects.to_dict("records"):
        own = rows[rows["metric"] == row["metric"]].set_index("date").reindex(dates)
        records = [{**one, "kind": row["kind"]} for one in own.to_dict("records")]
        cells = [_change(one, "effect", "ci", row["effect"]) for one in records]
        columns[short_name(row["metric"])] = (cells, stacked)
        columns[say("placebo-dates.p", metric=row["metric"])] = (own["pvalue"].to_numpy(), shown_p)
    date, level = day(result.change.date), percent(1 - unit.alpha, 0)
    table = Table(columns, say("placebo-dates.caption", date=date, level=level))
    enough(table.frame)
    return table


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def money_table(result: BeforeAfter, unit: Unit) -> Table:
    """What it earns, per customer and period, per customer, and of all."""
    rows, currency = result.money.to_dict("records"), currency_suffix(unit.currency)
    gain = say("money-table.gain", margin_stated=unit.margin != 1, currency=currency)
    columns: Columns = {
        say("money-table.per"): ([_basis(row["basis"], result) for row in rows], str),
        gain: ([_cash(row, "gain") for row in rows], stacked),
        say("money-table.cost"): ([_plain(row["cost"]) for row in rows], str),
        say("money-table.profit", currency=currency): ([_cash(row, "profit") for row in rows], stacked),
        say("money-table.chance"): ([row["chance"] for row in rows], chance),
    }
    facts = {"margin": percent(unit.margin, 0), "level": percent(1 - unit.alpha, 0)}
    caption = say("money-table.caption", compared=result.compared, **facts)
    return _with_numbers(Table(columns, caption, name="money"), result.money)


def _basis(basis: str, result: BeforeAfter) -> str:
    return say(
        "money-basis",
        basis="each" if basis == "customer and period" else basis,
        ages=result.ages,
        period=result.change.period,
    )


def _cash(row: Row, name: str) -> str:
    return _change({"kind": "money", **row}, name, near=row[name])


def _plain(value: float) -> str:
    return MISSING if pd.isna(value) else value_format("money", None, value)(value)
