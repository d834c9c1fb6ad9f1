"""The cleaning ledger: every line that came in is kept or stands under one named rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from keepbook.tables.cleaning import DUPLICATE, FULLY_RETURNED


@dataclass(frozen=True)
class Ledger:
    """What became of every line of the transactions source.

    Attributes
    ----------
    entries : one row per rule that took a line: rule, rows (charged to this rule alone), amount (theirs),
        matched (lines that break the rule, whatever other rule they were charged to).
    rows_in, rows_kept : lines of the unit before and after cleaning.
    amount_in, amount_kept : their money, exact.
    returns_rows, returns_amount : kept lines with negative money: they lower revenue and are no purchase.
    """

    entries: pd.DataFrame
    rows_in: int
    rows_kept: int
    amount_in: Decimal
    amount_kept: Decimal
    returns_rows: int
    returns_amount: Decimal

    def __post_init__(self) -> None:
        if not self.balances:
            raise AssertionError(f"The cleaning ledger does not balance: {self!r}")

    @property
    def balances(self) -> bool:
        """Lines and money in equal those kept plus those left out."""
        return self.rows_in == self.rows_kept + int(
            self.entries["rows"].sum()
        ) and self.amount_in == self.amount_kept + sum(self.entries["amount"], Decimal(0))


def ledger_of(masks: pd.DataFrame, rules: list[str], returned: pd.Series) -> Ledger:
    """Totals per broken-rules mask → ledger.

    Parameters
    ----------
    masks : one row per mask: rules, rows, copies, amount, copies_amount, returns, returns_amount.
    rules : names of the bits, lowest first: a line is charged to the first rule it breaks.
    returned : rows, amount, returns, returns_amount of the orders that were fully returned.
    """
    entries = []
    duplicates = int((masks["copies"] - masks["rows"]).sum())
    if duplicates:
        money = _total(masks["copies_amount"]) - _total(masks["amount"])
        entries.append((DUPLICATE, duplicates, money, duplicates))
    for bit, rule in enumerate(rules):
        breaks = masks["rules"].map(lambda mask, bit=bit: bool(mask >> bit & 1))
        charged = masks["rules"].map(lambda mask, bit=bit: mask & -mask == 1 << bit)
        if breaks.any():
            matched = int(masks.loc[breaks, "copies"].sum())
            rows, amount = int(masks.loc[charged, "rows"].sum()), _total(masks.loc[charged, "amount"])
            entries.append((rule, rows, amount, matched))
    if returned["rows"]:
        rows = int(returned["rows"])
        entries.append((FULLY_RETURNED, rows, returned["amount"], rows))
    clean = masks[masks["rules"] == 0]
    return Ledger(
        entries=pd.DataFrame(entries, columns=["rule", "rows", "amount", "matched"]),
        rows_in=int(masks["copies"].sum()),
        rows_kept=int(clean["rows"].sum() - returned["rows"]),
        amount_in=_total(masks["copies_amount"]),
        amount_kept=_total(clean["amount"]) - returned["amount"],
        returns_rows=int(clean["returns"].sum() - returned["returns"]),
        returns_amount=_total(clean["returns_amount"]) - returned["returns_amount"],
    )


def _total(amounts: pd.Series) -> Decimal:
    return sum(amounts, Decimal(0))
