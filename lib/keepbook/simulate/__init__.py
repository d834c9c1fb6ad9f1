"""Seeded shop data whose truth is known: the demo unit, the recovery tests and the benchmark.

Customers buy by the Pareto/NBD process (Schmittlein, Morrison & Colombo 1987): each has a purchase rate
lambda and a dropout rate mu of their own, buys at random while alive, and leaves for good unnoticed.
What an order is worth follows the Gamma-Gamma model (Fader & Hardie 2013), whatever the rates are.
Dirt is only ever *added* to that process, so data cleaned correctly follow the truth exactly.
"""

from keepbook.simulate.costs import COST_NOISE, PRICES, Price
from keepbook.simulate.dirt import DIRT
from keepbook.simulate.experiments import ASSIGNMENTS, OUTCOME_DAYS, UPTAKE
from keepbook.simulate.free_shipping import SHIPPING, SHIPPING_REGIONS
from keepbook.simulate.lines import LINES, stream_lines
from keepbook.simulate.process import CHANNELS, GROWTH
from keepbook.simulate.shop import Simulated, experiments_truth, simulate
from keepbook.simulate.truth import TIERS, Truth

__all__ = [
    "ASSIGNMENTS",
    "CHANNELS",
    "COST_NOISE",
    "DIRT",
    "GROWTH",
    "LINES",
    "PRICES",
    "OUTCOME_DAYS",
    "SHIPPING",
    "SHIPPING_REGIONS",
    "TIERS",
    "UPTAKE",
    "Price",
    "Simulated",
    "Truth",
    "simulate",
    "experiments_truth",
    "stream_lines",
]
