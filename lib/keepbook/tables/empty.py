"""What a person is told when no line of a source is a purchase: why, and which key to look at."""

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError
from keepbook.reading.columns import column_of
from keepbook.tables.cleaning import AFTER, NO_AMOUNT, NO_DATE
from keepbook.tables.ledger import Ledger
from keepbook.unit import Unit


def no_line(unit: Unit) -> DataError:
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


def nothing_usable(unit: Unit, ledger: Ledger, lines: ir.Table, source: ir.Table) -> DataError:
    """Every line broke a rule: which rules took them, and what to do about the first.

    Parameters
    ----------
    lines : masked.
    source : the same lines as they stand in the source.
    """
    worst = ledger.entries.sort_values("rows", ascending=False, kind="stable")
    if len(worst) and worst.iloc[0]["rule"] == AFTER:
        first = lines.date.min().to_pandas()
        return DataError(
            f"as_of is {unit.as_of}, before the first purchase in the data.",
            expected=f"a day from {pd.Timestamp(first).date()} on, the first in the data",
            do="Correct `as_of`, or leave it out to use the last day in the data.",
        )
    reasons = [f"{row.rule} ({row.matched:,})" for row in worst.itertuples()]
    if ledger.returns_rows:
        reasons.append(f"return without a purchase ({ledger.returns_rows:,})")
    return DataError(
        f"No line is a usable purchase: {', '.join(reasons)}.",
        expected="lines with a customer, a readable date and a positive amount",
        do=_advice(worst.iloc[0]["rule"] if len(worst) else "", unit, source),
    )


def _advice(rule: str, unit: Unit, source: ir.Table) -> str:
    """What to do about the rule that took most lines, with a value of the data where it cannot be read."""
    if rule not in (NO_DATE, NO_AMOUNT):
        return "Check `columns:` in the unit file: are date and amount mapped to the right columns?"
    column = column_of(source, unit.transactions, "date" if rule == NO_DATE else "amount").cast("string")
    example = column.min().to_pandas()
    if rule == NO_DATE:
        return (
            f"If {example!r:.40} is a date, say how it is written, e.g. date_format: '%d.%m.%Y'; "
            "else check `columns:`."
        )
    return (
        f"If {example!r:.40} is an amount, bring it into the form 1234.56 with a `query:`; "
        "else check `columns:`."
    )
