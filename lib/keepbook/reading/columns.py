"""How a source's columns are read: keys, money and days.

What cannot be read is missing, never an error and never a guess; the cleaning rules count it.
"""

from collections import Counter
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.reading.amounts import MONEY
from keepbook.reading.forms import Forms
from keepbook.unit import Source

MAX_COLUMNS = 40  # names of columns in a message
TOTAL = "decimal(38, 4)"
HASH = "keepbook hash"
WEIGHT = "keepbook weight"  # columns of ours beside the source's own
COPY = "keepbook copy"
NOBODY = ("", "null", "none", "nan", "n/a", "-")  # what exports write for no customer


def has_column(lines: ir.Table, source: Source, name: str) -> bool:
    """Whether the source holds the canonical column, mapped or under its own name."""
    return name in source.columns or name in lines.columns


def column_of(lines: ir.Table, source: Source, name: str) -> ir.Column:
    """The source's column behind a canonical name."""
    own = source.columns.get(name, name)
    return existing(lines, own, f"the column '{own}' for {name}", "Map it under `columns:` in the unit file.")


def existing(lines: ir.Table, column: str, what: str, do: str) -> ir.Column:
    """A column of the source; the error where there is none lists those there are."""
    if column in lines.columns:
        return lines[column]
    known = [repr(name) for name in lines.columns if not name.startswith("keepbook ")]
    more = f" and {len(known) - MAX_COLUMNS:,} more" if known[MAX_COLUMNS:] else ""
    there = ", ".join(known[:MAX_COLUMNS]) + more
    raise DataError(f"The source lacks {what}.", expected=f"one of the columns there are: {there}", do=do)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names that differ without regard to capital letters, which the engine does not tell apart."""
    often = Counter(name.casefold() for name in names)
    return tuple(f"{name} ({i})" if often[name.casefold()] > 1 else name for i, name in enumerate(names))


def key_of(column: ir.Column) -> ir.Column:
    """Number of a customer or order: whole numbers stay numbers, text is trimmed, blank is missing."""
    kind = column.type()
    if kind.is_integer() and not kind.is_uint64():
        return column.cast("int64")
    if kind.is_floating() or kind.is_decimal():  # a number column with gaps arrives as 13085.0
        whole = column.try_cast("int64")
        text = (whole.cast(kind) == column).ifelse(whole.cast("string"), column.cast("string"))
        return text.nullif("nan")
    text = column.cast("string").re_replace(r"^[\s\p{Z}]+|[\s\p{Z}]+$", "")
    whole = text.re_replace(r"^(\d+)\.0$", r"\1")  # as the same column of numbers
    text = text.endswith(".0").ifelse(whole, text)
    text = text.contains("@").ifelse(text.lower(), text)  # mail does not tell capital letters apart
    return text.lower().isin(NOBODY).ifelse(ibis.null("string"), text)


def amount_of(lines: ir.Table, forms: Forms) -> ir.DecimalColumn:
    """Money, exact to four decimals; missing where it cannot be read."""
    source = forms.source
    if source.is_made("amount"):
        pieces, price = (forms.number(column_of(lines, source, name), "float64") for name in source.instead)
        amount = (pieces * price).round(4).try_cast(MONEY)
    else:
        amount = forms.number(column_of(lines, source, "amount"), MONEY)
    if "refund" not in source.columns or forms.unit.returns == "gross":
        return amount
    refund = forms.number(column_of(lines, source, "refund"), MONEY).fill_null(0)
    return (amount - refund.abs()).cast(MONEY)  # some systems write what they gave back below zero
