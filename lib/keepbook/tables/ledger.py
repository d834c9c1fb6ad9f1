"""The cleaning ledger: every line that came in is kept or stands under one named rule."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from keepbook.tables.cleaning import COPIES, FULLY_RETURNED

WORTH_A_WARNING = 0.01  # share of lines whose day or amount is written but cannot be read


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


def ledger_of(
    masks: pd.DataFrame, repeats: pd.DataFrame, returned: pd.Series | None, rules: list[str]
) -> Ledger:
    """Totals per broken-rules mask → ledger.

    Parameters
    ----------
    masks : one row per mask, over all lines: rules, rows, amount, returns (negative lines), refunds.
    repeats : the same over the lines that repeat another, as negative numbers, with the rule as `copy`.
    returned : the same, in one row, over the lines of fully returned orders; None where there is none.
    rules : names of the bits, lowest first: a line is charged to the first rule it breaks.
    """
    entries = []
    for rule in COPIES:
        copies = repeats[repeats["copy"] == rule] if len(repeats) else repeats
        if len(copies):
            rows = -int(copies["rows"].sum())
            entries.append((rule, rows, -_total(copies["amount"]), rows))
    once = pd.concat([masks, repeats])
    for bit, rule in enumerate(rules):
        breaks = masks["rules"].map(lambda mask, bit=bit: bool(mask >> bit & 1))
        charged = once["rules"].map(lambda mask, bit=bit: mask & -mask == 1 << bit)
        if breaks.any():
            matched = int(masks.loc[breaks, "rows"].sum())
            entries.append(
                (rule, int(once.loc[charged, "rows"].sum()), _total(once.loc[charged, "amount"]), matched)
            )
    clean = once[once["rules"] == 0]
    kept = {name: _total(clean[name]) for name in ("rows", "amount", "returns", "refunds")}
    if returned is not None:
        rows = int(returned["rows"])
        entries.append((FULLY_RETURNED, rows, returned["amount"], rows))
        kept = {name: total - returned[name] for name, total in kept.items()}
    return Ledger(
        entries=pd.DataFrame(entries, columns=["rule", "rows", "amount", "matched"]),
        rows_in=int(masks["rows"].sum()),
        rows_kept=int(kept["rows"]),
        amount_in=_total(masks["amount"]),
        amount_kept=kept["amount"],
        returns_rows=int(kept["returns"]),
        returns_amount=kept["refunds"],
    )


def _total(amounts: pd.Series) -> Decimal:
    return sum(amounts, Decimal(0))
