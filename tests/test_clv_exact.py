"""Every prediction is finite and that of mpmath to 1e-8, over the whole valid grid."""

from __future__ import annotations

import itertools

import exact_clv as exact
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.clv.processes import gamma_gamma as spend
from keepbook.clv.processes.bg_nbd import BG, MBG, BetaGeometric
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.processes.process import Process
from keepbook.clv.rfm import Patterns

CLOSE = 1e-8
# common ones, the cases of lifetimes' bugs (hyp2f1 diverges; a = 1; s = 1), and the edges that a fit may meet
PARAMS = [
    (0.2426, 4.4136, 0.7929, 2.4259),
    (0.11, 2.24, 0.31, 0.5),
    (0.25, 4.0, 1.0, 2.5),
    (0.55, 10.58, 0.61, 11.67),
    (1.0, 1.0, 1.0, 1.0),
    (1e-3, 1e-3, 1e-3, 1e-3),
    (50.0, 1e3, 1e-2, 1e-2),
    (0.5, 10.0, 1e4, 3e4),
    (5.0, 0.01, 30.0, 0.05),
    (0.3, 1e5, 2.0, 1e-2),
]
HISTORIES = [  # frequency, recency, T, horizon
    (0, 0, 0, 30),
    (0, 0, 700, 0.1),
    (1, 699.5, 700, 365),
    (5, 5, 700, 1e4),
    (132, 200, 200, 39),
    (500, 300, 301, 365),
    (5000, 4900, 5000, 365),
    (5000, 5000, 5000, 0.5),
]


# in CI every second history, each set of parameters with another half; `make test-slow` takes all of them
ALL = [
    pytest.param(p, h, id=f"{p}-{h[0]}-{h[2]}", marks=[pytest.mark.slow] if (i + j) % 2 else [])
    for i, p in enumerate(PARAMS)
    for j, h in enumerate(HISTORIES)
]


def close(got: float, wanted: exact.mpf) -> bool:
    assert np.isfinite(got)
    return abs(exact.mpf(float(got)) - wanted) <= CLOSE * max(abs(wanted), 1e-10)


def alike(got: float, wanted: exact.mpf) -> bool:
    """Of logarithms: 1e-8 of themselves, or absolutely where they are small."""
    return abs(float(got) - float(wanted)) <= CLOSE * max(1, abs(float(wanted)))


@pytest.mark.parametrize(("params", "history"), ALL)
@pytest.mark.parametrize("process", [BG, MBG], ids=lambda process: process.key)
def test_geometric_models_are_those_of_mpmath(process: BetaGeometric, params: tuple, history: tuple) -> None:
    (x, t_x, T, t), extra = history, process.extra
    assert close(process.p_alive(params, x, t_x, T), exact.geometric_p_alive(params, x, t_x, T, extra))
    assert close(
        process.expected_alive(params, x, T, t), exact.geometric_expected_alive(params, x, T, t, extra)
    )
    likelihood = exact.geometric_log_likelihood(params, x, t_x, T, extra)
    assert alike(process.log_likelihood(params, x, t_x, T), likelihood)


@pytest.mark.parametrize(("params", "history"), ALL)
def test_pareto_is_that_of_mpmath(params: tuple, history: tuple) -> None:
    x, t_x, T, t = history
    assert close(PARETO.p_alive(params, x, t_x, T), exact.pareto_p_alive(params, x, t_x, T))
    assert close(PARETO.expected_alive(params, x, T, t), exact.pareto_expected_alive(params, x, T, t))
    assert alike(PARETO.log_likelihood(params, x, t_x, T), exact.pareto_log_likelihood(params, x, t_x, T))


@pytest.mark.parametrize("params", PARAMS[:5], ids=str)
@pytest.mark.parametrize("n", [0, 1, 10, 60])
def test_counts_of_a_new_customer_are_those_of_mpmath(params: tuple, n: int) -> None:
    for process in (BG, MBG):
        wanted = exact.geometric_pmf_new(params, 39, n, process.extra)
        assert close(process.pmf_new(params, 39, n), wanted)
    assert close(PARETO.pmf_new(params, 39, n), exact.pareto_pmf_new(params, 39, n))


def test_what_lifetimes_has_no_answer_to() -> None:
    """The cases of its NaN: hyp2f1 diverges, a = 1, many purchases, s = 1, 200 purchases in 39 weeks."""
    best = PARETO.expected_purchases((0.55, 10.58, 0.61, 11.67), np.array([131, 132, 133]), 200, 200, 10)
    assert np.isfinite(best).all()
    assert np.allclose(np.diff(best), best[0] / 131.55, rtol=1e-3)  # one purchase more, a little more ahead
    assert BG.expected_purchases((0.11, 2.24, 0.31, 0.5), 0, 0, 1, 30) > 0
    around = [float(BG.expected_purchases((0.25, 4, a, 2.5), 2, 30, 38, 39)) for a in (1 - 1e-9, 1, 1 + 1e-9)]
    assert np.ptp(around) < 1e-8
    around = [
        float(PARETO.expected_purchases((0.55, 10, s, 11), 2, 30, 38, 39)) for s in (1 - 1e-9, 1, 1 + 1e-9)
    ]
    assert np.ptp(around) < 1e-8
    for process in (BG, MBG, PARETO):
        assert 0 <= process.pmf_new((0.2426, 4.4136, 0.7929, 2.4259), 39, 200) < 1e-8


positive = st.floats(1e-3, 1e3)


@st.composite
def histories(draw: st.DrawFn) -> tuple[float, float, float, float]:
    T = draw(st.floats(0, 5000))
    x = draw(st.integers(0, 5000)) if T > 0 else 0
    t_x = draw(st.floats(0, 1)) * T if x else 0.0
    return x, t_x, T, draw(st.floats(0, 5000))


@settings(max_examples=150, deadline=None)
@given(params=st.tuples(positive, positive, positive, positive), history=histories())
def test_every_prediction_is_finite_and_in_its_bounds(params: tuple, history: tuple) -> None:
    x, t_x, T, t = history
    for process in (BG, MBG, PARETO):
        alive = float(process.p_alive(params, x, t_x, T))
        ahead = float(process.expected_purchases(params, x, t_x, T, t))
        assert 0 <= alive <= 1
        most = (params[0] + x) / (params[1] + T) * t  # somebody who never leaves
        assert 0 <= ahead <= most * (1 + 1e-9) + 1e-12
        assert np.isfinite(process.log_likelihood(params, x, t_x, T))
        chances = process.pmf_alive(params, x, T, t, np.arange(40))
        assert np.isfinite(chances).all()
        assert (chances >= 0).all()
        assert chances.sum() <= 1 + 1e-7
    assert float(BG.p_alive(params, 0, 0, T)) == 1.0  # BG/NBD: a one-time buyer cannot have left


@settings(max_examples=100, deadline=None)
@given(
    params=st.tuples(positive, positive, positive, positive),
    history=histories(),
    by=st.sampled_from([7, 24, 0.1]),
)
def test_rescaling_time_changes_nothing(params: tuple, history: tuple, by: float) -> None:
    x, t_x, T, t = history
    for process in (BG, MBG, PARETO):
        scaled = [params[0], params[1] * by, params[2], params[3] * (by if process is PARETO else 1)]
        before, after = (
            (process.p_alive(p, x, t_x * k, T * k), process.expected_purchases(p, x, t_x * k, T * k, t * k))
            for p, k in ((params, 1), (scaled, by))
        )
        assert np.allclose(before, after, rtol=1e-6, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(params=st.tuples(positive, positive, positive, positive), t=st.floats(0.1, 300))
def test_counts_of_a_new_customer_add_up_to_their_expectation(params: tuple, t: float) -> None:
    """Σ n P(n) = E[X(t)], and Σ P(n) = 1, where nearly all of it is within reach."""
    n = np.arange(1500)
    for process in (BG, MBG, PARETO):
        chances = process.pmf_new(params, t, n)
        if chances[-1] < 1e-13 and chances.sum() > 1 - 1e-9:
            assert float(chances @ n) == pytest.approx(
                float(process.expected_new(params, t)), rel=1e-5, abs=1e-9
            )


@settings(max_examples=200, deadline=None)
@given(p=positive, q=st.floats(1.0001, 1e3), gamma=positive, x=st.integers(0, 5000), m=st.floats(0, 1e6))
def test_expected_spend_lies_between_the_customers_and_everybodys(
    p: float, q: float, gamma: float, x: int, m: float
) -> None:
    """Also for a customer whose purchases cost nothing."""
    expected, everybody = float(spend.expected_spend((p, q, gamma), x, m)), spend.mean_spend((p, q, gamma))
    low, high = sorted([m if x else everybody, everybody])
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)


@pytest.mark.parametrize("process", [BG, MBG, PARETO], ids=lambda process: process.key)
def test_the_likelihood_is_a_number_wherever_a_climb_may_stray(process: Process) -> None:
    """A flat likelihood sends a climb as far as the clip of its log-parameters, 80 either way."""
    histories = pd.DataFrame(
        [(0, 0, 1), (0, 0, 700), (1, 1, 1), (1, 699, 700), (5, 500, 700), (132, 200, 200), (3, 0.5, 1000)],
        columns=["frequency", "recency", "T"],
    ).assign(customers=[60, 5, 2, 3, 4, 1, 7])
    objective = process.objective(Patterns.of(histories))
    for corner in itertools.product((-80.0, -10.0, 0.0, 31.6, 80.0), repeat=4):
        params = np.exp(corner)
        slopes = objective.slopes(params)
        assert np.isfinite(slopes.gradient).all()
        assert np.isfinite(slopes.hessian).all()
        assert slopes.value == pytest.approx(objective.values(params[None])[0], rel=1e-9)
