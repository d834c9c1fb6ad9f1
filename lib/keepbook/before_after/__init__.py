"""Before/after: what a change did that nobody assigned by lot, as far as that can be told."""

from keepbook.before_after.comparison import BeforeAfter, before_after, taking_part
from keepbook.before_after.identities import (
    customers_grouped,
    customers_seen,
    effect_stated,
    mean_of_periods,
    money_of_levels,
    money_seen,
)

__all__ = [
    "BeforeAfter",
    "before_after",
    "customers_grouped",
    "customers_seen",
    "effect_stated",
    "mean_of_periods",
    "money_of_levels",
    "money_seen",
    "taking_part",
]
