"""Numbers, money and days as they are written: as 0.2.0 wrote them, and as Babel does in other languages."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest
from babel.numbers import format_decimal
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keepbook.text import (
    BOLD,
    PLAIN,
    chance,
    change_format,
    day,
    estimate,
    formats,
    interval,
    joined,
    listed,
    money,
    number,
    p_equals,
    percent,
    points,
    pvalue,
    value_format,
)

FLOATS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-2, 2) | st.floats(-1e6, 1e6)
VALUES = st.none() | st.integers(-(10**15), 10**15) | FLOATS | FLOATS.map(np.float64)
DIGITS = st.integers(0, 6)
SHARES = st.none() | st.floats(-0.1, 1.1) | st.sampled_from([0.001, 0.01, 0.99, 0.999, math.nan])


# ── English, by the rules of 0.2.0 ──────────────────────────────────────────────────────────────────────


def written(value: float | None, digits: int) -> str:
    """A number by the rules of 0.2.0: as Python rounds it, a minus that is one, and no zero below zero."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}".replace("-", "−")
    return text if any(digit in text for digit in "123456789") else text.removeprefix("−")


def in_percent(value: float | None, digits: int) -> str:
    text = written(None if value is None else value * 100, digits)
    return text if text == "–" else f"{text} %"


@given(value=VALUES, digits=DIGITS)
@example(value=-0.4, digits=0)
@example(value=-0.0, digits=2)
@example(value=0.5, digits=0)
@example(value=2.675, digits=2)
@example(value=999_999.5, digits=0)
def test_numbers_shares_and_money_are_written_as_ever(value: float | None, digits: int) -> None:
    assert number(value, digits) == written(value, digits)
    assert percent(value, digits) == in_percent(value, digits)
    assert money(value, None, digits) == written(value, digits)
    amount = written(value, digits)
    assert money(value, "USD", digits) == (amount if amount == "–" else f"{amount} USD")
    if value is None or not math.isfinite(value):
        assert points(value, digits) == "–"
    else:
        sign = "+" if value >= 0 else ""
        assert points(value, digits) == f"{sign}{written(value * 100, digits)} pp"


@given(value=SHARES)
@example(value=0.9995)
@example(value=0.0)
def test_chances_and_p_values_are_written_as_ever(value: float | None) -> None:
    if value is None or math.isnan(value):
        assert (chance(value), pvalue(value), p_equals(value)) == ("–", "–", "= –")
        return
    expected = in_percent(value, 0 if 0.01 <= value <= 0.99 else 1)
    if not 0.001 <= value <= 0.999:
        expected = "> 99.9 %" if value > 0.5 else "< 0.1 %"
    assert chance(value) == expected
    assert pvalue(value) == ("< 0.001" if value < 0.001 else f"{value:.3f}")
    assert p_equals(value) == ("< 0.001" if value < 0.001 else f"= {value:.3f}")


@given(lower=FLOATS, upper=FLOATS)
def test_intervals_are_written_as_ever(lower: float, upper: float) -> None:
    assert interval(lower, upper) == f"[{in_percent(lower, 1)}, {in_percent(upper, 1)}]"
    assert interval(lower, upper, number) == f"[{written(lower, 0)}, {written(upper, 0)}]"


@given(value=st.dates(min_value=dt.date(1000, 1, 1)) | st.datetimes(min_value=dt.datetime(1000, 1, 1)))
def test_days_are_written_as_ever(value: dt.date) -> None:
    assert day(value) == f"{value:%Y-%m-%d}"


def test_by_hand() -> None:
    assert (number(12345.6), number(1234567, 2), number(np.int64(1000))) == (
        "12,346",
        "1,234,567.00",
        "1,000",
    )
    assert (number(-0.25, 1), number(-0.04, 1), number(None)) == ("−0.2", "0.0", "–")
    assert (percent(0.1234), percent(-0.5, 0), percent(math.inf)) == ("12.3 %", "−50 %", "–")
    assert (points(0.015), points(-0.015), points(0)) == ("+1.5 pp", "−1.5 pp", "+0.0 pp")
    assert (chance(0.97), chance(0.9968), chance(0.9999), chance(0)) == (
        "97 %",
        "99.7 %",
        "> 99.9 %",
        "< 0.1 %",
    )
    assert (money(8.5, "EUR", 2), money(None, "EUR")) == ("8.50 EUR", "–")
    assert (day(dt.date(2024, 3, 31)), day(None)) == ("2024-03-31", "–")
    assert (listed("abc"), joined("ab"), listed([]), joined(["a"])) == ("a, b, c", "a and b", "", "a")
    assert estimate("12.5 %", "[12.0 %, 13.1 %]") == f"{BOLD}12.5 %{PLAIN} [12.0 %, 13.1 %]"


@pytest.mark.parametrize(
    ("kind", "value", "near", "shown", "change"),
    [
        ("share", 0.1234, 0.0, "12.3 %", "+12.3 pp"),
        ("share", 0.00456, 0.005, "0.46 %", "+0.46 pp"),
        ("share", 0.000456, 0.0005, "0.046 %", "+0.046 pp"),
        ("days", 12.34, 0.0, "12.3", "+12.3"),
        ("money", 1234.5, 1234.5, "1,234 EUR", "+1,234 EUR"),
        ("money", 8.5, 8.5, "8.50 EUR", "+8.50 EUR"),
        ("money", 0.0123, 0.0123, "0.0123 EUR", "+0.0123 EUR"),
        ("number", 1.5, 1.5, "1.50", "+1.50"),
        ("number", -150.0, 150.0, "−150", "−150"),
    ],
)
def test_values_and_changes_of_a_kind(kind: str, value: float, near: float, shown: str, change: str) -> None:
    """As many digits as an amount can carry; changes with their sign, those of shares in points."""
    assert value_format(kind, "EUR", near)(value) == shown
    assert change_format(kind, "EUR", near)(value) == change


# ── other languages, by Babel ───────────────────────────────────────────────────────────────────────────


@given(value=VALUES, digits=DIGITS, tag=st.sampled_from(["en", "zh", "de", "fr"]))
def test_every_language_has_the_signs_that_babel_knows(value: float | None, digits: int, tag: str) -> None:
    """Babel is slow at it, so that we only ask it for the signs; it gives up beyond 28 digits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "current", lambda: tag)
        found = number(value, digits)
    if value is None or not math.isfinite(value):
        assert found == "–"
        return
    assume(abs(value) < 1e20)
    rounded = Decimal(f"{value:.{digits}f}")
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    expected = format_decimal(rounded, pattern, locale=tag)
    assert found == expected.replace("-", "−" if rounded else "")


def test_the_signs_are_not_english_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "current", lambda: "de")
    assert number(-1234567.891, 2) == "−1.234.567,89"
    monkeypatch.setattr(formats, "current", lambda: "fr")
    assert number(1234.5, 1) == "1\u202f234,5"
