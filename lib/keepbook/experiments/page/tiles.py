"""What a strategy did, in key figures."""

from keepbook.experiments.page.facts import Facts, named
from keepbook.page.effects import Row, tile
from keepbook.page.elements import Tile
from keepbook.stats.intervals import share
from keepbook.text import catalogue, percent

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


def _decided_on(found: Facts) -> Row:
    """The treatment that the verdict is about, which need not be the one that earns most."""
    variant = found.verdict.variant if found.verdict else None
    own = [row for row in found.money_rows if row["variant"] == variant]
    known = [row for row in found.money_rows if row["profit"] == row["profit"]]
    return own[0] if own else max(known, key=lambda row: row["profit"])


def _money_tile(row: Row, name: str, several: bool) -> Tile:
    facts = {"variant": row["variant"], "n": int(row["customers"]), "several": several}
    label, definition = say(f"tile-{name}", **facts), say(f"tile-{name}.definition", **facts)
    limits = name if row["error"] > 0 else None
    return tile(row, name, limits, name=name, label=label, definition=definition, kind="money")


def _goal_tile(row: Row, found: Facts) -> Tile:
    """The effect on a goal; of several treatments with the variant in its name."""
    days = found.study.experiment.outcome_days if found.study.intake else 0
    facts = named(row, found.several) | {"days": days}
    return tile(
        row,
        "effect",
        "ci",
        name=f"effect_{row['metric']}" + (f"_{row['variant']}" if found.several else ""),
        label=say("tile-effect", **facts),
        kind={"share": "points", "money": "money"}.get(row["kind"], "decimal"),
        definition=say("tile-effect.definition", **facts),
        rising_is_good=row["better"] == "higher",
    )
