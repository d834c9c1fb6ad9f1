"""What an export's values mean for the unit file, and what a person should look at."""

import re
from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir

from keepbook.drafting.looks import Look
from keepbook.drafting.meanings import CANCELLED, NO_SALE, UNPAID, WON, meaning, values_of, zone_of
from keepbook.drafting.presets import Preset
from keepbook.drafting.roles import Found, Guess
from keepbook.text import catalogue

MAX_REST = 8  # other values of a status that a sentence names
MAX_KINDS = 30  # different values up to which a column tells kinds of lines
MIN_ORDERS, ALL_THE_SAME = 10, 0.95  # orders of several lines from which equal amounts are no chance
UNITS = re.compile(r"cents?\b|pence|minor|\bfen\b|万元|千元|万$", re.IGNORECASE)
FOREIGN = re.compile(r"[\u4e00-\u9fff]")

say = catalogue("drafting")


def statuses(keys: dict[str, Any], lines: ir.Table, found: Found, preset: Preset | None) -> list[str]:
    """Fills `cancelled`, `exclude` and `where` from what statuses say."""
    unsure = []
    for role in ("status", "life"):
        column = found.column(role)
        if column is None:
            continue
        values = list(values_of(lines, column))
        known = preset or Preset("", "", "", {}, ())
        won = [v for v in values if v in known.won] or meaning(values, WON)
        cancelled = [v for v in values if v in known.cancelled] or meaning(values, CANCELLED)
        unpaid = [v for v in values if v in known.unpaid] or meaning(values, UNPAID)
        if won:
            keys.setdefault("where", {})[column] = won if len(won) > 1 else won[0]
            unsure.append(say("won", column=column, values=say("or").join(won)))
            continue
        if cancelled and "cancelled" not in keys:
            keys["cancelled"] = {column: cancelled}
            rest = ", ".join(_rest(values, cancelled, unpaid)[:MAX_REST]) or None
            unsure.append(say("cancelled", column=column, values=say("or").join(cancelled), rest=rest))
        elif cancelled:
            keys.setdefault("exclude", {})["cancelled"] = {column: cancelled}
        if unpaid := [v for v in unpaid if v not in cancelled]:
            keys.setdefault("exclude", {})["not yet a sale"] = {column: unpaid}
            unsure.append(say("unpaid", column=column, values=say("or").join(unpaid)))
    return unsure


def _rest(values: list[str], *taken: list[str]) -> list[str]:
    return [value for value in values if not any(value in some for some in taken)]


def documents(
    keys: dict[str, Any], lines: ir.Table, looks: Mapping[str, Look], columns: Mapping[str, Guess]
) -> list[str]:
    """Columns nobody asked about whose values say that some lines may be no sales."""
    used = {guess.column for guess in columns.values()} | set(keys.get("where", {}))
    used |= set(keys.get("cancelled", {})) | {n for block in keys.get("exclude", {}).values() for n in block}
    kinds = [name for name, look in looks.items() if name not in used and _is_kind(look)]
    found = {name: values_of(lines, name) for name in kinds}
    doubts = {
        name: [v for v in values if any(p.search(v) for p in (CANCELLED, UNPAID, NO_SALE))]
        for name, values in found.items()
    }
    return [
        say("no-sale", column=name, values=", ".join(values[:5]), first=values[0])
        for name, values in doubts.items()
        if values and len(values) < len(found[name])
    ]


def _is_kind(look: Look) -> bool:
    """Whether a column tells kinds of lines: few words that come again."""
    return 2 <= look.distinct <= MAX_KINDS and look.letters >= 0.9 and look.days < 0.5 and look.mails < 0.5


def repeated_totals(lines: ir.Table, columns: Mapping[str, Guess]) -> list[str]:
    """Whether an order's total stands on each of its lines, where it would be counted again and again."""
    if not {"order_id", "amount"} <= columns.keys():
        return []
    order, amount = (lines[columns[role].column].cast("string") for role in ("order_id", "amount"))
    orders = lines.select(order=order, amount=amount).filter(lambda t: t.order.notnull())
    each = orders.group_by("order").agg(n=orders.count(), kinds=orders.amount.nunique())
    several = each.filter(each.n > 1)
    counts = (
        several.agg(all=several.count(), same=(several.kinds == 1).sum().fill_null(0)).to_pandas().iloc[0]
    )
    if counts["all"] < MIN_ORDERS or counts["same"] < ALL_THE_SAME * counts["all"]:
        return []
    name = columns["order_id"].column.replace('"', '""')
    return [say("repeated-totals", column=columns["amount"].column, n=int(counts["same"]), order=name)]


def units(columns: Mapping[str, Guess]) -> list[str]:
    """Amounts in another unit than the currency's own, as their column's name says."""
    amount = columns.get("amount")
    if amount is None or not (unit := UNITS.search(amount.column)):
        return []
    name = amount.column.replace('"', '""')
    return [say("units", column=amount.column, unit=unit[0], quoted=name)]


def currencies(
    keys: dict[str, Any], lines: ir.Table, found: Found, settings: dict[str, tuple[Any, str]]
) -> list[str]:
    """Settles the currency; of several the most frequent, as a unit has one."""
    column = found.column("currency")
    if column is None:
        return []
    values = {v: n for v, n in values_of(lines, column).items() if re.fullmatch("[A-Z]{3}", v)}
    wanted = settings.get("currency", (None, ""))[0] or next(iter(values), None)
    if wanted is None:
        return []
    settings.setdefault("currency", (wanted, say("from-column", column=column)))
    if len(values) < 2:
        return []
    keys.setdefault("where", {})[column] = wanted
    shares = [say("currencies.share", n=n, currency=v) for v, n in list(values.items())[:4]]
    return [say("currencies", shares=", ".join(shares), currency=wanted)]


def zones(
    lines: ir.Table,
    found: Found,
    preset: Preset | None,
    looks: Mapping[str, Look],
    settings: dict[str, tuple[Any, str]],
) -> list[str]:
    """Which zone days are cut in, where moments carry one."""
    column = found.column("date") or found.column("acquired_on")
    if column is None or "timezone" in settings:
        return []
    zoned, zone, offsets = zone_of(lines, column)
    if preset and preset.timezone:
        settings["timezone"] = preset.timezone, say("from-preset", name=preset.name)
        return []
    if not zoned:
        return []
    chinese = any(FOREIGN.search(name) for name in looks)
    if zone or chinese:
        settings["timezone"] = (
            zone or "Asia/Shanghai",
            say("from-offset") if zone else say("from-language"),
        )
        return [say("zone-guessed", zone=settings["timezone"][0])]
    return [say("zone-unknown", column=column, offsets=", ".join(offsets[:4]) or None)]
