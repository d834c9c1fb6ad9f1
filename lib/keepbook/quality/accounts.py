"""Customers who may be many: guest accounts, placeholders, and whoever buys as no person does."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.quality.rhythm import NEAR

OFTEN, HALF = 5.0, 0.5  # five times as often as 95 % of customers, on half of all days: no person does
MOST_MONEY, EVEN = 1 / 3, 15  # of all money, and times an even share: sums of money rest on this one
NEGATIVE = 0.01  # of customers or money; fewer are returns of what was bought before the data begin
MAX_ACCOUNTS = 3  # accounts; who sees three looks for more
SOMEBODY = (
    "guest|gast|invitado|invité|ospite|walk-?in|laufkunde|barverkauf|anonymous|anonym|anon|unknown|unbekannt|"
    "inconnu|undefined|dummy|default|tests?|sample|no ?name|cash|散客|游客|匿名|未知|测试|零售|客户"
)
ROLE = r"user|customer|checkout|account|client|order|kunde|客户|用户|\d{1,3}"
PLACEHOLDER = rf"^(({SOMEBODY})([ _-]?({ROLE})|@.*)?|no-?reply@.*|-\d|0{{8}}-[0-]+)$"
NUMBER = r"^(0+|9{3,}|1{4,}|12345\d*)$"  # may be somebody's own number: it counts when it buys like many


@dataclass(frozen=True)
class Account:
    """A customer who may be many, by name (`placeholder`) or by shares of days with orders and of money."""

    customer: str
    days: int
    share_of_days: float
    share_of_money: float
    placeholder: bool


def accounts_of(each: ir.Table, sums: pd.Series, days: int) -> tuple[Account, ...]:
    """Customers who may be many, those with most days first; `each` and `sums` as of `readiness`."""
    name, money = each.customer_id.cast("string").lower(), sums["amount"]
    like_many = each.days >= OFTEN * sums["often"]
    busy = like_many & (each.days >= HALF * days) & ibis.literal(days > 2 * NEAR)
    rich = (each.amount >= max(MOST_MONEY, EVEN / sums["customers"]) * money) & ibis.literal(money > 0)
    named = name.re_search(PLACEHOLDER) | (name.re_search(NUMBER) & like_many)
    found = each.filter(each.days > 0, busy | rich | named).mutate(named=named)
    rows = found.order_by(found.days.desc(), "customer_id").limit(MAX_ACCOUNTS).to_pandas()
    return tuple(
        Account(str(r.customer_id), int(r.days), r.days / days, float(r.amount) / (money or 1), bool(r.named))
        for r in rows.itertuples()
    )


def negative_of(sums: pd.Series) -> tuple[int, float] | None:
    """Customers who gave back more than they paid, and that money; None where they hardly matter."""
    count, money = int(sums["below"]), float(sums["below_amount"])
    matter = count >= NEGATIVE * sums["customers"] or -money >= NEGATIVE * abs(sums["amount"])
    return (count, money) if count and matter else None
