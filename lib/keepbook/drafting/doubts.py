"""What an export's values mean for the unit file, and what a person should look at."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import ibis.expr.types as ir

from keepbook.drafting.presets import Preset
from keepbook.drafting.roles import Guess, Profile, Roles
from keepbook.reading.days import SHAPES, text_of
from keepbook.text import catalogue, listed

MAX_VALUES = 60  # different values of a status that are looked at
MAX_REST = 8  # other values of a status that a sentence names
MAX_KINDS = 30  # different values up to which a column tells kinds of lines
MIN_ORDERS, ALL_THE_SAME = 10, 0.95  # orders of several lines from which equal amounts are no chance
UNITS = re.compile(r"cents?\b|pence|minor|\bfen\b|万元|千元|万$", re.IGNORECASE)
FOREIGN = re.compile(r"[\u4e00-\u9fff]")
CANCELLED = re.compile(
    r"cancel|void|annul|revok|reject|declin|fail|abandon|chargeback|delet|stornier|storno|refund|returned|anulad"
    r"|rimbors|rembours|取消|作废|关闭|拒|失败|已退款|退款成功|全额退款|退货完成|キャンセル",
    re.IGNORECASE,
)
NOT_CANCELLED = re.compile(r"\bnot\b|\bun|partial|部分|未取消|未退", re.IGNORECASE)
UNPAID = re.compile(
    r"pending|unpaid|draft|await|on.?hold|quote|expired|open cart|incomplete|offen|entwurf|pendiente|attente"
    r"|待付款|待支付|未付款|未支付|草稿|待审|审核中|未生效",
    re.IGNORECASE,
)
NO_SALE = re.compile(  # kinds of document that are no sale, beside the above
    r"credit|gutschrift|angebot|offer|avoir|devis|abono|presupuesto|proforma|pro forma|return"
    r"|退|红字|报价|冲销",
    re.IGNORECASE,
)
WON = re.compile(r"closed.?won|^won$|赢单|已成交|成交关闭|gewonnen|ganado|gagné", re.IGNORECASE)
OFFSET = r"\d:\d{2}.*?(Z|UTC|[+-]\d{2}:?\d{2})$"
# Offsets that one country lives by all year:
ZONES = {"+08:00": "Asia/Shanghai", "+09:00": "Asia/Tokyo", "+05:30": "Asia/Kolkata", "+00:00": "UTC"}
Settings = dict[str, tuple[Any, str]]  # key of the unit file → its value, and why

say = catalogue("drafting")


def statuses(keys: dict[str, Any], lines: ir.Table, roles: Roles, preset: Preset | None) -> list[str]:
    """Fills `cancelled`, `exclude` and `where` from what statuses say."""
    unsure = []
    known = preset or Preset("", "", "", {}, ())
    for column in filter(None, map(roles.column, ("status", "life"))):
        values = list(_values_of(lines, column))
        won = _meaning(values, known.won, WON)
        cancelled = _meaning(values, known.cancelled, CANCELLED)
        unpaid = _meaning(values, known.unpaid, UNPAID)
        if won:
            keys.setdefault("where", {})[column] = won if len(won) > 1 else won[0]
            unsure.append(say("won", column=column, values=say("or").join(won)))
            continue
        if cancelled and "cancelled" not in keys:
            keys["cancelled"] = {column: cancelled}
            rest = [value for value in values if value not in (*cancelled, *unpaid)]
            words = say("or").join(cancelled)
            others = ", ".join(rest[:MAX_REST]) or None
            unsure.append(say("cancelled", column=column, values=words, rest=others))
        elif cancelled:
            keys.setdefault("exclude", {})["cancelled"] = {column: cancelled}
        if unpaid := [v for v in unpaid if v not in cancelled]:
            keys.setdefault("exclude", {})["not yet a sale"] = {column: unpaid}
            unsure.append(say("unpaid", column=column, values=say("or").join(unpaid)))
    return unsure


def _values_of(lines: ir.Table, column: str) -> dict[str, int]:
    """The most frequent values of a column, with their number of lines."""
    text = lines[column].cast("string").strip()
    counts = lines.group_by(value=text).agg(n=lines.count()).filter(lambda t: t.value != "")
    top = counts.order_by(counts.n.desc(), counts.value).limit(MAX_VALUES).to_pandas()
    return dict(zip(top["value"], top["n"], strict=True))


def _meaning(values: Iterable[str], known: Collection[str], pattern: re.Pattern[str]) -> list[str]:
    """Those of the values that are known to mean so, or else that a pattern takes."""
    found = [value for value in values if value in known]
    return found or [
        value
        for value in values
        if pattern.search(value) and not (pattern is CANCELLED and NOT_CANCELLED.search(value))
    ]


def documents(
    keys: dict[str, Any], lines: ir.Table, profiles: Mapping[str, Profile], columns: Mapping[str, Guess]
) -> list[str]:
    """Columns nobody asked about whose values say that some lines may be no sales."""
    conditions = [keys.get("where", {}), keys.get("cancelled", {}), *keys.get("exclude", {}).values()]
    used = {guess.column for guess in columns.values()}.union(*conditions)
    unsure = []
    for name, look in profiles.items():
        words = look.letters >= 0.9 and look.days < 0.5 and look.mails < 0.5
        if name in used or not words or not 2 <= look.distinct <= MAX_KINDS:
            continue
        values = _values_of(lines, name)
        doubted = [v for v in values if any(p.search(v) for p in (CANCELLED, UNPAID, NO_SALE))]
        if doubted and len(doubted) < len(values):
            unsure.append(say("no-sale", column=name, values=", ".join(doubted[:5]), first=doubted[0]))
    return unsure


def repeated_totals(lines: ir.Table, columns: Mapping[str, Guess]) -> list[str]:
    """Whether an order's total stands on each of its lines, where it would be counted again and again."""
    if not {"order_id", "amount"} <= columns.keys():
        return []
    order, amount = (lines[columns[role].column].cast("string") for role in ("order_id", "amount"))
    orders = lines.select(order=order, amount=amount).filter(lambda t: t.order.notnull())
    each = orders.group_by("order").agg(n=orders.count(), kinds=orders.amount.nunique())
    several = each.filter(each.n > 1)
    same = (several.kinds == 1).sum().fill_null(0)
    counts = several.agg(all=several.count(), same=same).to_pandas().iloc[0]
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


def currencies(keys: dict[str, Any], lines: ir.Table, roles: Roles, settings: Settings) -> list[str]:
    """Settles the currency; of several the most frequent, as a unit has one."""
    column = roles.column("currency")
    if column is None:
        return []
    values = {v: n for v, n in _values_of(lines, column).items() if re.fullmatch("[A-Z]{3}", v)}
    wanted = settings.get("currency", (None, ""))[0] or next(iter(values), None)
    if wanted is None:
        return []
    settings.setdefault("currency", (wanted, say("from-column", column=column)))
    if len(values) < 2:
        return []
    keys.setdefault("where", {})[column] = wanted
    shares = [say("currencies.share", n=n, currency=v) for v, n in list(values.items())[:4]]
    return [say("currencies", shares=listed(shares), currency=wanted)]


def zones(lines: ir.Table, roles: Roles, preset: Preset | None, settings: Settings) -> list[str]:
    """Which zone days are cut in, where moments carry one."""
    column = roles.column("date") or roles.column("acquired_on")
    if column is None or "timezone" in settings:
        return []
    if preset and preset.timezone:
        settings["timezone"] = preset.timezone, say("from-preset", name=preset.name)
        return []
    zoned, offsets = _offsets_of(lines, lines[column])
    if not zoned:
        return []
    zone = ZONES.get(offsets[0]) if len(offsets) == 1 else None
    if zone or any(FOREIGN.search(name) for name in lines.columns):
        why = say("from-offset") if zone else say("from-language")
        settings["timezone"] = (zone or "Asia/Shanghai", why)
        return [say("zone-guessed", zone=settings["timezone"][0])]
    return [say("zone-unknown", column=column, offsets=", ".join(offsets[:4]) or None)]


def _offsets_of(lines: ir.Table, column: ir.Column) -> tuple[bool, list[str]]:
    """Whether moments carry a zone, and the offsets from UTC that were met."""
    kind = column.type()
    if kind.is_timestamp():
        return bool(kind.timezone), [kind.timezone] if kind.timezone else []
    if not (kind.is_string() or kind.is_numeric()):
        return False, []
    text = text_of(column)
    since_1970 = text.re_search(SHAPES["epoch_ms"]) | text.re_search(SHAPES["epoch"])
    if len(lines.filter(since_1970).limit(1).to_pandas()):
        return True, []
    found = lines.select(offset=text.re_extract(OFFSET, 1)).filter(lambda t: t.offset != "").distinct()
    offsets = sorted({_written(value) for value in found.limit(MAX_VALUES).to_pandas()["offset"]})
    return bool(offsets), offsets


def _written(offset: str) -> str:
    if offset in ("Z", "UTC"):
        return "+00:00"
    return offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
