"""Drawings for a screen and for a phone: large enough words, points where the marks are, names apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from keepbook.page.html import sparkline
from keepbook.plotting.canvas import BLUE, MUTED, Drawing, draw, read_out
from keepbook.plotting.marks import (
    apart,
    band,
    bars,
    clipped_bars,
    label,
    label_ends,
    number_axis,
    percent_axis,
)
from keepbook.plotting.marks import short as short_name
from keepbook.text import language

SMALLEST = 10.0  # units of a drawing, which is never shown smaller than it was drawn: 13 px
COURSE = pd.DataFrame(
    {
        "period": [0, 1, 2, 3, 4],
        "value": [1.0, 0.42, 0.31, 0.28, 0.30],
        "ci_lower": [1.0, 0.38, 0.27, 0.22, 0.19],
        "ci_upper": [1.0, 0.46, 0.35, 0.34, 0.41],
    }
)


def parsed(svg: str) -> BeautifulSoup:
    return BeautifulSoup(svg, "html.parser")


def of_drawing(svg: str, attribute: str) -> str:
    element = parsed(svg).svg
    assert element is not None
    return str(element[attribute])


def sizes_of(svg: str) -> list[float]:
    """Of all texts, in units of the drawing; a size stands at the text or in a class."""
    soup = parsed(svg)
    styles = soup.find_all("style")
    looks = {
        name: rule for style in styles for name, rule in re.findall(r"\.([\w-]+)\{([^}]*)\}", style.text)
    }
    found = []
    for text in soup.find_all("text"):
        own = str(text.get("style", "")) + "".join(
            looks[name] for name in text.get_attribute_list("class") if name
        )
        size = re.search(r"font-size: ?([\d.]+)px", own)
        assert size is not None, f"no size at {text}"
        found.append(float(size[1]))
    return found


def readings_of(svg: str) -> list[tuple[float, float, str]]:
    """Points that can be read out: where they are, and what they say."""
    lines = of_drawing(svg, "data-points").split("\n")
    return [(float(x), float(y), said) for x, y, said in (line.split(",", 2) for line in lines if line)]


def marks_of(svg: str) -> list[tuple[float, float]]:
    """Centres of the markers of a line, which use one shape again and again within the frame."""
    uses = [use for use in parsed(svg).find_all("use") if use["x"] != "0"]  # there a band begins
    framed = [use for use in uses if use.find_parent(attrs={"clip-path": True})]
    return [(float(str(use["x"])), float(str(use["y"]))) for use in framed]


def course(ax: Any, narrow: bool) -> None:
    texts = [f"month {i} | {v:.0%}" for i, v in zip(COURSE["period"], COURSE["value"], strict=True)]
    band(ax, COURSE, "value", "ci", BLUE, texts=texts, marker="o")
    percent_axis(ax.yaxis)
    ax.set_ylim(0, 1.05)


def panels(axes: Sequence[Any], narrow: bool) -> None:
    for ax in axes:
        course(ax, narrow)
        ax.set_title("a group", loc="left")


# ── two widths ──────────────────────────────────────────────────────────────────────────────────────────


def test_each_drawing_is_painted_for_a_screen_and_for_a_phone() -> None:
    asked: list[bool] = []

    def paint(ax: Any, narrow: bool) -> None:
        asked.append(narrow)
        course(ax, narrow)

    drawn = draw("course", paint)
    assert asked == [False, True] and isinstance(drawn, Drawing)
    widths = [float(of_drawing(svg, "viewbox").split()[2]) for svg in drawn]
    # In points: 700 px and 358 px at 96 px an inch, of 72 points, within a pixel.
    assert widths == [pytest.approx(700 * 0.75, abs=1), pytest.approx(358 * 0.75, abs=1)]


@pytest.mark.parametrize(("n", "across", "rows"), [(1, 3, 1), (2, 3, 1), (3, 3, 1), (5, 3, 2), (4, 2, 2)])
def test_small_multiples_stand_side_by_side_on_a_screen_and_below_each_other_on_a_phone(
    n: int, across: int, rows: int
) -> None:
    drawn = draw("groups", panels if n > 1 else course, 2.0, panels=n, across=across)
    heights = [float(of_drawing(svg, "viewbox").split()[3]) for svg in drawn]
    assert heights == [pytest.approx(72 * 2.0 * rows, abs=0.5), pytest.approx(72 * 2.0 * n, abs=0.5)]
    for svg in drawn:
        assert len(readings_of(svg)) == 5 * n
        assert n == 1 or svg.count("a group") == n


@pytest.mark.parametrize(("paint", "n"), [(course, 1), (panels, 3), (panels, 7)])
def test_no_word_is_smaller_than_thirteen_pixels(paint: Callable[..., None], n: int) -> None:
    for svg in draw("sizes", paint, panels=n):
        sizes = sizes_of(svg)
        assert len(sizes) > 3 and min(sizes) >= SMALLEST


def test_what_is_written_keeps_its_digits() -> None:
    """Places are told to a tenth of a point; ticks and words as they are: 1.25 is not 1.2."""

    def paint(ax: Any, narrow: bool) -> None:
        ax.set_ylim(0.9, 1.9)
        number_axis(ax.yaxis)
        label(ax, "8.51 EUR", (0.3333, 1.3333), (0, 0))

    for svg in draw("digits", paint):
        said = [text.get_text() for text in parsed(svg).find_all("text")]
        assert {"1.00", "1.25", "1.50", "1.75", "8.51 EUR"} <= set(said)
        assert not re.search(r'\bd="[^"]*\d\.\d{2}', svg)


def test_the_same_data_are_the_same_drawing() -> None:
    assert draw("course", course) == draw("course", course)
    one, other = draw("one", panels, panels=2), draw("other", panels, panels=2)
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (*one, *other)]
    assert all(not a & b for i, a in enumerate(ids) for b in ids[i + 1 :]), "four on a page, no id twice"
    for svg, own in zip((*one, *other), ids, strict=True):
        assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)) <= own


# ── what is read out ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("which", [0, 1])
def test_points_are_where_the_marks_are(which: int) -> None:
    svg = draw("course", course)[which]
    told, marks = readings_of(svg), marks_of(svg)
    assert len(told) == len(marks) == 5
    for (x, y, _said), mark in zip(told, marks, strict=True):
        assert (x, y) == (pytest.approx(mark[0], abs=0.6), pytest.approx(mark[1], abs=0.6))
    assert [said for _x, _y, said in told] == [
        "month 0 | 100%",
        "month 1 | 42%",
        "month 2 | 31%",
        "month 3 | 28%",
        "month 4 | 30%",
    ]
    heights = [y for _x, y, _said in told]
    assert np.argsort(heights).tolist() == [0, 1, 2, 4, 3], "what is most stands highest"


def test_points_of_days_lie_on_the_axis_of_days() -> None:
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])

    def paint(ax: Any, narrow: bool) -> None:
        ax.plot(days, [1.0, 2.0, 3.0], "o")
        read_out(ax, days, [1.0, 2.0, 3.0], ["Jan", "Feb", "Mar"])

    for svg in draw("days", paint):
        for (x, y, _said), mark in zip(readings_of(svg), marks_of(svg), strict=True):
            assert (x, y) == (pytest.approx(mark[0], abs=0.6), pytest.approx(mark[1], abs=0.6))


def test_what_is_said_of_a_point_may_hold_anything_and_a_missing_point_says_nothing() -> None:
    evil = 'a"b<c>, "d"\nnext & more'

    def paint(ax: Any, narrow: bool) -> None:
        ax.plot([1, 2], [1, 2])
        read_out(ax, [1, 2, 3], [1.0, float("nan"), float("inf")], [evil, "never", "never"])

    for svg in draw("evil", paint):
        assert [said for *_at, said in readings_of(svg)] == ['a"b<c>, "d" next & more']
        assert "<c>" not in svg


def test_a_drawing_without_points_says_none() -> None:
    for svg in draw("none", lambda ax, narrow: ax.plot([1, 2], [3, 4])):
        assert readings_of(svg) == []


# ── bars, clipped and whole ─────────────────────────────────────────────────────────────────────────────


def values(*numbers: float) -> pd.Series:
    return pd.Series(numbers)


def axes() -> Any:
    return Figure(figsize=(4, 3)).subplots()


def test_an_interval_that_leaves_the_frame_ends_in_an_arrow() -> None:
    """The second goes on above, the third below, the fourth on both sides; the first stays within."""
    ax = axes()
    lower, upper = values(-1, 0, -9, -9), values(1, 9, 0, 9)
    clipped_bars(ax, [0, 1, 2, 3], values(0, 1, -1, 0), lower, upper, BLUE, (-2.0, 3.0), texts=list("abcd"))
    arrows = {line.get_marker(): line.get_xdata().tolist() for line in ax.lines if line.get_marker() in "v^"}
    assert arrows == {"v": [2, 3], "^": [1, 3]}
    at = {line.get_marker(): set(line.get_ydata()) for line in ax.lines if line.get_marker() in "v^"}
    assert at == {"v": {-2.0}, "^": {3.0}}
    assert ax.get_ylim() == (-2.0, 3.0)
    (container,) = ax.containers
    segments = container[2][0].get_segments()
    assert [tuple(segment[:, 1]) for segment in segments] == [(-1, 1), (0, 3), (-2, 0), (-2, 3)]


@pytest.mark.filterwarnings("error:constrained_layout")
def test_where_all_intervals_stay_within_there_are_no_arrows() -> None:
    def paint(ax: Any, narrow: bool) -> None:
        clipped_bars(ax, [0, 1], values(0, 1), values(-1, 0), values(1, 2), BLUE, (-2.0, 3.0))
        assert not [line for line in ax.lines if line.get_marker() in ("v", "^")]

    assert all(draw("within", paint)), "it has a layout, too"


def test_bars_have_their_ends_where_the_limits_are() -> None:
    ax = axes()
    bars(ax, [0, 1], values(1.0, 2.0), values(0.5, 2.0), values(1.5, 2.0), MUTED)
    (container,) = ax.containers
    assert [tuple(segment[:, 1]) for segment in container[2][0].get_segments()] == [(0.5, 1.5), (2.0, 2.0)]


# ── names at the ends of lines ──────────────────────────────────────────────────────────────────────────


def test_names_at_the_ends_of_lines_do_not_lie_on_one_another() -> None:
    ax = axes()
    ax.set_ylim(0, 1)
    ends = [(3.0, 0.50, "revenue", BLUE), (3.0, 0.51, "orders", MUTED), (3.0, 0.90, "came back", MUTED)]
    label_ends(ax, ends, gap=0.1)
    placed = {text.get_text(): text.xy for text in ax.texts}
    assert {x for x, _y in placed.values()} == {3.0}
    assert placed["came back"][1] == pytest.approx(0.90), "what has room stays"
    low, high = placed["revenue"][1], placed["orders"][1]
    assert (low, high) == (pytest.approx(0.455), pytest.approx(0.555)), "moved by as little, in their order"


def test_very_long_names_are_cut() -> None:
    assert short_name("Münster / Süd") == "Münster / Süd"
    assert short_name("a\n b\tc") == "a b c"
    cut = short_name("x" * 200, 20)
    assert cut == "x" * 19 + "…" and len(cut) == 20


@given(
    places=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    gap=st.floats(0.01, 0.3),
)
def test_places_are_moved_apart_and_stay_within(places: list[float], gap: float) -> None:
    moved = apart(places, gap, 0.0, 1.0)
    kept = min(gap, 1 / max(len(places) - 1, 1))
    order = np.argsort(places, kind="stable")
    assert (np.diff(moved[order]) >= kept - 1e-9).all()
    assert moved.min() >= -1e-9 and moved.max() <= 1 + 1e-9
    far = np.diff(np.sort(places))
    if len(places) == 1 or (far > gap).all():
        np.testing.assert_allclose(moved, places, atol=1e-9)


# ── ticks ───────────────────────────────────────────────────────────────────────────────────────────────


def ticks(axis: Any, lowest: float, highest: float) -> list[str]:
    axis.axes.set_ylim(lowest, highest)
    inside = [at for at in axis.get_majorticklocs() if lowest <= at <= highest * 1.000001]
    axis.get_major_formatter().set_locs(inside)
    return [axis.get_major_formatter()(at) for at in inside]


@pytest.mark.parametrize("top", [1e-6, 0.004, 0.03, 0.6, 1.0, 7, 99, 1234, 5e6, 1e13])
def test_axes_have_zero_and_three_ticks_at_most(top: float) -> None:
    for on in (percent_axis, number_axis):
        ax = axes()
        on(ax.yaxis)
        shown = ticks(ax.yaxis, 0, top)
        assert 2 <= len(shown) <= 5 and len(set(shown)) == len(shown), shown
        assert shown[0].removesuffix(" %") == "0" or set(shown[0].removesuffix(" %")) <= set("0."), shown


def test_ticks_have_as_many_digits_as_tell_them_apart() -> None:
    ax = axes()
    percent_axis(ax.yaxis)
    assert ticks(ax.yaxis, 0, 0.6) == ["0 %", "20 %", "40 %", "60 %"]
    assert ticks(ax.yaxis, 0, 0.015) == ["0.0 %", "0.5 %", "1.0 %", "1.5 %"]
    with language("zh"):
        assert ticks(ax.yaxis, 0, 0.6) == ["0%", "20%", "40%", "60%"]
    number_axis(ax.yaxis)
    assert ticks(ax.yaxis, 0, 3000) == ["0", "1,000", "2,000", "3,000"]
    assert ticks(ax.yaxis, 0, 3) == ["0", "1", "2", "3"]
    assert ticks(ax.yaxis, 0, 0.2) == ["0.00", "0.05", "0.10", "0.15", "0.20"]


def test_large_ticks_are_cut_short_where_nothing_of_them_is_lost() -> None:
    ax = axes()
    number_axis(ax.yaxis)
    assert ticks(ax.yaxis, 0, 60_000) == ["0", "20K", "40K", "60K"]
    assert ticks(ax.yaxis, 0, 1e13) == ["0", "2.5T", "5T", "7.5T", "10T"]
    assert ticks(ax.yaxis, 0, 15_000) == ["0", "5,000", "10,000", "15,000"], "one way on one axis"
    assert ticks(ax.yaxis, 1_222_000, 1_228_000) == ["1,222,000", "1,224,000", "1,226,000", "1,228,000"]
    with language("zh"):
        assert ticks(ax.yaxis, 0, 60_000) == ["0", "2万", "4万", "6万"]


# ── small marks beside key figures ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("known", [[], [0.1], [None, 0.1], [float("nan"), 0.1]])
def test_a_sparkline_needs_two_values(known: list[float | None]) -> None:
    assert sparkline(known) == ""


def test_a_sparkline_rises_with_its_values() -> None:
    points = re.search(r'points="([^"]+)"', sparkline([1, 2, 4]))
    assert points is not None
    heights = [float(pair.split(",")[1]) for pair in points[1].split()]
    assert heights == sorted(heights, reverse=True), "SVG counts downwards"
