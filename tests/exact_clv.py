"""The models of CLV to 22 digits with mpmath, by routes of their own: what the library is held against.

Every quantity is an integral over the customer's hidden rates of what happens given them, or over the moment
of leaving: nothing here uses the sums or closed forms of the library.
"""

from __future__ import annotations

from mpmath import beta as beta_function
from mpmath import exp, expm1, factorial, gamma, log, log1p, mp, mpf, quad

mp.dps = 22


def geometric_p_alive(params, x, t_x, T, extra):
    """L(alive) / L, each with λ and p integrated out: Γ and B functions of 22 digits."""
    r, alpha, a, b = map(mpf, params)
    x, t_x, T = int(x), mpf(t_x), mpf(T)
    alive = beta_function(a, b + x + extra) / (alpha + T) ** (r + x)
    gone = beta_function(a + 1, b + x + extra - 1) / (alpha + t_x) ** (r + x) if x + extra else mpf(0)
    return alive / (alive + gone)


def geometric_log_likelihood(params, x, t_x, T, extra):
    r, alpha, a, b = map(mpf, params)
    x, t_x, T = int(x), mpf(t_x), mpf(T)
    alive = beta_function(a, b + x + extra) / (alpha + T) ** (r + x)
    gone = beta_function(a + 1, b + x + extra - 1) / (alpha + t_x) ** (r + x) if x + extra else mpf(0)
    return log(gamma(r + x) / gamma(r) * alpha**r / beta_function(a, b) * (alive + gone))


def geometric_expected_alive(params, x, T, t, extra):
    """∫ over p ~ Beta(a, b + x) of (1 − ((alpha + T) / (alpha + T + p t))^(r + x)) / p, in logit(p)."""
    r, alpha, a, b = map(mpf, params)
    k, heads, tau = r + int(x), b + int(x) + extra, mpf(t) / (alpha + mpf(T))

    def integrand(z):
        p, q = 1 / (1 + exp(-z)), 1 / (1 + exp(z))
        return p**a * q**heads * -expm1(-k * log1p(p * tau)) / p

    middle, points = log(a / heads), [mpf(0)]
    for side, fall in ((-1, a), (1, heads)):  # far out the density falls like e^(−fall · |z|)
        step = 1 / max(a, heads, mpf(1)) ** mpf("0.5")
        reach = max(
            90 / fall, 16 * ((a + heads) / (a * heads)) ** mpf("0.5")
        )  # near the mode it is a normal's
        while abs(points[-1 if side > 0 else 0]) < reach:
            points.append(points[-1] + step) if side > 0 else points.insert(0, points[0] - step)
            step *= 2
    points = [middle + point for point in points]
    return quad(integrand, points) / beta_function(a, heads)


def pareto_gone_over_alive(params, x, t_x, T):
    """s ∫ (…) dy / (…), the moment of leaving integrated numerically in log(y + min(alpha, beta))."""
    r, alpha, s, beta = map(mpf, params)
    k, t_x, T = r + int(x), mpf(t_x), mpf(T)
    if t_x == T:
        return mpf(0)
    low = min(alpha, beta)

    def integrand(u):
        y = exp(u) - low
        return ((alpha + T) / (alpha + y)) ** k * ((beta + T) / (beta + y)) ** s * (low + y) / (beta + y)

    start, end = log(low + t_x), log(low + T)
    steps = [start]
    width = min((end - start), 1 / (k + s))
    while steps[-1] < end:
        steps.append(min(end, steps[-1] + width))
        width *= 3
    return s * quad(integrand, steps)


def pareto_p_alive(params, x, t_x, T):
    return 1 / (1 + pareto_gone_over_alive(params, x, t_x, T))


def pareto_log_likelihood(params, x, t_x, T):
    r, alpha, s, beta = map(mpf, params)
    fixed = (
        gamma(r + x)
        / gamma(r)
        * (alpha / (alpha + T)) ** r
        / (alpha + T) ** int(x)
        * (beta / (beta + T)) ** s
    )
    return log(fixed) + log(1 + pareto_gone_over_alive(params, x, t_x, T))


def pareto_expected_alive(params, x, T, t):
    """Mean rate times the expected time alive in (T, T + t], the latter integrated."""
    r, alpha, s, beta = map(mpf, params)
    T, t = mpf(T), mpf(t)
    peak = beta + T
    alive = quad(lambda u: (peak / (peak + u)) ** s, [0, min(t, peak / 10), min(t, peak), t])
    return (r + int(x)) / (alpha + T) * alive


def pareto_pmf_new(params, t, n):
    """P(X(t) = n): Poisson given rate and lifetime, both integrated out (the lifetime numerically)."""
    r, alpha, s, beta = map(mpf, params)

    def count(y):
        return gamma(r + n) / gamma(r) / factorial(n) * (alpha / (alpha + y)) ** r * (y / (alpha + y)) ** n

    left = quad(lambda y: count(y) * s * beta**s / (beta + y) ** (s + 1), [0, mpf(t) / 100, mpf(t) / 10, t])
    return left + count(mpf(t)) * (beta / (beta + t)) ** s


def geometric_pmf_new(params, t, n, extra):
    """P(X(t) = n) from Fader, Hardie & Lee (2005), eq. (8): the sum over fewer purchases written out."""
    r, alpha, a, b = map(mpf, params)
    t = mpf(t)

    def poisson(j):
        return gamma(r + j) / gamma(r) / factorial(j) * (alpha / (alpha + t)) ** r * (t / (alpha + t)) ** j

    stayed = beta_function(a, b + n + extra) / beta_function(a, b)
    left = beta_function(a + 1, b + n + extra - 1) / beta_function(a, b) if n + extra else mpf(0)
    return stayed * poisson(n) + left * (1 - sum((poisson(j) for j in range(n)), mpf(0)))
