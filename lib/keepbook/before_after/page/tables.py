"""The tables behind what a change did that was not assigned at random."""

from functools import partial
from html import escape
from textwrap import fill
from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import CHECKS, check_sentence, facts_of, notes
from keepbook.before_after.page.facts import Truth, comparable_truth, members
from keepbook.page.effects import cell, limits_of, signed_percent, true_effect
from keepbook.page.elements import Columns, Table, cash, enough, stacked
from keepbook.page.html import Html, interval_bar, plain
from keepbook.text import (
    MISSING,
    catalogue,
    chance,
    change_format,
    currency_suffix,
    day,
    estimate,
    number,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("before_after")
MAX_WIDTH = 40  # signs of a line that says who is in a group
MAX_LIFT = 2.0  # at which the axis of lifts ends, whatever the widest interval is

shown_p = partial(number, digits=3)
change = partial(cell, unbounded=True)


def groups_table(result: BeforeAfter) -> Table:
    """Who takes part, and who does not."""
    groups = result.groups
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
    return Table(columns, say("groups.caption", **facts_of(result)), name="groups")


def notes_table(result: BeforeAfter) -> Table:
    """How customers and periods were chosen."""
    about, told = zip(*notes(result), strict=True)
    columns: Columns = {say("notes.about"): (list(about), str), say("notes.note"): (list(told), str)}
    return Table(columns, say("notes.caption"), wrap=True)


def effects_table(result: BeforeAfter, unit: Unit, truth: Truth = None) -> Table:
    """Every metric as it was and as was to be expected, and the lift drawn; saved with all numbers."""
    rows, known = result.effects.to_dict("records"), comparable_truth(result, truth)
    columns: Columns = {
        say("per", period=result.change.period): ([_named(row, unit) for row in rows], str),
        say("effects.expected"): ([_value(row, "counterfactual") for row in rows], str),
        say("effects.seen"): ([_value(row, "treated_after") for row in rows], str),
        say("effects.difference"): ([change(row, "effect", "ci") for row in rows], stacked),
        say("effects.lift"): (_drawn(rows), _as_it_is),
    }
    data = result.effects
    if known:
        columns[say("effects.truth")] = ([true_effect(row, known) for row in rows], str)
        data = data.assign(truth=data["metric"].map(known))
    return Table(columns, say("effects.caption", **facts_of(result, unit)), "effects", data)


def _drawn(rows: list[Row]) -> list[Html]:
    """The lift of each metric on one axis, which ends where the estimates are far behind."""
    known = [row[f"lift{end}"] for row in rows for end in ("", "_lower", "_upper")]
    ends = [end for end in known if pd.notna(end)] or [0.0]
    least, most = max(min(0.0, *ends), -MAX_LIFT), min(max(0.0, *ends), MAX_LIFT)
    edge = 0.05 * (most - least)  # so that zero is within
    return [_bar(row, (least - edge, most + edge)) for row in rows]


def _bar(row: Row, axis: tuple[float, float]) -> Html:
    if pd.isna(row["lift"]):
        return Html(MISSING, MISSING)
    show = partial(signed_percent, digits=0)
    known = pd.notna(row["lift_lower"])
    text = estimate(show(row["lift"]), limits_of(row, "lift", show)) if known else show(row["lift"])
    bar = interval_bar(row["lift"], row["lift_lower"], row["lift_upper"], axis, plain(text))
    return Html(f"{bar.html} {escape(show(row['lift']))}", plain(text))


def _as_it_is(cell: Html) -> Any:
    return cell


def courses_table(result: BeforeAfter, unit: Unit) -> Table:
    """Every metric of both groups before and after, and how the difference came about."""
    rows = result.effects.to_dict("records")
    columns: Columns = {
        say("per", period=result.change.period): ([_named(row, unit) for row in rows], str),
        say("courses.course"): ([_course(row, "treated") for row in rows], stacked),
    }
    if result.compared:
        columns[say("courses.comparison")] = ([_course(row, "comparison") for row in rows], stacked)
    columns[say("courses.expected")] = ([_value(row, "counterfactual") for row in rows], str)
    columns[say("courses.difference")] = ([change(row, "effect", "ci") for row in rows], stacked)
    columns[say("courses.p")] = ([row["pvalue"] for row in rows], partial(number, digits=4))
    return Table(columns, say("courses.caption", **facts_of(result, unit)))


def robust_table(result: BeforeAfter, unit: Unit) -> Table:
    """The effects under other assumptions, and how much would undo them."""
    rows, facts = result.effects.to_dict("records"), facts_of(result, unit)
    columns: Columns = {
        say("per", **facts): ([say("short-name", metric=row["metric"]) for row in rows], str),
        say("robust.effect"): ([change(row, "effect", "ci") for row in rows], stacked),
    }
    for name in ("proportional", "trended") if result.compared else ("level", "bend"):
        columns[say(f"robust.{name}")] = ([change(row, name, name) for row in rows], stacked)
    columns[say("robust.before", **facts)] = ([row["pre_trend_pvalue"] for row in rows], shown_p)
    columns[say("robust.breakdown")] = ([_undone(row) for row in rows], stacked)
    return Table(columns, say("robust.caption", **facts))


def _undone(row: Row) -> str:
    """How large something else would have to be, and how often it holds the largest move seen before."""
    if not row["ci_lower"] * row["ci_upper"] > 0 or not row["breakdown"] > 0:
        return MISSING
    nearest = min(abs(row["ci_lower"]), abs(row["ci_upper"]))
    show = change_format(row["kind"], None, row["effect"])
    move, largest = (show(one).lstrip("+") for one in (nearest, nearest / row["breakdown"]))
    return say("robust.times", move=move, n=number(row["breakdown"], 2), largest=largest)


def _named(row: Row, unit: Unit) -> str:
    name = say("short-name", metric=row["metric"])
    return name + currency_suffix(unit.currency if row["kind"] == "money" else None)


def _course(row: Row, group: str) -> str:
    return say("before-to-after", before=_value(row, f"{group}_before"), after=_value(row, f"{group}_after"))


def _value(row: Row, name: str) -> str:
    return value_format(row["kind"], None, row["treated_after"])(row[name])


def checks_table(result: BeforeAfter) -> Table:
    """What the data can say against the comparison."""
    decides, facts = result.deciding["metric"], facts_of(result)
    made = [check for check in CHECKS if check in set(result.checks["check"])]
    came_out = [result.credibility(check) or result.credibility(check, decides) for check in made]
    names = zip(made, came_out, strict=True)
    columns: Columns = {
        say("checks.check"): ([say("check-name", check=c, holds=holds, **facts) for c, holds in names], str),
        say("checks.outcome"): ([_outcome(result, check, decides) for check in made], str),
    }
    return Table(columns, say("checks.caption", metric=decides), name="checks", wrap=True)


def _outcome(result: BeforeAfter, check: str, decides: str) -> str:
    """What a check found of the metric that decides, and in brackets how it came out for the others."""
    rows = result.checks[result.checks["check"] == check]
    others = [
        say("check-other", metric=metric, holds=result.credibility(check, metric))
        for metric in rows["metric"]
        if metric not in (decides, "")
    ]
    return say(
        "check-found",
        sentence=check_sentence(result, check, "" if check == "clusters" else decides) or None,
        metric=decides,
        others=say("list-comma").join(others) or None,
    )


def placebo_table(result: BeforeAfter, unit: Unit) -> Table:
    """Effects at dates at which nothing was introduced; one row per date."""
    rows, dates = result.placebo, sorted(enough(result.placebo)["date"].unique())
    columns: Columns = {say("placebo-dates.date"): ([*map(day, dates)], str)}
    for metric, kind, effect in result.effects[["metric", "kind", "effect"]].itertuples(index=False):
        own = rows[rows["metric"] == metric].set_index("date").reindex(dates)
        show = change_format(kind, None, effect)
        cells = [change(row, "effect", "ci", show) for row in own.to_dict("records")]
        columns[say("short-name", metric=metric)] = (cells, stacked)
        columns[say("placebo-dates.p", metric=metric)] = (own["pvalue"].to_numpy(), shown_p)
    return Table(columns, say("placebo-dates.caption", **facts_of(result, unit)))


def money_table(result: BeforeAfter, unit: Unit) -> Table:
    """What it earns, per customer and period, per customer, and of all."""
    money, facts = result.money, facts_of(result, unit)
    columns: Columns = {
        say("money-table.per"): (
            [say("money-basis", basis=b.replace(" ", "-"), **facts) for b in money["basis"]],
            str,
        ),
        say("money-table.gain", **facts): (_amounts(money, "gain"), stacked),
    }
    if stated := result.change.cost is not None:
        columns |= {
            say("money-table.cost"): ([cash(cost, None) for cost in money["cost"]], str),
            say("money-table.profit", **facts): (_amounts(money, "profit"), stacked),
            say("money-table.chance"): (money["chance"].tolist(), chance),
        }
    return Table(columns, say("money-table.caption", stated=stated, **facts), "money", money)


def _amounts(money: pd.DataFrame, name: str) -> list[str]:
    return [
        change(row, name, name, change_format("money", None, row[name])) for row in money.to_dict("records")
    ]
