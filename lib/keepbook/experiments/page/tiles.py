"""What a retention strategy did, in key figures."""

from __future__ import annotations

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.findings import Strategy, as_it_counts, as_money_counts, still_running
from keepbook.page.elements import Tile
from keepbook.stats.intervals import share
from keepbook.text import _, metric_name, number, percent, plural


def strategy_tiles(found: Strategy) -> list[Tile]:
    """Profit a customer and of all, the first goals; where the split is broken, how it is."""
    if isinstance(found.effects, NotEnoughData) or isinstance(found.ratio, NotEnoughData):
        return []
    if found.ratio.unsound:
        return [_share_tile(row) for row in found.ratio.arms.to_dict("records")]
    tiles, early = [], still_running(found.verdict)
    if isinstance(found.money, pd.DataFrame) and found.money["profit"].notna().any():
        row = _decided_on(found, found.money)
        tiles += _money_tiles(as_money_counts(row, early), len(found.money) > 1)
    goals = found.effects[(found.effects["role"] == "goal") & found.effects["effect"].notna()]
    goals = as_it_counts(goals, early)
    assert not isinstance(found.study, NotEnoughData)
    days = found.study.experiment.outcome_days if found.study.intake else 0
    several = len(found.study.treatments) > 1
    return tiles + [_goal_tile(row, days, several) for row in goals.head(4 - len(tiles)).to_dict("records")]


def _share_tile(row: dict) -> Tile:
    everybody = round(row["customers"] / row["share"]) if row["share"] else 0
    value, lower, upper = share(row["customers"], everybody)
    text = _("Share of the customers found in this arm; {intended} were intended.")
    return Tile(
        name=f"share_{row['variant']}",
        label=_("Share in {variant}").format(variant=row["variant"]),
        value=value,
        ci_lower=lower,
        ci_upper=upper,
        definition=text.format(intended=percent(row["expected_share"], 0)),
    )


def _decided_on(found: Strategy, money: pd.DataFrame) -> pd.Series:
    """The treatment that the verdict is about, which need not be the one that earns most."""
    variant = None if isinstance(found.verdict, NotEnoughData) else found.verdict.variant
    own = money[money["variant"] == variant]
    return own.iloc[0] if len(own) else money.loc[money["profit"].idxmax()]


def _money_tiles(row: pd.Series, several: bool) -> list[Tile]:
    each = _("Margin added less cost, per customer treated with {variant}, against the control.")
    whole = _("The same for the {n} customers it would reach.")
    names = {
        "profit": (_("Profit a customer"), each.format(variant=row["variant"])),
        "total": (_("Profit of all"), whole.format(n=number(row["customers"]))),
    }
    known = row["error"] > 0
    of = f" · {row['variant']}" if several else ""
    return [
        Tile(
            name=name,
            label=head + of,
            value=float(row[name]),
            ci_lower=float(row[f"{name}_lower"]) if known else None,
            ci_upper=float(row[f"{name}_upper"]) if known else None,
            kind="money",
            definition=text,
        )
        for name, (head, text) in names.items()
    ]


def _goal_tile(row: dict, days: int, several: bool) -> Tile:
    """The effect on a goal; of several treatments with the variant in its name."""
    head = metric_name(row["metric"]) + (f" · {row['variant']}" if several else "")
    known = row["ci_lower"] == row["ci_lower"]
    text = _("{variant} less the control, over {days} after the assignment.")
    if not days:
        text = _("{variant} less the control.")
    return Tile(
        name=f"effect_{row['metric']}" + (f"_{row['variant']}" if several else ""),
        label=_("Effect on: {metric}").format(metric=head),
        value=float(row["effect"]),
        ci_lower=float(row["ci_lower"]) if known else None,
        ci_upper=float(row["ci_upper"]) if known else None,
        kind={"share": "points", "money": "money"}.get(row["kind"], "decimal"),
        definition=text.format(variant=row["variant"], days=plural(days, _("day"), _("days"))),
        rising_is_good=row["better"] == "higher",
    )
