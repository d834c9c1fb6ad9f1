"""The cleaning ledger: every line that came in is kept or stands under one named rule."""

from dataclasses import dataclass
from decimal import Decimal

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError
from keepbook.tables.cleaning import COPIES, FULLY_RETURNED, SUMS, rules_of, weighed
from keepbook.unit import Unit

WORTH_A_WARNING = 0.01  # share of lines whose day or amount is written but cannot be read


@dataclass(frozen=True)
class Ledger:
    """What became of every line of the transactions source."""

    # One row per rule that took a line: rule, rows (charged to this rule alone), amount (theirs), matched
    # (lines that break the rule, whatever other rule they were charged to).
    entries: pd.DataFrame
    rows_in: int  # lines of the unit before and after cleaning
    rows_kept: int
    amount_in: Decimal  # their money, exact
    amount_kept: Decimal
    returns_rows: int  # kept lines with negative money: they lower revenue and are no purchase
    returns_amount: Decimal

    def __post_init__(self) -> None:
        if not self.balances:
            raise AssertionError(f"The cleaning ledger does not balance: {self!r}")

    @property
    def balances(self) -> bool:
        """Lines and money in equal those kept plus those left out."""
        rows, amount = int(self.entries["rows"].sum()), _total(self.entries["amount"])
        return self.rows_in == self.rows_kept + rows and self.amount_in == self.amount_kept + amount


def ledger_of(days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None, unit: Unit) -> Ledger:
    """What became of every line; a line is charged to the first rule it breaks.

    Parameters
    ----------
    days : as `days_of`. repeats, returned : masked lines, as `repeats_of` and `returned_orders`.
    """
    masks = days.group_by("rules").agg(**{name: days[name].sum().fill_null(0) for name in SUMS}).to_pandas()
    if masks.empty:
        raise _no_line(unit)
    too_many = masks.iloc[:0]  # lines that repeat another, as negative numbers
    if repeats is not None:
        too_many = repeats.group_by("rules", "copy").agg(**weighed(repeats)).to_pandas()
    once = pd.concat([masks, too_many])
    entries = []
    for rule in COPIES if len(too_many) else ():
        copies = too_many[too_many["copy"] == rule]
        if len(copies):
            rows = -int(copies["rows"].sum())
            entries.append((rule, rows, -_total(copies["amount"]), rows))
    for bit, rule in enumerate(rules_of(unit)):
        breaks = masks["rules"].map(lambda mask, bit=bit: bool(mask >> bit & 1))
        charged = once[once["rules"].map(lambda mask, bit=bit: mask & -mask == 1 << bit)]
        if breaks.any():
            matched = int(masks.loc[breaks, "rows"].sum())
            entries.append((rule, int(charged["rows"].sum()), _total(charged["amount"]), matched))
    clean = once[once["rules"] == 0]
    kept = {name: _total(clean[name]) for name in SUMS}
    if returned is not None:
        void = returned.agg(**weighed(returned)).to_pandas().iloc[0]
        entries.append((FULLY_RETURNED, int(void["rows"]), void["amount"], int(void["rows"])))
        kept = {name: total - void[name] for name, total in kept.items()}
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


def _no_line(unit: Unit) -> DataError:
    """The source holds no line, or none that belongs to the unit."""
    if not unit.transactions.where:
        return DataError(
            "The source holds no line.", expected="at least one line", do="Check the file: is it whole?"
        )
    wanted = " and ".join(f"'{name}'" for name in unit.transactions.where)
    return DataError(
        f"No line of the source meets `where` (on {wanted}).",
        expected="at least one line that does",
        do="Check the spelling of the values in `where`, capital letters included.",
    )
