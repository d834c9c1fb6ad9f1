"""Seeded shop data whose truth is known: the demo unit, the recovery tests and the benchmark.

Customers buy by the Pareto/NBD process (Schmittlein, Morrison & Colombo 1987): each has a purchase rate
lambda and a dropout rate mu of their own, buys at random while alive, and leaves for good unnoticed.
What an order is worth follows the Gamma-Gamma model (Fader & Hardie 2013), whatever the rates are.
Dirt is only ever *added* to that process, so data cleaned correctly follow the truth exactly.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keepbook.errors import KeepbookError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """Parameters of one segment: when its customers buy, and what an order is worth.

    Parameters
    ----------
    r, alpha : shape, and rate in days, of the gamma over lambda; a living customer buys r / alpha a day.
    s, beta : shape, and rate in days, of the gamma over mu; half the customers are gone after
        beta * (2 ** (1 / s) - 1) days.
    p : shape of the gamma over one customer's order values.
    q, gamma : shape, and rate in money, of the gamma over that gamma's rate; q > 2 keeps the variance finite.

    References
    ----------
    Schmittlein, Morrison & Colombo (1987), "Counting your customers", Management Science 33(1).
    Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions".
    Fader & Hardie (2013), "The Gamma-Gamma model of monetary value".
    """

    r: float
    alpha: float
    s: float
    beta: float
    p: float = 6.0
    q: float = 4.0
    gamma: float = 20.0

    @property
    def mean_spend(self) -> float:
        """Mean order value in money, E = p * gamma / (q - 1) (Fader & Hardie 2013)."""
        return self.p * self.gamma / (self.q - 1)

    def retention(self, ages: int, window_days: int) -> Floats:
        """Share of customers who buy at least once k windows after their first purchase.

        With w = `window_days` this is P(a purchase in [k w, (k + 1) w) days after the first)
        = E[exp(-mu k w) * lambda / (lambda + mu) * (1 - exp(-(lambda + mu) w))], the expectation over both
        gammas. Asking *when* in the window the first purchase falls separates them:

            integral over t in [0, w) of  E[lambda exp(-lambda t)] * E[exp(-mu (k w + t))]
            = integral of  r alpha^r / (alpha + t)^(r + 1) * (beta / (beta + k w + t))^s

        One smooth dimension remains, and 64 Gauss-Legendre nodes in y = log(1 + t / alpha) give it to about
        machine precision.

        Parameters
        ----------
        ages : number of windows, k = 1 … ages.
        window_days : width w of a window in days.

        Returns
        -------
        Array of shape (ages,): the probability for k = 1 … ages.
        """
        node, weight = np.polynomial.legendre.leggauss(64)
        span = np.log1p(window_days / self.alpha)
        y = span * (node + 1) / 2
        waited = self.alpha * np.expm1(y)
        start = window_days * np.arange(1, ages + 1)[:, None]
        alive = (self.beta / (self.beta + start + waited)) ** self.s
        total: Floats = (alive * (span / 2 * weight * self.r * np.exp(-self.r * y))).sum(axis=1)
        return total


TIERS: dict[str, tuple[float, Truth]] = {
    "basic": (0.50, Truth(r=0.6, alpha=70, s=0.5, beta=120)),
    "plus": (0.35, Truth(r=1.0, alpha=50, s=0.5, beta=200)),
    "gold": (0.15, Truth(r=1.8, alpha=42, s=0.4, beta=400)),
}
"""Tier → share of customers and truth. Order values are alike in all tiers, so that spend stays independent
of the purchase rate in the pooled data too, as Gamma-Gamma requires."""

CHANNELS = {"web": 0.55, "app": 0.30, "store": 0.15}


class Price(NamedTuple):
    """What a channel costs in truth, on average: money and leads for a new customer, money for an order."""

    marketing_cost: float
    sales_cost: float
    servicing_cost: float
    leads: float


PRICES = {"web": Price(14, 2, 1.2, 6), "app": Price(9, 1, 0.8, 4), "store": Price(6, 18, 3, 2)}
"""Channel → its costs; a customer is won by the channel of the first order."""

COST_NOISE = 0.1
"""Standard deviation of the logarithm of a month's costs around the truth."""

DIRT = {
    "exact duplicate": 0.015,
    "no customer": 0.02,
    "zero amount": 0.01,
    "order fully returned": 0.02,
    "partial return": 0.03,
}
"""Occasions of each kind of dirt per genuine order."""

GROWTH = 1.0
"""On the last day this many more customers are acquired, relative to the first."""

LINES = Truth(r=2.5, alpha=95, s=0.35, beta=600, gamma=7)
"""About eleven orders a customer within `LINE_DAYS` days; an order line is worth 14 on average."""

LINE_START, LINE_DAYS = dt.date(2022, 1, 1), 912
LINES_PER_ORDER, LINES_PER_PART = 3, 1_500_000
PRODUCTS = 5_000


@dataclass(frozen=True)
class Simulated:
    """One simulated shop.

    Parameters
    ----------
    transactions : one row per order or return line: customer_id (text, missing where the shop lost it),
        order_id (text), date (day), amount (money, cents; negative on returns), channel (text).
    customers : one row per customer: customer_id (text), acquired_on (day of the first purchase),
        tier ("basic", "plus" or "gold").
    costs : one row per calendar month of the window and channel: period (first day of the month), channel
        (text), marketing_cost, sales_cost and servicing_cost (money), leads. Each cost is its channel's
        `PRICES` times the month's new customers, or genuine orders, times noise of mean 1; leads are the new
        customers and a Poisson count of those who were not won.
    truth : tier → the parameters its customers were drawn from.
    dirt : ledger rule → rows that correct cleaning leaves out under it.
    partial_returns : rows with a negative amount that correct cleaning keeps as money, not as a purchase.
    """

    transactions: pa.Table
    customers: pa.Table
    costs: pa.Table
    truth: dict[str, Truth]
    dirt: dict[str, int]
    partial_returns: int


def simulate(
    customers: int = 4000, start: dt.date = dt.date(2023, 1, 1), days: int = 730, seed: int = 1
) -> Simulated:
    """Simulate a shop: three tiers of customers, a growing base, and an export as dirty as real ones.

    Parameters
    ----------
    customers : customers acquired within the window, each with at least one purchase.
    start : first day of the window.
    days : length of the window; nothing happens after its last day.
    seed : the same seed gives the same rows.

    Raises
    ------
    KeepbookError : no customers, or no days.
    """
    _at_least_one("customers", customers)
    _at_least_one("days", days)
    rng = np.random.default_rng(seed)
    truths = [truth for _, truth in TIERS.values()]
    tier = rng.choice(len(truths), customers, p=[share for share, _ in TIERS.values()])
    acquired = np.sort(_acquisition_days(customers, days, rng))
    buyer, day = _purchases([truths[i] for i in tier], acquired, days, rng)
    spend_rate = rng.gamma([truths[i].q for i in tier], 1 / np.array([truths[i].gamma for i in tier]))
    orders = _orders(buyer, day, spend_rate, np.array([truths[i].p for i in tier]), rng)
    rows, dirt, partial_returns = _with_dirt(orders, acquired, days, rng)
    return Simulated(
        transactions=_transactions(rows, start),
        customers=pa.table(
            {
                "customer_id": _ids("C", np.arange(customers)),
                "acquired_on": _dates(start, acquired),
                "tier": pa.array(np.array(list(TIERS))[tier], pa.string()),
            }
        ),
        costs=_costs(orders, start, days, seed),
        truth={name: truth for name, (_, truth) in TIERS.items()},
        dirt=dirt,
        partial_returns=partial_returns,
    )


def stream_lines(folder: Path, lines: int, seed: int = 1) -> Path:
    """Write order lines to Parquet parts, a part of customers at a time, so that memory stays flat.

    Columns: customer_id and order_id (int64), date (timestamp, whole days), product_id (int32), amount
    (float64, cents, positive). About 30 lines a customer and three an order, over two and a half years. A
    part holds all lines of its customers, by date, as an export would: no engine finds them pre-grouped.

    Parameters
    ----------
    folder : is created; the parts are `part-0000.parquet` and so on.
    lines : rows in all parts together, exactly.
    seed : the same seed gives the same rows.

    Returns
    -------
    The folder.

    Raises
    ------
    KeepbookError : no lines, or the folder holds parts already (they would be counted in).
    """
    _at_least_one("lines", lines)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.parquet")):
        raise KeepbookError(
            "The folder for the simulated order lines is not empty.",
            where=str(folder),
            expected="no Parquet files in it",
            do="delete them, or name another folder",
        )
    rng = np.random.default_rng(seed)
    left, part, customer, order = lines, 0, 0, 0
    while left:
        rows = _line_part(min(left, LINES_PER_PART), customer, order, rng)
        pq.write_table(rows, folder / f"part-{part:04}.parquet")
        customer, order = pc.max(rows["customer_id"]).as_py() + 1, pc.max(rows["order_id"]).as_py() + 1
        left, part = left - rows.num_rows, part + 1
    return folder


def _line_part(most: int, first_customer: int, first_order: int, rng: np.random.Generator) -> pa.Table:
    """The order lines of new customers, cut at `most`; only a small part falls short of it."""
    customers = most // 30 + 1  # they have some 33 lines each
    acquired = _acquisition_days(customers, LINE_DAYS, rng)
    buyer, day = _purchases([LINES] * customers, acquired, LINE_DAYS, rng)
    number = np.arange(len(buyer))
    order = np.repeat(number, 1 + rng.poisson(LINES_PER_ORDER - 1, len(buyer)))[:most]
    order = order[np.argsort(day[order], kind="stable")]
    rate = rng.gamma(LINES.q, 1 / LINES.gamma, customers)
    buyer, day = buyer[order], day[order]
    return pa.table(
        {
            "customer_id": first_customer + buyer,
            "order_id": first_order + order,
            "date": _dates(LINE_START, day).cast(pa.timestamp("us")),
            "product_id": (PRODUCTS * rng.random(len(order)) ** 2).astype(np.int32),
            "amount": _cents(rng.gamma(LINES.p, 1 / rate[buyer])),
        }
    )


def _acquisition_days(customers: int, days: int, rng: np.random.Generator) -> Ints:
    """Day numbers of first purchases: density rising linearly by `GROWTH` (inverse CDF)."""
    u = rng.random(customers)
    at = 2 * u * (1 + GROWTH / 2) / (1 + np.sqrt(1 + 2 * u * GROWTH * (1 + GROWTH / 2)))
    return (days * at).astype(np.int64)


def _purchases(truths: list[Truth], acquired: Ints, days: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Buyer and day number of every order, by buyer, the first one at 0:00 of the day of acquisition.

    Given rate and lifetime, purchases are a Poisson process: a Poisson count of uniform moments.
    """
    r, alpha, s, beta = np.array([(truth.r, truth.alpha, truth.s, truth.beta) for truth in truths]).T
    rate, dropout = rng.gamma(r, 1 / alpha), rng.gamma(s, 1 / beta)
    with np.errstate(divide="ignore"):  # a dropout rate of 0 is a customer who never leaves
        lifetime = rng.standard_exponential(len(truths)) / dropout
    active = np.minimum(lifetime, days - acquired)
    repeats = rng.poisson(rate * active)
    first = np.arange(len(truths))
    again = np.repeat(first, repeats)
    later = np.floor(acquired[again] + rng.random(len(again)) * active[again]).astype(np.int64)
    buyer, day = np.concatenate([first, again]), np.concatenate([acquired, later])
    by_buyer = np.argsort(buyer, kind="stable")
    return buyer[by_buyer], day[by_buyer]


def _orders(buyer: Ints, day: Ints, spend_rate: Floats, p: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Genuine orders, numbered by day: order, buyer, day, amount, channel (number)."""
    by_day = np.argsort(day, kind="stable")
    buyer, day = buyer[by_day], day[by_day]
    return pd.DataFrame(
        {
            "order": np.arange(len(buyer)),
            "buyer": buyer,
            "day": day,
            "amount": _cents(rng.gamma(p[buyer], 1 / spend_rate[buyer])),
            "channel": rng.choice(len(CHANNELS), len(buyer), p=list(CHANNELS.values())),
        }
    )


def _with_dirt(
    orders: pd.DataFrame, acquired: Ints, days: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, int], int]:
    """Genuine orders and added dirt by day; rows added per ledger rule; partial returns added."""
    many = {kind: round(share * len(orders)) for kind, share in DIRT.items()}
    lost, free, undone = many["no customer"], many["zero amount"], many["order fully returned"]
    extra = orders.iloc[rng.integers(len(orders), size=lost + free + undone)].copy()
    extra["order"] = len(orders) + np.arange(len(extra))
    first = acquired[extra["buyer"]]
    extra["day"] = first + (rng.random(len(extra)) * (days - first)).astype(np.int64)
    bought = extra[lost + free :]
    kept = orders[orders["amount"] >= 1]  # so that part of it is at least a cent
    kept = kept.sample(min(many["partial return"], len(kept)), random_state=rng)
    kinds = {
        "exact duplicate": orders.sample(many["exact duplicate"], random_state=rng),
        "no customer": extra[:lost].assign(buyer=-1),
        "zero amount": extra[lost : lost + free].assign(amount=0.0),
        "order fully returned": pd.concat([bought, _returned(bought, np.ones(undone), days, rng)]),
    }
    partial = _returned(kept, rng.uniform(0.1, 0.6, len(kept)), days, rng)
    rows = pd.concat([orders, *kinds.values(), partial]).sort_values("day", kind="stable")
    return rows, {rule: len(added) for rule, added in kinds.items()}, len(partial)


def _returned(orders: pd.DataFrame, share: Floats, days: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return lines, up to two weeks after the order, that take back a share of its amount."""
    day = np.minimum(orders["day"] + rng.integers(1, 15, len(orders)), days - 1)
    return orders.assign(day=day, amount=-_cents(orders["amount"].to_numpy() * share))


def _transactions(rows: pd.DataFrame, start: dt.date) -> pa.Table:
    buyer = rows["buyer"].to_numpy()
    return pa.table(
        {
            "customer_id": pc.if_else(pa.array(buyer >= 0), _ids("C", buyer), pa.scalar(None, pa.string())),
            "order_id": _ids("O", rows["order"].to_numpy()),
            "date": _dates(start, rows["day"].to_numpy()),
            "amount": rows["amount"].to_numpy(),
            "channel": pa.array(np.array(list(CHANNELS))[rows["channel"].to_numpy()], pa.string()),
        }
    )


def _costs(orders: pd.DataFrame, start: dt.date, days: int, seed: int) -> pa.Table:
    """Months by channels. The random numbers are the costs' own: all else stays as it was without them."""
    rng = np.random.default_rng([seed, 1])
    months = pd.period_range(start, start + dt.timedelta(days=days - 1), freq="M")
    at = pd.PeriodIndex(pd.Timestamp(start) + pd.to_timedelta(orders["day"], unit="D"), freq="M")
    cell = (at.asi8 - months.asi8[0]) * len(CHANNELS) + orders["channel"].to_numpy()
    cells = len(months) * len(CHANNELS)
    bought = np.bincount(cell, minlength=cells)
    won = np.bincount(cell[~orders.duplicated("buyer").to_numpy()], minlength=cells)
    price = {
        name: np.tile([getattr(PRICES[one], name) for one in CHANNELS], len(months)) for name in Price._fields
    }
    columns: dict[str, object] = {
        "period": np.repeat(months.start_time.values.astype("datetime64[D]"), len(CHANNELS)),
        "channel": list(CHANNELS) * len(months),
    }
    for name, times in (("marketing_cost", won), ("sales_cost", won), ("servicing_cost", bought)):
        noise = rng.lognormal(-(COST_NOISE**2) / 2, COST_NOISE, cells)
        columns[name] = (price[name] * times * noise).round(2)
    return pa.table(columns | {"leads": won + rng.poisson((price["leads"] - 1) * won)})


def _ids(letter: str, number: Ints) -> pa.Array:
    """0 → "C000001"."""
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(pc.cast(number + 1, pa.string()), 6, "0"), "")


def _dates(start: dt.date, day: Ints) -> pa.Array:
    return pa.array(np.datetime64(start, "D") + day)


def _cents(amount: Floats) -> Floats:
    """Rounded to cents, and never to nothing: a genuine order has an amount."""
    return np.maximum(amount.round(2), 0.01)


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise KeepbookError(
            f"A simulation cannot have {value} {name}.",
            where=name,
            expected="a whole number from 1",
            do="Correct it.",
        )
