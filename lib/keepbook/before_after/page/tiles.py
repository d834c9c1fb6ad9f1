"""What a change did that was not drawn by lot, in key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from keepbook.before_after.page.figures import bare, headline, measured
from keepbook.before_after.page.verdict import EACH, MANY, Changed, Row, failed_check
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Tile
from keepbook.text import _, day, number
from keepbook.unit import Unit

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.before_after.comparison import BeforeAfter


def change_tiles(found: Changed, unit: Unit) -> list[Tile]:
    """Money a customer and period and of all, what decides and the next metric; none where a check fails."""
    result = found.result
    if isinstance(result, NotEnoughData) or failed_check(result, row := headline(result)):
        return []
    tiles = _money_tiles(result, unit) if row["metric"] == "revenue" else []
    others = [one for one in result.effects.to_dict("records") if one["metric"] != row["metric"]]
    rows = [row, *others][: 4 - len(tiles)]
    return tiles + [_lift_tile(one, result) for one in rows if pd.notna(one["lift"])]


def _money_tiles(result: BeforeAfter, unit: Unit) -> list[Tile]:
    stated = result.change.cost is not None
    name = "profit" if stated else "gain"
    what = _("revenue") if unit.margin == 1 else _("margin")
    each = EACH[result.change.period]
    text = _("{What} added against what was to be expected without the change, {less}.")
    less = _("less its cost") if stated else _("before its cost, which is not stated")
    said = text.format(What=what.capitalize(), less=less)
    heads = {
        "customer and period": (f"{name}_each", _("Gain {each}").format(each=each), said),
        "total": (
            f"{name}_total",
            _("Gain in all"),
            _counting(result),
        ),
    }
    rows = dict(zip(heads, [result.money.iloc[0], result.money.iloc[-1]], strict=True))
    return [
        Tile(
            name=key,
            label=head,
            value=float(rows[basis][name]),
            ci_lower=_known(rows[basis][f"{name}_lower"]),
            ci_upper=_known(rows[basis][f"{name}_upper"]),
            kind="money",
            definition=words,
        )
        for basis, (key, head, words) in heads.items()
    ]


def _counting(result: BeforeAfter) -> str:
    """Of whom the money in all is."""
    words = {"n": number(result.people), "date": day(result.change.date)}
    if not result.ages:
        return _("The same, of {n} customers in all periods.").format(**words)
    text = _(
        "The same, of {n} customers from {date} on, each in those {periods} that are {ages} after the first "
        "purchase: {times} {periods} of customers."
    )
    many = MANY[result.change.period]
    return text.format(times=number(result.customer_periods), periods=many, ages=result.ages, **words)


def _lift_tile(row: Row, result: BeforeAfter) -> Tile:
    name = bare(row["metric"])
    text = _("{Metric}: the difference in per cent of what was to be expected without the change.")
    whole = measured(row["metric"], result.change.period)
    return Tile(
        name=f"lift_{row['metric']}",
        label=_("{Metric}, against expected").format(Metric=name[:1].upper() + name[1:]),
        value=float(row["lift"]),
        ci_lower=_known(row["lift_lower"]),
        ci_upper=_known(row["lift_upper"]),
        kind="percent",
        definition=text.format(Metric=whole[:1].upper() + whole[1:]),
    )


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
