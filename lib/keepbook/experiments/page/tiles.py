"""What a strategy did, in key figures."""

import math
from functools import partial
from typing import Any

from keepbook.experiments.page.amounts import margins_needed, total_of
from keepbook.experiments.page.facts import Facts, capitalised, named
from keepbook.page.effects import Row, tile
from keepbook.page.elements import Tile
from keepbook.plotting.marks import short
from keepbook.stats.intervals import share
from keepbook.text import catalogue, interval, percent

say = catalogue("experiments")
MAX_TILES, MAX_LABEL, MAX_ARM = 4, 28, 24


def tiles(found: Facts) -> list[Tile]:
    """What is earned and the first goals; where the split is broken, how it is."""
    if found.effects is None:
        return []
    if found.ratio.failed:
        return [_share_tile(row) for row in found.ratio.arms.head(MAX_TILES).to_dict("records")]
    made = _of_money(found)
    goals = found.goals[found.goals["effect"].notna()].head(MAX_TILES - len(made))
    return made + [_goal_tile(row, found) for row in goals.to_dict("records")]


def _share_tile(row: Row) -> Tile:
    everybody = round(row["customers"] / row["share"]) if row["share"] else 0
    value, lower, upper = share(row["customers"], everybody)
    intended = percent(row["expected_share"], 0)
    return Tile(
        name=f"share_{row['variant']}",
        label=short(say("tile-share", variant=row["variant"]), MAX_LABEL),
        value=value,
        ci_lower=lower,
        ci_upper=upper,
        basis=say("tile-share.basis", intended=intended),
        definition=say("tile-share.definition", intended=intended),
        evidence="split",
    )


def _of_money(found: Facts) -> list[Tile]:
    """Profit a customer and of all; where no margin is set, what it adds and from which margin it pays."""
    row = found.decided_on
    if row is None or math.isnan(row["profit"]):
        return []
    if not found.margin_unset:
        return [_money_tile(row, name, found) for name in ("profit", "total")]
    total, lower, upper = total_of(row, "gain")
    row = {**row, "revenue": total, "revenue_lower": lower, "revenue_upper": upper}
    return [*_margin_tile(row, found), _money_tile(row, "revenue", found)]


def _margin_tile(row: Row, found: Facts) -> list[Tile]:
    """The margin from which on it pays, if it does at any."""
    least, best, worst = margins_needed(row, found.study.unit)
    if not 0 < least <= 1:
        return []
    bounded = worst <= 1
    return [
        Tile(
            name="margin_needed",
            label=say("tile-margin"),
            value=least,
            ci_lower=best if bounded else None,
            ci_upper=worst if bounded else None,
            basis="" if bounded else interval(best, math.inf, partial(percent, digits=0)),
            definition=say("tile-margin.definition", **_facts(row, found)),
            evidence="margins",
            rising_is_good=False,
        )
    ]


def _facts(row: Row, found: Facts) -> dict[str, Any]:
    yearly = found.study.experiment.rollout_to is not None
    variant = short(row["variant"], MAX_ARM)
    return {"variant": variant, "n": int(row["customers"]), "several": found.several, "yearly": yearly}


def _money_tile(row: Row, name: str, found: Facts) -> Tile:
    facts = _facts(row, found)
    known = row["error"] > 0 and math.isfinite(row[f"{name}_lower"])
    return tile(
        row,
        name,
        name if known else None,
        name=name,
        label=say(f"tile-{name}", **facts),
        definition=say(f"tile-{name}.definition", **facts),
        kind="money",
        compared=_against(row, found),
        evidence="profit",
    )


def _against(row: Row, found: Facts) -> str:
    """Which arms are compared, where there are several."""
    if not found.several:
        return ""
    control, variant = (short(name, MAX_ARM) for name in (found.study.experiment.control, row["variant"]))
    return say("tile-against", control=control, variant=variant)


def _goal_tile(row: Row, found: Facts) -> Tile:
    """The effect on a goal; of several treatments with the variant in its name."""
    days = found.study.experiment.outcome_days if found.study.intake else 0
    facts = named(row, found.several) | {"days": days}
    return tile(
        row,
        "effect",
        "ci",
        name=f"effect_{row['metric']}" + (f"_{row['variant']}" if found.several else ""),
        label=short(capitalised(say("tile-effect", **facts)), MAX_LABEL),
        kind={"share": "points", "money": "money"}.get(row["kind"], "decimal"),
        definition=say("tile-effect.definition", **facts),
        compared=_against(row, found),
        rising_is_good=row["better"] == "higher",
        evidence="effects",
    )
