"""Published figures of experiments (Hillstrom, GrowthBook), and other implementations of the formulas."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting as tt
from cohort_data import ENGINE
from experiment_data import arm, spenders
from scipy.stats import chisquare, norm, ttest_ind

from keepbook.errors import DataError
from keepbook.experiments.comparison import COLUMNS, Columns, compare
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.stats.moments import Moments, moments_of, moments_of_totals


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


# Kevin Hillstrom (2008), MineThatData E-Mail Analytics Challenge: customers, visits, conversions and spend.
COUNTS = {"none": 21_306, "men": 21_307, "women": 21_387}
VISITS = {"none": 2_262, "men": 3_894, "women": 3_238}
CONVERSIONS = {"none": 122, "men": 267, "women": 189}


def ones(count: dict[str, int], metric: str) -> dict[str, Moments]:
    """Shares as totals: of zeros and ones the sum is the sum of squares."""
    rows = [(name, metric, COUNTS[name], n, n) for name, n in count.items()]
    made = moments_of_totals(pd.DataFrame(rows, columns=["variant", "metric", "n", "sum", "sum_squares"]))
    return made[metric]


def statistic(pvalue: float) -> float:
    return float(norm.isf(pvalue / 2))


def test_hillstrom_split() -> None:
    assert chisquare(list(COUNTS.values())).statistic == pytest.approx(0.20253, abs=5e-6)
    assert sample_ratio(COUNTS).srm_pvalue == pytest.approx(0.90369, abs=5e-6)


@pytest.mark.parametrize(
    ("count", "effect", "z"), [(VISITS, 0.0765896, 22.48604), (CONVERSIONS, 0.0068050, 7.385114)]
)
def test_hillstrom_shares(count: dict[str, int], effect: float, z: float) -> None:
    arms = ones(count, "visit")
    found = compare("visit", arms["none"], arms["men"])
    assert found.effect == pytest.approx(effect, abs=5e-8)
    assert statistic(found.pvalue) == pytest.approx(z, rel=1e-6)


@pytest.fixture(scope="module")
def hillstrom(shared_data: Path) -> dict[str, Moments]:
    """The three arms with spend and history, through the engine."""
    frame = pd.read_parquet(shared_data / "hillstrom.parquet", columns=["segment", "spend", "history"])
    short = {"No E-Mail": "none", "Mens E-Mail": "men", "Womens E-Mail": "women"}
    frame = frame.assign(variant=frame["segment"].map(short)).drop(columns="segment")
    ENGINE.con.register("hillstrom", frame)
    each = ENGINE.table("hillstrom")
    return moments_of(each, ["spend", "history"])


def test_hillstrom_spend(hillstrom: dict[str, Moments]) -> None:
    men = compare("spend", hillstrom["none"], hillstrom["men"], adjust=False)
    assert men.effect == pytest.approx(0.7698272, abs=5e-8)
    assert men.effect / men.error == pytest.approx(5.300140, abs=5e-7)
    assert (men.ci_lower, men.ci_upper) == pytest.approx((0.4851397, 1.0545146), abs=5e-8)
    women = compare("spend", hillstrom["none"], hillstrom["women"], adjust=False)
    assert women.effect == pytest.approx(0.4244122, abs=5e-8)
    assert women.effect / women.error == pytest.approx(3.256372, abs=5e-7)
    assert women.pvalue == pytest.approx(0.0011294, abs=5e-8)
    for name, total in (("none", 13_908.33), ("men", 30_311.69), ("women", 23_038.11)):
        assert hillstrom[name].mean[0] * hillstrom[name].count == pytest.approx(total, abs=0.005)


def test_hillstrom_history_foretells_almost_nothing(
    hillstrom: dict[str, Moments], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COLUMNS, "spend", Columns("spend", None, "history"))
    found = compare("spend", hillstrom["none"], hillstrom["men"])
    assert found.effect / found.error == pytest.approx(5.2848, abs=5e-5)
    assert 0 <= found.reduction < 0.001


# ── GrowthBook, packages/stats/tests/test_tests.py ──────────────────────────────────────────────────────


def totals(n: int, total: float, squares: float) -> Moments:
    row = pd.DataFrame(
        [("a", "revenue", n, total, squares)], columns=["variant", "metric", "n", "sum", "sum_squares"]
    )
    return moments_of_totals(row)["revenue"]["a"]


def test_growthbook_absolute_and_relative() -> None:
    control, treatment = totals(3407, 1396.87, 52377.9767), totals(3461, 2422.7, 134698.29)
    found = compare("revenue", control, treatment)
    assert found.effect == pytest.approx(0.29, abs=5e-6)
    assert found.pvalue == pytest.approx(0.02016, abs=5e-6)
    assert found.lift == pytest.approx(0.70732, abs=5e-6)


def test_fieller_and_the_difference_agree_where_others_do_not() -> None:
    """GrowthBook's relative interval of these data holds zero (p .06), though the difference has p .02."""
    found = compare("revenue", totals(3407, 1396.87, 52377.9767), totals(3461, 2422.7, 134698.29))
    assert found.pvalue < 0.05
    assert found.lift_lower > 0


@pytest.mark.parametrize(
    ("counts", "weights", "pvalue"),
    [
        ([1000, 1200], [1, 1], 0.000020079),
        ([135, 115], [1, 1], 0.205903211),
        ([310, 98], [75, 25], 0.647434186),
        ([500, 500, 600], [0.34, 0.33, 0.33], 0.000592638),
    ],
)
def test_growthbook_sample_ratio(counts: list[int], weights: list[float], pvalue: float) -> None:
    """GrowthBook, stats.test.ts."""
    names = "abc"[: len(counts)]
    found = sample_ratio(dict(zip(names, counts, strict=True)), dict(zip(names, weights, strict=True)))
    assert found.srm_pvalue == pytest.approx(pvalue, abs=5e-10)


@pytest.mark.parametrize("counts", [{"a": 0, "b": 0}, {"a": 5}])
def test_a_split_of_nobody_is_an_error_and_no_p_of_one(counts: dict[str, int]) -> None:
    with pytest.raises(DataError, match="A split cannot be checked"):
        sample_ratio(counts)


def test_an_arm_with_no_weight_is_an_error() -> None:
    with pytest.raises(DataError, match="The split intends no customers for 'b'"):
        sample_ratio({"a": 10, "b": 3}, {"a": 1.0, "b": 0.0})


# ── other implementations of the same formulas ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sizes", "sds", "alike"),
    [
        ((300, 250), (1.0, 1.0), False),  # of like size
        ((900, 100), (1.3, 1.0), True),  # the small arm spreads less than both together…
        ((900, 100), (1.0, 1.3), False),  # …or more, which then counts
    ],
)
def test_the_t_test_is_scipys(
    rng: np.random.Generator, sizes: tuple[int, int], sds: tuple[float, float], alike: bool
) -> None:
    """Welch's; with arms of unlike size Student's, where that is the wider one."""
    a, b = (rng.lognormal(2, sd, n) for n, sd in zip(sizes, sds, strict=True))
    found, known = compare("revenue", arm(revenue=a), arm(revenue=b)), ttest_ind(b, a, equal_var=alike)
    limits = known.confidence_interval(0.95)
    assert found.pvalue == pytest.approx(known.pvalue, rel=1e-10)
    assert found.df == pytest.approx(known.df, rel=1e-10)
    assert (found.ci_lower, found.ci_upper) == pytest.approx((limits.low, limits.high), rel=1e-10)


def test_means_and_shares_are_tea_tastings(rng: np.random.Generator) -> None:
    """Welch's t with the pre-period, and the pooled z-test of a share, in arms of like size."""
    columns = [spenders(900, rng, lift=lift) | {"clicked": rng.binomial(1, 0.1, 900)} for lift in (0.0, 0.3)]
    arms = [arm(**{name: values.astype(float) for name, values in own.items()}) for own in columns]
    frame = pd.concat(pd.DataFrame(own).assign(variant=i) for i, own in enumerate(columns))
    known = tt.Experiment(
        revenue=tt.Mean("revenue", "pre_revenue", equal_var=False, use_t=True),
        clicked=tt.Proportion("clicked", method="norm", correction=False),
    ).analyze(frame)
    spend, clicks = compare("revenue", *arms), compare("clicked", *arms)
    limits = known["revenue"].effect_size_ci_lower, known["revenue"].effect_size_ci_upper
    assert (spend.ci_lower, spend.ci_upper) == pytest.approx(limits, rel=1e-10)
    assert (spend.control, spend.treatment) == pytest.approx(known["revenue"][:2], rel=1e-10)
    assert spend.pvalue == pytest.approx(known["revenue"].pvalue, rel=1e-10)
    assert clicks.effect == pytest.approx(known["clicked"].effect_size, rel=1e-10)
    assert clicks.pvalue == pytest.approx(known["clicked"].pvalue, rel=1e-10)


def test_cuped_is_least_squares(rng: np.random.Generator) -> None:
    """The adjusted difference is that of y − θx, θ from both arms' pooled covariance (Deng et al. 2013)."""
    before = rng.gamma(2, 10, 800)
    after = 0.6 * before + rng.normal(0, 5, 800)
    treated = np.arange(800) % 2 == 1
    after[treated] += 1.0
    theta = np.cov(after, before)[0, 1] / before.var(ddof=1)
    y = after - theta * before
    a, b = (arm(revenue=after[of], pre_revenue=before[of]) for of in (~treated, treated))
    found = compare("revenue", a, b)
    assert found.effect == pytest.approx(y[treated].mean() - y[~treated].mean(), rel=1e-10)
    error = sqrt(y[treated].var(ddof=1) / 400 + y[~treated].var(ddof=1) / 400)
    assert found.error == pytest.approx(error, rel=1e-10)
    assert found.reduction == pytest.approx(1 - error**2 / compare("revenue", a, b, adjust=False).error ** 2)


def test_clusters_have_the_errors_of_a_clustered_regression(rng: np.random.Generator) -> None:
    """With clusters of one size, those of OLS with clustered errors and each arm's small-sample factor."""
    clusters, each = 40, 25
    shop = np.repeat(np.arange(clusters), each)
    treated = (shop % 2).astype(float)
    y = rng.normal(0, 1, clusters)[shop] + rng.normal(0, 3, len(shop)) + 0.5 * treated
    a, b = (arm(shop[treated == of], orders=y[treated == of]) for of in (0, 1))
    found = compare("orders", a, b)
    fit = sm.OLS(y, sm.add_constant(treated)).fit(
        cov_type="cluster", cov_kwds={"groups": shop, "use_correction": False}
    )
    factor = sqrt((clusters / 2) / (clusters / 2 - 1))
    assert found.effect == pytest.approx(fit.params[1], rel=1e-9)
    assert found.error == pytest.approx(fit.bse[1] * factor, rel=1e-9)
    assert found.df < clusters
