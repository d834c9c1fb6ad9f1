"""Colours of a page are legible, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keepbook.report import ASSETS


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--kb-[a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_on_the_standard_example() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.01
    )  # just fails AA, as WebAIM documents


def test_colours_are_legible_in_light_and_dark_and_both_dark_sets_agree() -> None:
    css = (Path(ASSETS) / "page.css").read_text(encoding="utf-8")
    light, dark, forced = (tokens(part) for part in re.findall(r"\{([^{}]*--kb-paper:[^{}]*)\}", css))
    assert dark == forced and light.keys() == dark.keys()
    for mode in (light, dark):
        for text in ("ink", "muted", "accent", "good", "bad", "warn"):
            for ground in ("paper", "raised"):
                assert contrast(mode[f"--kb-{text}"], mode[f"--kb-{ground}"]) >= 4.5, (text, ground)
        for tone in ("accent", "good", "bad", "warn"):
            assert contrast(mode[f"--kb-{tone}"], mode[f"--kb-{tone}-soft"]) >= 4.5, tone
