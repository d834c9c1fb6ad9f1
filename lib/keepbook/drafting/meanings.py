"""What the values of a column mean: cancelled, not paid, won; which currency; in which zone time is told."""

import re
from collections.abc import Sequence

import ibis.expr.types as ir

from keepbook.reading.days import SHAPES, text_of

MAX_VALUES = 60  # different values of a status that are looked at
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
ZONES = {  # offsets that one country lives by all year
    "+08:00": "Asia/Shanghai",
    "+09:00": "Asia/Tokyo",
    "+05:30": "Asia/Kolkata",
    "+00:00": "UTC",
}


def values_of(lines: ir.Table, column: str) -> dict[str, int]:
    """The most frequent values of a column, with their number of lines."""
    text = lines[column].cast("string").strip()
    counts = lines.group_by(value=text).agg(n=lines.count()).filter(lambda t: t.value != "")
    top = counts.order_by(counts.n.desc(), counts.value).limit(MAX_VALUES).to_pandas()
    return dict(zip(top["value"], top["n"], strict=True))


def meaning(values: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    """Those of the values that a pattern takes."""
    found = [value for value in values if pattern.search(value)]
    return [v for v in found if pattern is not CANCELLED or not NOT_CANCELLED.search(v)]


def zone_of(lines: ir.Table, column: str) -> tuple[bool, str | None, list[str]]:
    """Whether moments carry a zone, the one zone that they all can be of, and the offsets that were met."""
    kind = lines[column].type()
    if kind.is_timestamp():
        return bool(kind.timezone), None, [kind.timezone] if kind.timezone else []
    if not (kind.is_string() or kind.is_numeric()):
        return False, None, []
    text = text_of(lines[column])
    if (
        lines.filter(text.re_search(SHAPES["epoch_ms"]) | text.re_search(SHAPES["epoch"]))
        .limit(1)
        .to_pandas()
        .size
    ):
        return True, None, []
    found = lines.select(offset=text.re_extract(OFFSET, 1)).filter(lambda t: t.offset != "").distinct()
    offsets = sorted({_written(value) for value in found.limit(MAX_VALUES).to_pandas()["offset"]})
    return bool(offsets), ZONES.get(offsets[0]) if len(offsets) == 1 else None, offsets


def _written(offset: str) -> str:
    if offset in ("Z", "UTC"):
        return "+00:00"
    return offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
