"""What every metric did, in one table: levels, change with its interval drawn, and what analysts look for."""

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from keepbook.experiments.page.amounts import as_stated
from keepbook.experiments.page.facts import Facts, observed
from keepbook.page import html
from keepbook.page.effects import Row, cell, limits_of, signed_percent, true_effect
from keepbook.page.elements import Columns, Table, stacked
from keepbook.page.html import Html, as_drawn, plain
from keepbook.plotting.marks import short
from keepbook.text import (
    MISSING,
    catalogue,
    chance,
    change_format,
    currency_suffix,
    estimate,
    interval,
    listed,
    metric_name,
    number,
    percent,
    pvalue,
    value_format,
)

say = catalogue("experiments")
ROLES = ("goal", "guardrail", "diagnostic")  # in the order in which they are read
TONES = {1: "good", 0: "muted", -1: "bad"}
MAX_BEYOND = 1.0  # of what the estimates span: room on either side for intervals
MIN_SPAN = 0.1  # lift that the axis shows at least
MAX_NAMED = 2  # goals in the title
MAX_ARM = 60  # signs of an arm's name in a row; files have it whole
FEW_CARRIERS = 100  # units that carry a metric, below which their number stands beside that of customers
Axis = tuple[float, float]  # least and most of it


@dataclass(frozen=True)
class ResultTable(Table):
    """A table with columns that a box below it shows; one that is not to be believed is folded away."""

    more: tuple[str, ...] = ()  # headings of the columns that only analysts want
    sorts: tuple[tuple[Any, ...], ...] = ()  # what is behind the cells, a row each
    note: str = ""  # what analysts must know of it
    fold: str = ""  # in which words it is folded away; empty: it is not
    title: str = ""  # its finding
    above: Table | None = None  # what is to be seen instead of it

    def html(self, foot: str = "") -> str:
        """As it stands on a page; below it its foot."""
        heads = list(self.columns)
        behind = zip(heads, zip(*self.sorts, strict=True), strict=True)
        drawn = say("effects-table.change")
        numeric = [i for i, (head, values) in enumerate(behind) if _numbers(values) and head != drawn]
        look: dict[str, Any] = {"caption": self.caption, "values": self.sorts}
        look["more"] = [i for i, head in enumerate(heads) if head in self.more]
        body = html.table(heads, self.texts(), numeric, **look)
        body += f'<p class="kb-more kb-analysts">{html.said(self.note)}</p>'
        body = html.with_switch(body, say("effects-table.switch"))
        body = f'<h3 class="kb-figure-title">{html.said(self.title)}</h3>{body}'
        if self.fold:
            body = f'<details class="kb-fold"><summary>{escape(self.fold)}</summary>{body}</details>'
        return (self.above.html() if self.above else "") + html.captioned(self.name, body, foot)


def _numbers(values: tuple[Any, ...]) -> bool:
    return all(isinstance(value, float | int) for value in values)


def effects_table(found: Facts, above: Table | None = None) -> ResultTable:
    """Every metric of every treatment, goals first, by the intervals that count.

    Parameters
    ----------
    above : what is shown instead where the split is broken; the effects are folded away then.
    """
    assert found.effects is not None
    order = found.effects["role"].map(ROLES.index).argsort(kind="stable")
    counting = found.counting.iloc[order]
    rows, plainly = (frame.to_dict("records") for frame in (counting, found.effects.iloc[order]))
    columns, sorts = _columns(rows, found, _axis(counting))
    more = _more(rows, plainly, found)
    if found.early:  # a chance at one look is not what counts
        head = say("effects-table.chance")
        more = {head: columns.pop(head)} | more
    shown, failed = columns | more, found.ratio.failed
    behind = zip(*(sorts.get(head, [None] * len(rows)) for head in shown), strict=True)
    return ResultTable(
        shown,
        _caption(found, rows),
        "effects",
        found.effects,
        more=tuple(more),
        sorts=tuple(behind),
        note=say("effects-table.note", level=found.level, few=FEW_CARRIERS, early=found.early),
        title=_title(found, rows),
        fold=say("effects-table.fold") if failed else "",
        above=above if failed else None,
    )


def _title(found: Facts, rows: list[Row]) -> str:
    """Which goals moved beyond chance."""
    goals = [(found.moved(row), _name(row, found)) for row in rows if row["role"] == "goal"]
    better, worse = ([name for moved, name in goals if moved == way] for way in (1, -1))
    facts = {"early": found.early, "failed": found.ratio.failed}
    return say("effects-table.title", better=_goals(better), worse=_goals(worse), **facts)


def _goals(names: list[str]) -> str | None:
    """Their names, as long as a title has room for them; None: none."""
    if not names:
        return None
    return listed(names) if len(names) <= MAX_NAMED else say("effects-table.goals", n=len(names))


def _caption(found: Facts, rows: list[Row]) -> str:
    """How the bars are to be read."""
    return say(
        "effects-table.caption",
        early=found.early,
        control=short(found.study.experiment.control),
        level=found.level,
        guarded=any(row["role"] == "guardrail" for row in rows),
        simulated=bool(found.truth),
        adjusted=any(row["reduction"] > 0 for row in rows),
    )


def _name(row: Row, found: Facts) -> str:
    """`came back`, of several treatments `came back (voucher)`."""
    metric, variant = short(metric_name(row["metric"])), short(row["variant"])
    return say("metric-of-variant", metric=metric, several=found.several, variant=variant)


def _columns(rows: list[Row], found: Facts, axis: Axis) -> tuple[Columns, dict[str, list[Any]]]:
    """What everybody reads, and by what it sorts."""
    words = [_words(row) for row in rows]
    heads = {name: say(f"effects-table.{name}") for name in ("role", "change", "words", "chance")}
    control, treated = say("column-control"), say("column-treated")
    columns: Columns = {
        **rows_named(say("effects-table.metric"), _metrics(rows, found), [row["variant"] for row in rows]),
        heads["role"]: ([_role(row, found) for row in rows], str),
        control: ([_level(row, "control") for row in rows], str),
        treated: ([_level(row, "treatment") for row in rows], str),
        heads["change"]: ([_bar(*each, found, axis) for each in zip(rows, words, strict=True)], as_drawn),
        heads["words"]: (words, str),
        heads["chance"]: ([chance(row["chance_to_win"]) for row in rows], str),
    }
    return columns, {
        control: [float(observed(row, "control")) for row in rows],
        treated: [float(observed(row, "treatment")) for row in rows],
        heads["change"]: [float(row["lift"]) for row in rows],
        heads["chance"]: [float(row["chance_to_win"]) for row in rows],
    }


def _more(rows: list[Row], plainly: list[Row], found: Facts) -> Columns:
    """What analysts check; `plainly` : the rows with the intervals of one look."""
    columns: Columns = {say("column-difference"): ([cell(row, "effect", "ci") for row in rows], stacked)}
    if found.truth:
        columns[say("effects-table.truth")] = ([true_effect(row, found.truth) for row in rows], str)
    p = [row["pvalue"] if pd.isna(row["pvalue_adjusted"]) else row["pvalue_adjusted"] for row in rows]
    head, limits = ("one-look", "ci") if found.early else ("any-look", "always_valid")
    return columns | {
        say("column-p"): (p, pvalue),
        say(f"effects-table.{head}"): ([_limits(row, limits) for row in plainly], stacked),
        say("effects-table.plain"): ([cell(row, "plain_effect", "plain") for row in rows], stacked),
        say("effects-table.reduction"): ([percent(row["reduction"], 0) for row in rows], str),
        say("effects-table.n"): ([_n(row) for row in rows], stacked),
    }


def rows_named(head: str, names: list[str], variants: list[str]) -> Columns:
    """What every row is about: with its arm, in one column that stays in sight, where there are several."""
    if len(set(variants)) < 2:
        return {head: (names, str)}
    arms = [short(variant, MAX_ARM) for variant in variants]
    both = [f"{name}\n{arm}" for name, arm in zip(names, arms, strict=True)]
    return {say("column-with-arm", column=head): (both, str)}


def _metrics(rows: list[Row], found: Facts) -> list[str]:
    money = currency_suffix(found.study.unit.currency)
    return [metric_name(row["metric"]) + (money if row["kind"] == "money" else "") for row in rows]


def _role(row: Row, found: Facts) -> str:
    """`goal`, or `guardrail 15 %: unharmed`."""
    state = say("guardrail-state", state=row[found.guardrail_state])
    return say("role", role=row["role"], margin=as_stated(row["margin"]), state=state)


def _level(row: Row, arm: str) -> str:
    return value_format(row["kind"], None, row["control"])(observed(row, arm))


def _words(row: Row) -> str:
    """The change in per cent of the control, else as it is, with its interval."""
    if not np.isfinite(row["lift"]):
        return cell(row, "effect", "ci")
    show = partial(signed_percent, digits=0 if abs(row["lift"]) >= 0.1 else 1)
    if not _bounded(row):
        return say("effects-table.unbounded", value=show(row["lift"]))
    return plain(estimate(show(row["lift"]), interval(row["lift_lower"], row["lift_upper"], show)))


def _bounded(row: Row) -> bool:
    return bool(np.isfinite([row["lift_lower"], row["lift_upper"]]).all())


def _bar(row: Row, words: str, found: Facts, axis: Axis) -> Html:
    """The change on the common axis, in the colour of what it means."""
    if not np.isfinite(row["lift"]):
        return Html("")
    low, high = (row["lift_lower"], row["lift_upper"]) if _bounded(row) else (-np.inf, np.inf)
    guarded = row["role"] == "guardrail"
    good = 1 if row["better"] == "higher" else -1
    moved = found.moved(row) if _bounded(row) else 0
    if guarded:
        moved = -1 if row[found.guardrail_state] == "no" else max(moved, 0)
    truth = (found.truth or {}).get(row["metric"])
    marks = {
        "limit": -good * row["margin"] if guarded else None,
        "truth": None if truth is None else truth / row["control"],
    }
    return html.interval_bar(row["lift"], low, high, axis, words, TONES[moved], **marks)


def _axis(effects: pd.DataFrame) -> Axis:
    """From the least estimate to the highest, and as much again for intervals, which may reach further."""
    good = np.where(effects["better"] == "higher", -1.0, 1.0)
    margins = (good * effects["margin"])[effects["role"] == "guardrail"]
    points = np.array([*effects["lift"], *margins, 0.0], float)
    points = points[np.isfinite(points)]
    low, high = points.min(), points.max()
    room = MAX_BEYOND * max(high - low, MIN_SPAN)
    ends = effects[["lift_lower", "lift_upper"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    least, most = min([low, *ends]), max([high, *ends])
    rim = 0.03 * (high - low + MIN_SPAN)
    return float(max(least, low - room) - rim), float(min(most, high + room) + rim)


def _n(row: Row) -> str:
    """`1,536 : 1,469`, and below it `(31)` where so few carry the metric."""
    text = f"{number(row['n_control'])} : {number(row['n_treatment'])}"
    return f"{text}\n({number(row['carriers'])})" if row["carriers"] < FEW_CARRIERS else text


def _limits(row: Row, name: str) -> str:
    """An interval of an effect; below it, of a guardrail, what it says of that."""
    show = change_format(row["kind"], None, row["effect"])
    known = row[f"{name}_lower"] < row[f"{name}_upper"]
    limits = limits_of(row, name, show) if known else MISSING
    if row["role"] != "guardrail":
        return limits
    state = row["holds" if name == "ci" else "holds_always_valid"]
    return f"{limits}\n{say('guardrail-state', state=state)}"
