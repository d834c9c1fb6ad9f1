"""Small marks beside key figures."""

from __future__ import annotations

import re

import pytest

from keepbook.page.html import sparkline


@pytest.mark.parametrize("values", [[], [0.1], [None, 0.1], [float("nan"), 0.1]])
def test_a_sparkline_needs_two_values(values: list[float | None]) -> None:
    assert sparkline(values) == ""


def test_a_sparkline_rises_with_its_values() -> None:
    points = re.search(r'points="([^"]+)"', sparkline([1, 2, 4]))
    assert points is not None
    heights = [float(pair.split(",")[1]) for pair in points[1].split()]
    assert heights == sorted(heights, reverse=True), "SVG counts downwards"
