"""What a strategy did, in key figures."""

import pandas as pd

from keepbook.experiments.page.facts import Facts, Row
from keepbook.page.elements import Tile
from keepbook.stats.intervals import share
from keepbook.text import catalogue, metric_name, percent

say = catalogue("experiments")
MAX_TILES = 4


def tiles(found: Facts) -> list[Tile]:
    """Profit a customer and of all, the first goals; where the split is broken, how it is."""
    if found.effects is None:
        return []
    if found.ratio.failed:
        return [_share_tile(row) for row in found.ratio.arms.to_dict("records")]
    made = []
    if found.money is not None and found.money["profit"].notna().any():
        row = _decided_on(found)
        made = [_money_tile(row, name, len(found.money) > 1) for name in ("profit", "total")]
    goals = found.goals[found.goals["effect"].notna()].head(MAX_TILES - len(made))
    return made + [_goal_tile(row, found) for row in goals.to_dict("records")]


def _share_tile(row: Row) -> Tile:
    everybody = round(row["customers"] / row["share"]) if row["share"] else 0
    value, lower, upper = share(row["customers"], everybody)
    return Tile(
        name=f"share_{row['variant']}",
        label=say("tile-share", variant=row["variant"]),
        value=value,
        ci_lower=lower,
        ci_upper=upper,
        definition=say("tile-share.definition", intended=percent(row["expected_share"], 0)),
    )


def _decided_on(found: Facts) -> pd.Series:
    """The treatment that the verdict is about, which need not be the one that earns most."""
    variant = found.verdict.variant if found.verdict else None
    own = [row for row in found.money_rows if row["variant"] == variant]
    known = [row for row in found.money_rows if row["profit"] == row["profit"]]
    return own[0] if own else max(known, key=lambda row: row["profit"])


def _money_tile(row: pd.Series, name: str, several: bool) -> Tile:
    chancy, facts = row["error"] > 0, {"variant": row["variant"], "n": int(row["customers"])}
    return Tile(
        name=name,
        label=say(f"tile-{name}", several=several, **facts),
        value=float(row[name]),
        ci_lower=float(row[f"{name}_lower"]) if chancy else None,
        ci_upper=float(row[f"{name}_upper"]) if chancy else None,
        kind="money",
        definition=say(f"tile-{name}.definition", **facts),
    )


def _goal_tile(row: Row, found: Facts) -> Tile:
    """The effect on a goal; of several treatments with the variant in its name."""
    known, variant = row["ci_lower"] == row["ci_lower"], row["variant"]
    days = found.study.experiment.outcome_days if found.study.intake else 0
    metric = metric_name(row["metric"])
    return Tile(
        name=f"effect_{row['metric']}" + (f"_{variant}" if found.several else ""),
        label=say("tile-effect", metric=metric, several=found.several, variant=variant),
        value=float(row["effect"]),
        ci_lower=float(row["ci_lower"]) if known else None,
        ci_upper=float(row["ci_upper"]) if known else None,
        kind={"share": "points", "money": "money"}.get(row["kind"], "decimal"),
        definition=say("tile-effect.definition", variant=variant, days=days),
        rising_is_good=row["better"] == "higher",
    )
