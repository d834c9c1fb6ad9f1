"""Adjusted p-values: the methods' own papers, and missing ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from keepbook.stats.multiplicity import adjusted

# Y. Benjamini & Y. Hochberg (1995), JRSS B 57, §4.1: 15 comparisons of the thrombolysis trial.
TRIAL = "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1"


def test_the_thrombolysis_trial() -> None:
    """At 5 % Benjamini and Hochberg find the first four, Holm's (as Bonferroni's) the first three."""
    pvalues = np.array(TRIAL.split(), float)
    assert (adjusted(pvalues, "bh") <= 0.05).sum() == 4
    assert (adjusted(pvalues) <= 0.05).sum() == 3


def test_by_hand_in_any_order_and_with_missing_ones() -> None:
    """Holm of .01, .02, .04: 3·.01, 2·.02, 1·.04. Benjamini–Hochberg: .04·3/3, .02·3/2, .01·3/1."""
    pvalues = [0.04, np.nan, 0.01, 0.02]
    np.testing.assert_allclose(adjusted(pvalues), [0.04, np.nan, 0.03, 0.04])
    np.testing.assert_allclose(adjusted(pvalues, "bh"), [0.04, np.nan, 0.03, 0.03])
    assert np.isnan(adjusted([np.nan, np.nan])).all() and adjusted([]).shape == (0,)


def test_against_statsmodels() -> None:
    rng = np.random.default_rng(2)
    for size in (1, 2, 7, 40):
        pvalues = np.round(rng.random(size) ** 3, 2)  # with ties
        np.testing.assert_allclose(adjusted(pvalues), multipletests(pvalues, method="holm")[1])
        np.testing.assert_allclose(adjusted(pvalues, "bh"), multipletests(pvalues, method="fdr_bh")[1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_never_below_the_plain_one(pvalues: list[float]) -> None:
    holm, bh = adjusted(pvalues), adjusted(pvalues, "bh")
    plain = np.array(pvalues)
    assert (holm >= bh - 1e-12).all() and (bh >= plain - 1e-12).all() and (holm <= 1).all()
    np.testing.assert_allclose(adjusted([*pvalues, np.nan])[:-1], holm)


@pytest.mark.parametrize("runs", [2000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_any_false_finding_is_rare(runs: int) -> None:
    """Twelve comparisons of nothing: Holm errs in 5 % of experiments, plain p-values in 46 %."""
    rng = np.random.default_rng(1)
    plain = rng.random((runs, 12))
    any_false = np.mean([adjusted(row).min() <= 0.05 for row in plain])
    print(f"\nany of 12 false: Holm {any_false:.2%}, plain {(plain.min(1) <= 0.05).mean():.1%}")
    assert abs(any_false - 0.05) < 3 * np.sqrt(0.05 * 0.95 / runs)
