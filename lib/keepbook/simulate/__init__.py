"""Seeded shop data whose truth is known: the demo unit, the recovery tests and the benchmark.

Customers buy by the Pareto/NBD process (Schmittlein, Morrison & Colombo 1987): each has a purchase rate
lambda and a dropout rate mu of their own, buys at random while alive, and leaves for good unnoticed.
What an order is worth follows the Gamma-Gamma model (Fader & Hardie 2013), whatever the rates are.
Dirt is only ever *added* to that process, so data cleaned correctly follow the truth exactly.
"""

from keepbook.simulate.experiments import OUTCOME_DAYS, SHIPPING, SHIPPING_REGIONS, UPTAKE
from keepbook.simulate.lines import stream_lines
from keepbook.simulate.process import TIERS, Truth
from keepbook.simulate.shop import PRICES, Simulated, Tiers, experiments_truth, simulate, tiers_of
