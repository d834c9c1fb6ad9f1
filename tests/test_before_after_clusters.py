"""Clusters of unlike sizes: their errors by brute force, as how many they count, and error rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from before_after_data import compared, groups
from before_after_panels import Floats, shop, weeks
from numpy.typing import NDArray
from test_before_after_did import assert_honest, long, pair_of, rates

from keepbook.before_after import did
from keepbook.before_after.checks import MIN_EFFECTIVE_CLUSTERS, checks_of
from keepbook.before_after.did import Pair
from keepbook.before_after.page.checks import check_sentence
from keepbook.before_after.panel import effective_clusters

Members = tuple[NDArray[np.int64], NDArray[np.int64]]
COUNT = 9


def clustered(seed: int, spanning: bool, alike: bool) -> tuple[tuple[Floats, Floats], Members]:
    """90 customers a group in nine clusters with ups and downs of their own, of either group or of both."""
    rng = np.random.default_rng(seed)
    even = np.repeat(np.arange(COUNT), 9)
    more = [even if alike else rng.choice(COUNT, 81, p=np.arange(1, 10) / 45) for _ in range(2)]
    treated, comparison = (np.r_[np.arange(COUNT), one] for one in more)
    moods = np.exp(rng.normal(0, 0.5, (2, COUNT, 7)))
    panels = tuple(
        shop(rng, 90, 7) * mood[one] for mood, one in zip(moods, (treated, comparison), strict=True)
    )
    return panels, (treated, comparison if spanning else comparison + 100)  # type: ignore[return-value]


def bias_reduced(changes: Floats, treated: Floats, cluster: NDArray[np.int64]) -> float:
    """Error of a regression's slope, each cluster's residuals times (I − H)^−½, from customers' rows.

    Source: R. M. Bell & D. F. McCaffrey (2002), Survey Methodology 28, 169–181.
    """
    design = np.column_stack([np.ones(len(treated)), treated])
    bread = np.linalg.inv(design.T @ design)
    left = changes - design @ bread @ design.T @ changes
    meat = np.zeros((2, 2))
    for one in np.unique(cluster):
        rows = design[cluster == one]
        values, vectors = np.linalg.eigh(np.eye(len(rows)) - rows @ bread @ rows.T)
        score = rows.T @ (vectors / np.sqrt(values)) @ vectors.T @ left[cluster == one]
        meat += np.outer(score, score)
    return float((bread @ meat @ bread)[1, 1] ** 0.5)


@pytest.mark.parametrize("spanning", [False, True])
def test_errors_by_brute_force(spanning: bool) -> None:
    """Of clusters of very different sizes: each of one group, or all holding customers of both."""
    panels, cluster = clustered(6, spanning, alike=False)
    row = did.effect_row(pair_of(*panels, clusters=cluster), weeks(4, 3), 0.05)
    changes = np.concatenate([one[:, 4:].mean(axis=1) - one[:, :4].mean(axis=1) for one in panels])
    error = bias_reduced(changes, np.repeat([1.0, 0.0], 90), np.concatenate(cluster))
    assert row["error"] == pytest.approx(error, rel=1e-9)
    counting = [1 / (pd.Series(one).value_counts(normalize=True) ** 2).sum() for one in cluster]
    assert max(counting) < 8
    if spanning:
        assert row["df"] == pytest.approx(min(counting) - 1)
        asunder = did.effect_row(pair_of(*panels, clusters=cluster, apart=True), weeks(4, 3), 0.05)
        assert asunder["error"] != row["error"]
    else:
        assert min(counting) - 1 <= row["df"] <= sum(counting) - 2


@pytest.mark.parametrize("spanning", [False, True])
def test_clusters_alike_as_in_a_regression(spanning: bool) -> None:
    """statsmodels' sandwich, which divides by G where the unbiased variance divides by G − 1."""
    panels, cluster = clustered(6, spanning, alike=True)
    row = did.effect_row(pair_of(*panels, clusters=cluster), weeks(4, 3), 0.05)
    frame = long(*panels, weeks(4, 3))
    frame["cluster"] = np.concatenate(cluster)[frame["who"]]
    fitted = smf.ols("y ~ treated:after + C(who) + C(k)", frame).fit(
        cov_type="cluster", cov_kwds={"groups": frame["cluster"], "use_correction": False}
    )
    assert row["effect"] == pytest.approx(fitted.params["treated:after"], rel=1e-9)
    assert row["error"] == pytest.approx(fitted.bse["treated:after"] * (COUNT / (COUNT - 1)) ** 0.5, rel=1e-9)
    assert COUNT - 1 - 1e-9 <= row["df"] <= 2 * (COUNT - 1)


def test_the_joint_test_has_their_freedom() -> None:
    """Hotelling's T² as F with the df of clusters alike in size, not of those that there are."""
    panels, cluster = clustered(7, spanning=True, alike=False)
    pair = pair_of(*panels, clusters=cluster)
    moves = Pair.gap(np.diff(np.eye(7)[:4], axis=0))
    least = min(1 / (pd.Series(one).value_counts(normalize=True) ** 2).sum() for one in cluster)
    assert pair.df(moves) == pytest.approx(least - 1)
    few = Pair(pair.mean, ((pair.cov, COUNT - 1.0),))
    assert pair.joint_pvalue(moves) > few.joint_pvalue(moves)


def test_as_how_many_they_count() -> None:
    """Ten alike count as ten; one with half of all beside nine others as 1 / (¼ + 9/324) = 3.6."""
    assert effective_clusters(np.full(10, 7.0)) == pytest.approx(10)
    assert effective_clusters(np.array([9.0] + [1.0] * 9)) == pytest.approx(3.6)
    assert effective_clusters(np.array([1000.0, 1, 1, 1])) == 2, "or no doubt could be told at all"


def checked(sizes: list[int], others: int = 20) -> tuple[str, str]:
    """How the check of clusters comes out where the treated are in clusters of these sizes."""
    size = np.array(sizes, float)
    frame = pd.DataFrame(
        {
            "group": ["treated", "comparison", "neither"],
            "clusters": [len(size), others, np.nan],
            "effective": [effective_clusters(size), others, np.nan],
            "largest": [size.max() / size.sum(), 1 / others, np.nan],
        }
    )
    checks = checks_of(pd.DataFrame(), pd.DataFrame({"metric": []}), frame, 0.05)
    found = replace(compared(groups(n=40), clusters=10), checks=checks, groups=frame)
    return found.credibility("clusters"), check_sentence(found, "clusters")


def test_the_check_counts_them_as_alike() -> None:
    assert MIN_EFFECTIVE_CLUSTERS == 8
    assert checked([5] * 8) == ("yes", "Errors are by shop; the smaller group has 8 of them.")
    assert checked([5, 6, 7] * 4)[1] == "Errors are by shop; the smaller group has 12 of them."
    assert checked([5] * 7) == (
        "no",
        "Errors are by shop, and one group has only 7 of them: intervals are uncertain themselves.",
    )
    assert checked([35] + [7] * 9) == (
        "no",
        "Errors are by shop, of unlike sizes: one group has 10 of them, the largest with 36 % of its "
        "customers, so they count as only 5.8, and intervals are uncertain themselves.",
    )
    assert checked([20, 10] + [4] * 18) == (
        "yes",
        "Errors are by shop, of unlike sizes: one group has 20 of them, the largest with 20 % of its "
        "customers, so they count as 13.2.",
    )
    nearly = checked([9, 4, 4, 4, 4, 4, 4, 4])  # 37² / (9² + 7 · 4²)
    assert nearly[0] == "no" and "they count as only 7.1" in nearly[1], "eight are there, but unlike"


def test_the_groups_tell_how_they_count() -> None:
    found = compared(groups(gain=3, n=164), clusters=16)  # four shops of eleven customers, twelve of ten
    assert found.groups["effective"].tolist() == pytest.approx([164**2 / (4 * 121 + 12 * 100)] * 2)
    assert found.groups["largest"].tolist() == pytest.approx([11 / 164] * 2)
    assert found.effects["df"].between(14.9, 30).all()


# ─────────────────────────────────────────────────────────────────────────────────────────── error rates


@pytest.mark.parametrize(("clusters", "unlike"), [(15, 0.0), (20, 0.7), (30, 1.2)])
def test_intervals_are_wide_enough(clusters: int, unlike: float) -> None:
    assert_honest(rates(200, (600, 600), seed=2, clusters=clusters, unlike=unlike), 200)
    assert_honest(rates_of_shops(200, clusters, unlike, seed=3), 200)


def rates_of_shops(runs: int, clusters: int, unlike: float, seed: int) -> dict[str, float]:
    """As `rates`, where what a cluster's customers share is nearly all that varies; they buy alike in it.

    The largest of ten clusters holds 34 % of the customers where the logarithm of sizes varies by 1.2.
    """
    rng, periods, seen = np.random.default_rng(seed), weeks(6, 6), []
    for _ in range(runs):
        panels, members = [], []
        for _group in range(2):
            size = np.maximum(3, 60 * rng.lognormal(-(unlike**2) / 2, unlike, clusters)).astype(int)
            level = 10 * np.exp(
                0.3 * rng.normal(0, 1, (clusters, 1)) + 0.2 * rng.normal(0, 1, (clusters, 12))
            )
            noise = rng.normal(0, 15, (clusters, 12)) / np.sqrt(size)[:, None]
            panels.append(np.repeat(level + noise, size, axis=0))
            members.append(np.repeat(np.arange(clusters), size))
        pair = pair_of(*panels, clusters=tuple(members), apart=True)
        row, placebo = did.effect_row(pair, periods, 0.05), did.placebos(pair, periods, 0.05)
        seen.append(
            {
                "covered": row["ci_lower"] <= 0 <= row["ci_upper"],
                "lift_covered": not (row["lift_lower"] > 0 or row["lift_upper"] < 0),
                "proportional": row["proportional_lower"] <= 0 <= row["proportional_upper"],
                "pre_trend": row["pre_trend_pvalue"] < 0.05,
                "placebo": placebo["pvalue"].min() * len(placebo) < 0.05,
                "slope": not row["slope_lower"] <= 0 <= row["slope_upper"],
            }
        )
    return pd.DataFrame(seen).mean().to_dict()


UNLIKE = [(8, 0.0), (15, 0.0), (30, 0.0), (10, 0.7), (20, 0.7), (10, 1.2), (20, 1.2), (40, 1.2), (60, 1.6)]


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "unlike"), UNLIKE)
def test_error_rates_at_length(clusters: int, unlike: float) -> None:
    """Also of clusters so unlike that the check of their number fails."""
    found = rates(2000, (40 * clusters, 40 * clusters), seed=clusters, clusters=clusters, unlike=unlike)
    print(clusters, unlike, found)
    assert_honest(found, 2000, room=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "unlike"), UNLIKE)
def test_error_rates_of_what_they_share_at_length(clusters: int, unlike: float) -> None:
    found = rates_of_shops(2000, clusters, unlike, seed=clusters)
    print(clusters, unlike, found)
    assert_honest(found, 2000, room=0.01)
