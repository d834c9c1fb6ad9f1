"""Numbers, money and days as they are written: as 0.2.0 wrote them, and as Babel does in other languages."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

import numpy as np
import pytest
from babel.numbers import format_decimal
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keepbook.text import (
    BOLD,
    PLAIN,
    Show,
    chance,
    change_format,
    day,
    estimate,
    formats,
    interval,
    joined,
    language,
    listed,
    money,
    number,
    p_equals,
    percent,
    points,
    pvalue,
    short,
    short_format,
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
@example(lower=-0.02, upper=0.01)
@example(lower=1200.0, upper=math.inf)
@example(lower=math.nan, upper=math.nan)
def test_an_interval_has_both_ends_and_their_unit_once(lower: float, upper: float) -> None:
    """Both as they are written by themselves; where one is not known, from or up to the other."""
    for show, unit in ((percent, " %"), (number, "")):
        low, high = show(lower), show(upper)
        known = [text for text in (low, high) if text != "–"]
        text = interval(lower, upper, show)
        if len(known) < 2:
            sign = "≥" if low != "–" else "≤"
            assert text == (f"{sign} {known[0]}" if known else "–")
            continue
        between = " to " if "−" in known[0][0] + known[1][0] else "–"
        assert text == known[0].removesuffix(unit) + between + known[1]


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
    assert estimate("12.5 %", "12.0–13.1 %") == f"{BOLD}12.5 %{PLAIN} (12.0–13.1 %)"


def whole(share: float) -> str:
    return percent(share, 0)


def euros(value: float) -> str:
    return money(value, "EUR")


@pytest.mark.parametrize(
    ("lower", "upper", "show", "english", "chinese"),
    [
        (0.29, 0.32, whole, "29–32 %", "29%–32%"),
        (-0.021, 0.03, points, "−2.1 to +3.0 pp", "−2.1至+3.0个百分点"),
        (-0.03, -0.021, percent, "−3.0 to −2.1 %", "−3.0%至−2.1%"),
        (0.01, 0.02, points, "+1.0 to +2.0 pp", "+1.0至+2.0个百分点"),
        (-5.0, 5.0, number, "−5 to 5", "−5至5"),
        (1200.0, 1300.0, number, "1,200–1,300", "1,200–1,300"),
        (8.0, 9.0, euros, "8–9 EUR", "8–9欧元"),
        (550_000.0, 730_000.0, short, "550–730K", "55万–73万"),
        (500_000.0, 2_000_000.0, short, "500K–2M", "50万–200万"),
        (9_000.0, 12_000.0, short, "9,000–12K", "9,000–1.2万"),
        (1e-6, 2e-6, short, "0.00000100–0.00000200", "0.00000100–0.00000200"),
        (9e12, 1e13, short, "9–10T", "9万亿–10万亿"),
        (1200.0, math.inf, number, "≥ 1,200", "≥1,200"),
        (-math.inf, 3.0, number, "≤ 3", "≤3"),
        (-math.inf, math.inf, number, "–", "–"),
        (math.nan, math.nan, whole, "–", "–"),
    ],
)
def test_intervals_by_hand(lower: float, upper: float, show: Show, english: str, chinese: str) -> None:
    """One way everywhere; a Chinese reader wants %, 万 and 亿 at both ends, and any other unit once."""
    assert interval(lower, upper, show) == english
    with language("zh"):
        assert interval(lower, upper, show) == chinese


@pytest.mark.parametrize(
    ("value", "digits", "english", "chinese"),
    [
        (617_954, 3, "618K", "61.8万"),
        (617_954, 2, "620K", "62万"),
        (-617_954, 2, "−620K", "−62万"),
        (12_345_678, 3, "12.3M", "1230万"),
        (100_000_000, 3, "100M", "1亿"),
        (1.234e9, 3, "1.23B", "12.3亿"),
        (1e13, 3, "10T", "10万亿"),
        (9_994, 3, "9,990", "9,990"),
        (9_999.6, 3, "10K", "1万"),  # rounded first, and then as large as it looks
        (999_999, 3, "1M", "100万"),
        (999.6, 3, "1,000", "1,000"),
        (8.512, 3, "8.51", "8.51"),
        (0.5, 2, "0.50", "0.50"),
        (1e-6, 2, "0.0000010", "0.0000010"),
        (-1.234e-6, 3, "−0.00000123", "−0.00000123"),
        (0, 3, "0", "0"),
        (-0.0, 3, "0", "0"),
        (math.nan, 3, "–", "–"),
        (math.inf, 3, "–", "–"),
        (-math.inf, 3, "–", "–"),
        (None, 3, "–", "–"),
    ],
)
def test_short_numbers_by_hand(value: float | None, digits: int, english: str, chinese: str) -> None:
    assert short(value, digits) == english
    with language("zh"):
        assert short(value, digits) == chinese


@given(value=st.floats(1e-9, 1e14), digits=st.integers(2, 3), tag=st.sampled_from(["en", "zh"]))
def test_a_short_number_is_as_near_as_its_digits(value: float, digits: int, tag: str) -> None:
    """Read back, with its word for thousands, it is off by half of its last digit at most."""
    times = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "万": 1e4, "亿": 1e8, "万亿": 1e12, "": 1.0}
    with language(tag):
        text = short(value, digits)
    found = re.fullmatch(r"([\d.,]+)(\D*)", text)
    assert found is not None, text
    read = float(found[1].replace(",", "")) * times[found[2]]
    assert read == pytest.approx(value, rel=0.5 * 10.0 ** (1 - digits) * (1 + 1e-9))


@pytest.mark.parametrize(
    ("kind", "currency", "figure", "shown", "english", "chinese"),
    [
        # The interval leaves two digits, or three where it is narrow.
        ("money", "EUR", (617_954, 550_000, 730_000), "620K EUR", "550–730K EUR", "55万–73万欧元"),
        ("money", "CNY", (617_954, 610_000, 625_000), "618K CNY", "610–625K CNY", "61万–62.5万元"),
        ("money", "USD", (10_700, 9_000, 12_000), "11K USD", "9,000–12K USD", "9,000–1.2万美元"),
        ("money", "EUR", (8.512, 7.0, 10.0), "8.51 EUR", "7.00–10.00 EUR", "7.00–10.00欧元"),
        ("money", "USD", (1e-6, 0.5e-6, 2e-6), "0.0000010 USD", "0.00000050–0.0000020 USD", None),
        ("money", "CNY", (1e13, 0.9e13, 1.2e13), "10T CNY", "9–12T CNY", "9万亿–12万亿元"),
        ("money", None, (617_954, 550_000, 730_000), "620K", "550–730K", "55万–73万"),
        ("percent", None, (0.302, 0.291, 0.319), "30 %", "29–32 %", "29%–32%"),
        ("percent", None, (0.302, 0.2995, 0.3045), "30.2 %", "29.9–30.4 %", "29.9%–30.4%"),
        ("percent", None, (0.004, 0.0, 0.02), "0.4 %", "0.0–2.0 %", "0.0%–2.0%"),
        ("points", None, (-0.02, -0.05, 0.01), "−2 pp", "−5 to +1 pp", "−5至+1个百分点"),
        ("number", None, (1_875, 1_700, 2_000), "1,875", "1,700–2,000", "1,700–2,000"),
        ("number", None, (123_456, 100_000, 140_000), "120K", "100–140K", "10万–14万"),
        ("number", None, (15.4, math.nan, math.nan), "15", "–", "–"),
        ("decimal", None, (1.2345, 1.0, 1.5), "1.2", "1.0–1.5", "1.0–1.5"),
        ("decimal", None, (1.2345, math.nan, math.nan), "1.23", "–", "–"),
        ("money", "EUR", (math.nan, math.nan, math.nan), "–", "–", "–"),
        ("money", "EUR", (math.inf, 1.0, math.inf), "–", "≥ 1.00 EUR", "≥1.00欧元"),
    ],
)
def test_key_figures_by_hand(
    kind: str,
    currency: str | None,
    figure: tuple[float, float, float],
    shown: str,
    english: str,
    chinese: str | None,
) -> None:
    value, lower, upper = figure
    show = short_format(kind, currency, value, lower, upper)
    assert (show(value), interval(lower, upper, show)) == (shown, english)
    with language("zh"):
        show = short_format(kind, currency, value, lower, upper)
        assert chinese is None or interval(lower, upper, show) == chinese


def test_a_chinese_reader_has_the_words_of_the_language() -> None:
    with language("zh"):
        assert [money(1234.0, code) for code in ("CNY", "USD", "EUR", "SEK")] == [
            "1,234元",
            "1,234美元",
            "1,234欧元",
            "1,234 SEK",
        ]
        assert (percent(0.1234), points(-0.015), chance(1.0)) == ("12.3%", "−1.5个百分点", ">99.9%")
        assert day(dt.date(2024, 3, 31)) == "2024年3月31日"
        assert (listed("abc"), joined("ab")) == ("a、b、c", "a和b")
        assert estimate("12.5%", "12.0%–13.1%") == f"{BOLD}12.5%{PLAIN}（12.0%–13.1%）"


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
