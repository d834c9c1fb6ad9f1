"""How numbers, money and days are written: rounded as Python rounds, in the language's signs (Babel)."""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from os.path import commonprefix

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, get_decimal_symbol, get_group_symbol

from keepbook.text.catalogue import catalogue
from keepbook.text.language import ENGLISH, PSEUDO, current

MISSING = "–"
CENTS_BELOW = 100  # money from which on cents are no longer shown
SHORT_FROM = 10_000  # what is larger is said in thousands or millions, where there is little room
NARROW = 0.05  # of a value: an interval that leaves it three digits
_NOT_ZERO = re.compile("[1-9]")

say = catalogue("formats")
Show = Callable[[float], str]


def number(value: float | None, digits: int = 0) -> str:
    """`12345.6` → `12,346`; missing → `–`.

    >>> number(12345.6), number(-0.25, 1), number(None)
    ('12,346', '−0.2', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    group, point = _signs(current())
    text = (
        f"{value:,.{digits}f}".replace(".", "\n").replace(",", group).replace("\n", point).replace("-", "−")
    )
    return text[1:] if text[0] == "−" and not _NOT_ZERO.search(text) else text


@cache
def _signs(tag: str) -> tuple[str, str]:
    """What stands between thousands, and before decimals: asked of Babel once, as it takes its time."""
    return get_group_symbol(_locale(tag)), get_decimal_symbol(_locale(tag))


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(ENGLISH if tag == PSEUDO else tag, sep="-")


def percent(value: float | None, digits: int = 1) -> str:
    """Share → per cent: `0.1234` → `12.3 %`.

    >>> percent(0.1234), percent(0.5, 0), percent(None)
    ('12.3 %', '50 %', '–')
    """
    text = number(None if value is None else value * 100, digits)
    return text if text == MISSING else say("percent", number=text)


def chance(value: float | None) -> str:
    """Probability: `0.97` → `97 %`, `0.9968` → `99.7 %`, and never all of it: `> 99.9 %`.

    >>> chance(0.97), chance(0.9968), chance(1)
    ('97 %', '99.7 %', '> 99.9 %')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if value > 0.999:
        return say("above", value=percent(0.999))
    if value < 0.001:
        return say("below", value=percent(0.001))
    return percent(value, 0 if 0.01 <= value <= 0.99 else 1)


def pvalue(value: float | None) -> str:
    """`0.0213` → `0.021`; below a thousandth `< 0.001`.

    >>> pvalue(0.0213), pvalue(1e-9)
    ('0.021', '< 0.001')
    """
    return say("below", value=number(0.001, 3)) if value is not None and value < 0.001 else number(value, 3)


def p_equals(value: float | None) -> str:
    """`= 0.021`, `< 0.001`: a p-value behind the word.

    >>> p_equals(0.0213), p_equals(1e-9)
    ('= 0.021', '< 0.001')
    """
    return pvalue(value) if value is not None and value < 0.001 else say("equal", value=number(value, 3))


def points(value: float | None, digits: int = 1) -> str:
    """Difference of two shares in percentage points, signed.

    >>> points(0.015), points(-0.015)
    ('+1.5 pp', '−1.5 pp')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    return say("points", number=f"{'+' if value >= 0 else ''}{number(value * 100, digits)}")


def money(value: float | None, currency: str | None = None, digits: int = 0) -> str:
    """Amount with its currency: `1,234 USD`.

    >>> money(1234, "USD"), money(8.5, "EUR", 2)
    ('1,234 USD', '8.50 EUR')
    """
    text = number(value, digits)
    return text if text == MISSING or not currency else say("money", amount=text, currency=currency)


def day(value: dt.date | None) -> str:
    """A day: `2024-03-31`.

    >>> day(dt.date(2024, 3, 31)), day(None)
    ('2024-03-31', '–')
    """
    return MISSING if value is None else format_date(value, say("day"), locale=_locale(current()))


def interval(lower: float, upper: float, show: Show = percent) -> str:
    """From one number to another, the unit once where the language says it once: `12.0–13.1 %`.

    Numbers with a sign have a word between them, for a dash would be read as one more sign.

    >>> interval(0.12, 0.131), interval(1200, 1300, number), interval(-0.02, 0.01, points)
    ('12.0–13.1 %', '1,200–1,300', '−2.0 to +1.0 pp')
    >>> interval(1200, float("inf"), number), interval(float("nan"), float("nan"), number)
    ('≥ 1,200', '–')
    """
    low, high = show(lower), show(upper)
    if MISSING in (low, high):
        known = low if high == MISSING else high
        return known if known == MISSING else say("at-least" if high == MISSING else "at-most", value=known)
    signed = "yes" if {low[0], high[0]} & set("+−") else "no"
    return say("interval", lower=low.removesuffix(_unit_of(low, high)), upper=high, signed=signed)


def _unit_of(low: str, high: str) -> str:
    """What both ends have behind their digits, as far as the language writes it once: `K EUR`, but `元`."""
    shared = commonprefix([low[::-1], high[::-1]])[::-1]
    return re.split(rf"[\d{say('both-ends-keep')}]", shared)[-1]


def estimate(value: str, limits: str) -> str:
    """A value, written, with emphasis, before its interval: `<b>12.5 %</b> (12.0–13.1 %)`."""
    return say("estimate", value=value, limits=limits)


def short(value: float | None, digits: int = 3) -> str:
    """So many digits that matter, in thousands or millions where people would say so: `617954` → `618K`.

    >>> short(617954), short(617954, 2), short(4000), short(8.512), short(0.0000123), short(None)
    ('618K', '620K', '4,000', '8.51', '0.0000123', '–')
    """
    if value is None or not math.isfinite(value) or value == 0:
        return number(value)
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) < SHORT_FROM:
        return number(rounded, max(0, digits - 1 - math.floor(math.log10(abs(rounded)))))
    text = format_compact_decimal(
        rounded, format_type="short", locale=_locale(current()), fraction_digits=digits
    )
    return text.replace("-", "−")


def short_format(kind: str, currency: str | None, value: float, lower: float, upper: float) -> Show:
    """How a key figure and the ends of its interval are written: in the digits that the interval leaves.

    Parameters
    ----------
    kind : `percent`, `points`, `number` (whole), `decimal` or `money`. lower, upper : may be unknown.

    >>> short_format("money", "EUR", 617954, 550000, 730000)(617954)
    '620K EUR'
    >>> short_format("percent", None, 0.302, 0.291, 0.319)(0.302)
    '30 %'
    """
    width = upper - lower
    narrow = not math.isfinite(width) or width < NARROW * abs(value)
    if kind in ("percent", "points"):
        fine = math.isfinite(width) and width < 0.01 or 0 < abs(value) < 0.01
        return partial(percent if kind == "percent" else points, digits=1 if fine else 0)
    digits = 3 if narrow or kind == "number" and abs(value) < 1000 else 2

    def show(amount: float) -> str:
        whole = kind == "number" and abs(amount) < SHORT_FROM
        cents = kind == "money" and CENTS_BELOW / 10 > abs(value) >= 0.1
        text = number(amount, 2 if cents else 0) if whole or cents else short(amount, digits)
        return say("money", amount=text, currency=currency) if currency and text != MISSING else text

    return show


def listed(parts: Iterable[str]) -> str:
    """`a, b, c`

    >>> listed(["a", "b", "c"])
    'a, b, c'
    """
    return say("list-comma").join(parts)


def joined(parts: Iterable[str]) -> str:
    """`a and b`

    >>> joined(["a", "b"])
    'a and b'
    """
    return say("list-and").join(parts)


# ── values of a kind: share, days, money, number ────────────────────────────────────────────────────────


def digits_of(value: float) -> int:
    """Decimals that an amount can carry: `0.0123` → 4, `1.5` → 2, `1500` → 0.

    >>> digits_of(0.0123), digits_of(1.5), digits_of(1500)
    (4, 2, 0)
    """
    return 0 if abs(value) >= CENTS_BELOW else 2 if abs(value) >= 0.02 or not value else 4


def value_format(kind: str, currency: str | None = None, near: float = 0.0) -> Show:
    """How values of a kind of metric are written, in as many digits as one next to them can carry.

    Parameters
    ----------
    kind : `share`, `days`, `money` or `number`. near : a value next to them.

    >>> value_format("money", "EUR", near=8)(8.5), value_format("money", "EUR", near=800)(812.5)
    ('8.50 EUR', '812 EUR')
    """
    if kind == "share":
        return partial(percent, digits=_share_digits(near))
    if kind == "days":
        return partial(number, digits=1)
    if kind == "money":
        return partial(money, currency=currency, digits=digits_of(near))
    return partial(number, digits=digits_of(near))


def change_format(kind: str, currency: str | None = None, near: float = 0.0) -> Show:
    """How differences of a kind of metric are written: signed, shares in percentage points.

    >>> change_format("share")(0.015), change_format("days")(-2)
    ('+1.5 pp', '−2.0')
    """
    if kind == "share":
        return partial(points, digits=_share_digits(near))
    show = value_format(kind, currency, near)
    return lambda value: f"{'+' if value > 0 else ''}{show(value)}"


def _share_digits(near: float) -> int:
    """Of a percentage: two that say something, where it is small; 0: as usual."""
    return 1 if abs(near) >= 0.01 or near == 0 else 2 if abs(near) >= 0.001 else 3
