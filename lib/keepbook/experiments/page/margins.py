"""From which margin on a strategy pays: a slider, the rule in words for those without it, and a table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from keepbook.experiments.margins import AtMargin
from keepbook.experiments.page.amounts import amount, margin_text, margins_needed
from keepbook.experiments.page.facts import Facts
from keepbook.experiments.page.verdict import kind_of, what_to_do
from keepbook.page import html
from keepbook.page.effects import Row, cell
from keepbook.page.elements import Columns, Table, stacked
from keepbook.page.html import plain
from keepbook.text import catalogue, chance, percent, value_format

say = catalogue("experiments")
STEP = 5  # per cent, from one place of the slider to the next
START = 50  # where the slider stands as long as no margin is set
Steps = list[dict[str, str]]


@dataclass(frozen=True)
class MarginTable(Table):
    """A table of margins with its finding above, and a slider over its rows."""

    title: str = ""
    measure: str = ""
    steps: tuple[dict[str, str], ...] = ()
    start: int = 0

    def html(self, foot: str = "") -> str:
        """As it stands on a page; below it its foot."""
        body = (
            f'<h3 class="kb-figure-title">{html.said(self.title)}</h3>'
            f'<p class="kb-measure">{html.said(self.measure)}</p>{self._slider()}'
            f'<details class="kb-fold"><summary>{escape(say("margins.fold"))}</summary>'
            f"{html.table(list(self.columns), self.texts(), [0], caption=self.caption)}</details>"
        )
        return html.captioned(self.name, body, foot)

    def _slider(self) -> str:
        if not self.steps:  # no margin changes anything
            return ""
        steps = escape(json.dumps(self.steps, ensure_ascii=False))
        return (
            '<div class="kb-slider" hidden><label for="kb-margin">'
            f'{escape(say("margins.slider"))} <output data-out="margin" for="kb-margin"></output></label>'
            f'<input id="kb-margin" type="range" min="0" max="{len(self.steps) - 1}" value="{self.start}" '
            f'data-steps="{steps}"><p><output data-out="decision" for="kb-margin"></output> '
            '<span data-out="profit"></span></p></div>'
        )


def margin_table(found: Facts, scan: Sequence[AtMargin]) -> MarginTable:
    """What would be decided at every margin.

    Parameters
    ----------
    found : at the unit's own margin. scan : as `by_margin`.
    """
    own = found.study.unit.margin
    shown = [one for one in scan if round(100 * one.margin, 6) % STEP == 0 or one.margin == own]
    facts = [Facts(one.study, found.ratio, one.effects, one.money, one.verdict) for one in shown]
    rows = [_decided(each) for each in facts]
    steps = [_step(each, row, own) for each, row in zip(facts, rows, strict=True)]
    start = START / 100 if found.margin_unset else own
    columns: Columns = {
        say("margins.margin"): ([step["margin"] for step in steps], str),
        say("margins.profit"): ([_profit_cell(row) for row in rows], stacked),
        say("margins.chance"): ([chance(row["chance"]) for row in rows], str),
        say("margins.decision"): ([step["decision"] for step in steps], str),
    }
    data = pd.DataFrame(rows)[["variant", "profit", "profit_lower", "profit_upper", "chance"]]
    data.insert(0, "margin_of_revenue", [one.margin for one in shown])
    data["action"] = [one.verdict.action for one in shown]
    return MarginTable(
        columns,
        say("margins.caption", level=found.level, early=found.early),
        "margins",
        data,
        title=plain(_pays(found)),
        measure=_rule(found, scan),
        steps=() if len({one.verdict.action for one in scan}) == 1 else tuple(steps),
        start=min(range(len(shown)), key=lambda i: abs(shown[i].margin - start)),
    )


def _decided(found: Facts) -> Row:
    row = found.decided_on
    assert row is not None
    return row


def _step(found: Facts, row: Row, own: float) -> dict[str, str]:
    """A place of the slider: what its outputs say."""
    assert found.verdict is not None
    unit = found.study.unit
    margin = percent(unit.margin, 0 if round(100 * unit.margin, 6) % 1 == 0 else 1)
    earned = plain(amount(row, "profit", unit, signed=True))
    return {
        "margin": say("margins.own", margin=margin) if unit.margin == own < 1 else margin,
        "profit": say("margins.step", profit=earned, variant=row["variant"], several=found.several),
        "decision": what_to_do(found, found.verdict),
        "kind": kind_of(found, found.verdict) if found.verdict.ground != "earns" else "good",
    }


def _profit_cell(row: Row) -> str:
    return cell(row, "profit", "profit", value_format("money", None, row["profit"]))


def _pays(found: Facts) -> str:
    """From which margin on the treatment that is decided on pays."""
    row, unit = _decided(found), found.study.unit
    least, best, _worst = margins_needed(row, unit)
    case = "from" if least <= 1 else "maybe" if best <= 1 else "never"
    if not row["gain"] > 0 and case == "never":
        case = "nothing"
    if row["cost"] <= 0:  # no more than the control does
        case = "any" if row["gain"] >= 0 else "below"
    below = percent(row["cost"] * unit.margin / row["gain"], 0) if case == "below" else None
    return say("margins", case=case, margin=margin_text(row, unit), best=percent(best, 0), below=below)


def _rule(found: Facts, scan: Sequence[AtMargin]) -> str:
    """From which margin on the rule rolls out, and up to which it stops."""
    actions = [one.verdict.action for one in scan]
    rolls = next((i for i in range(len(scan)) if {*actions[i:]} == {"roll-out"}), None)
    stops = next((i for i in reversed(range(len(scan))) if {*actions[: i + 1]} == {"stop"}), None)
    at = [None if i is None else percent(scan[i].margin, 0) for i in (rolls, stops)]
    same = actions[0] if len(set(actions)) == 1 else None
    return say("margins.rule", same=same, rolls=at[0], stops=at[1])
