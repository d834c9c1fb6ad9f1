"""The order in which readers expect categories: low before high, 15–24 before 25–34; the rest by value."""

import math
import re
from collections.abc import Iterable, Mapping

# Each from the least to the most; a column is in an order when all its names stand in one of them.
LADDERS = (
    ("very low", "low", "lower", "medium", "middle", "mid", "moderate", "high", "higher", "very high"),
    ("xs", "small", "s", "medium", "m", "large", "l", "xl", "extra large", "xxl"),
    ("free", "basic", "bronze", "standard", "plus", "silver", "gold", "premium", "platinum", "diamond"),
    ("new", "young", "middle-aged", "mature", "old"),
    ("never", "rarely", "sometimes", "often", "always"),
    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    ("很低", "低", "较低", "中", "中等", "较高", "高", "很高"),
    ("小", "中", "大"),
    ("普通", "基础", "铜", "标准", "银", "金", "高级", "铂金", "白金", "钻石"),
)
# Behind the place of a name.
KIND = re.compile(r"\s*(?:tier|level|class|customers?|members?|会员|客户|卡|牌|级)+$")
LAST = ("other", "not stated")  # whatever the order
NUMBER = re.compile(r"(?<![a-zA-Z0-9_.])(\d[\d,]*(?:\.\d+)?)\s?([kKmM万]?)")
BELOW = re.compile(r"^\s*(?:<|≤|under\b|below\b|less\b|up to\b|不足|低于|小于)", re.IGNORECASE)
TIMES = {"": 1.0, "k": 1e3, "m": 1e6, "万": 1e4}


def in_order(values: Mapping[str, float]) -> list[str]:
    """Names in their natural order where they have one, else from the highest value down.

    Parameters
    ----------
    values : name → value; a missing one is last. "other" and "not stated" stand behind all.

    >>> in_order({"high": 0.1, "low": 0.5, "other": 0.9, "medium": 0.3})
    ['low', 'medium', 'high', 'other']
    >>> in_order({"25-34K": 0.4, "250K+": 0.1, "Under 15K": 0.2, "15-24K": 0.3})
    ['Under 15K', '15-24K', '25-34K', '250K+']
    >>> in_order({"north": 0.1, "south": 0.5})
    ['south', 'north']
    """
    named = [name for name in values if name not in LAST]
    places = _on_a_ladder(named) or _by_numbers(named)
    if places is None:
        places = {name: -values[name] if math.isfinite(values[name]) else math.inf for name in named}
    found = places
    return [*sorted(named, key=lambda name: found[name]), *(name for name in LAST if name in values)]


def _on_a_ladder(names: Iterable[str]) -> dict[str, float] | None:
    words = {name: KIND.sub("", " ".join(name.casefold().split())) for name in names}
    for ladder in LADDERS:
        if words and set(words.values()) <= set(ladder):
            return {name: float(ladder.index(word)) for name, word in words.items()}
    return None


def _by_numbers(names: Iterable[str]) -> dict[str, float] | None:
    """By the first number of each name, where all have one and no two the same place."""
    places = {}
    for name in names:
        found = NUMBER.findall(name)
        if not found:
            return None
        (first, own), (_last, common) = found[0], found[-1]  # 15-24K: the K is of both
        place = float(first.replace(",", "")) * TIMES[(own or common).lower()]
        places[name] = place - 0.5 if BELOW.match(name) else place
    return places if len(set(places.values())) == len(places) else None
