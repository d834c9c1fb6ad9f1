"""The optional customers table: one line per customer, its key in the form of the purchases' key."""

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.reading.amounts import MONEY, once
from keepbook.reading.columns import column_of, existing, key_of
from keepbook.reading.forms import Forms
from keepbook.reading.stated import Stated, stated

ATTRIBUTES = "Correct it under `attributes:` in the unit file."


def customers_of(
    lines: ir.Table, forms: Forms, purchases: ir.Table, engine: ibis.BaseBackend
) -> tuple[ir.Table, tuple[Stated, ...]]:
    """One row per customer: customer_id, and as text every column that is mapped or that a setting names.

    Returns
    -------
    Table, and a word where buyers are missing in it.

    Raises
    ------
    DataError : a column is missing, a customer has several lines, or none of them has bought.
    """
    unit, source = forms.unit, forms.source
    made = {"customer_id": key_like(purchases.customer_id, key_of(column_of(lines, source, "customer_id")))}
    mapped = {name.lower() for name in source.columns}  # the engine does not tell capital letters apart
    made |= {
        name: _text(existing(lines, own, f"the column '{own}' for the attribute {name}", ATTRIBUTES))
        for name, own in source.carried.items()
    }
    from_orders = {name for name in unit.transactions.by_customer if name not in lines.columns}
    named = [name for name in unit.columns_of_customers if name not in from_orders and name not in made]
    for name in [*source.columns, *(name for name in named if name.lower() not in mapped)]:
        column = column_of(lines, source, name)
        if name == "acquired_on":
            made[name] = forms.day(column)
        elif name == "acquisition_cost":
            made[name] = forms.number(column, MONEY)
        elif name != "customer_id":
            made[name] = _text(column)
    kept = lines.select(**made).filter(lambda t: t.customer_id.notnull())
    table = engine.create_table("keepbook_customers", kept, temp=True)
    _check_customers(table, purchases)
    return table, _missing_buyers(table, purchases)


def _text(column: ir.Column) -> ir.StringColumn:
    return column.cast("string").nullif("")


def _missing_buyers(table: ir.Table, purchases: ir.Table) -> tuple[Stated, ...]:
    buyers = purchases.select("customer_id").distinct()
    lost = buyers.anti_join(table, "customer_id")
    counts = buyers.count().to_pandas(), lost.count().to_pandas()
    if not counts[1]:
        return ()
    first = lost.customer_id.min().to_pandas()
    known, n = int(counts[0] - counts[1]), int(counts[0])
    return (stated("missing-buyers", known=known, n=n, first=f"{first!r:.60}"),)


def key_like(wanted: ir.Column, key: ir.Column) -> ir.Column:
    """Customer numbers in the type they have in purchases; text that is no whole number meets no purchase."""
    text = key.cast("string")
    if not wanted.type().is_integer():
        return text
    if key.type().is_integer():
        return key
    whole = r"^[+-]?\d+(\.0*)?$"
    return once(text, lambda t: t.re_search(whole).ifelse(t.try_cast("int64"), ibis.null("int64")))


def _check_customers(table: ir.Table, purchases: ir.Table) -> None:
    twice = table.group_by("customer_id").agg(n=table.count()).filter(lambda t: t.n > 1)
    if len(first := twice.order_by("customer_id").limit(1).to_pandas()):
        raise DataError(
            f"The customer {first['customer_id'].iloc[0]!r:.80} has several lines in the customers table.",
            expected="one line per customer",
            do="Make the lines unique with a `query:`, e.g. SELECT DISTINCT ON (customer_id) …",
        )
    if not table.semi_join(purchases, "customer_id").count().to_pandas():
        here, there = (t.customer_id.min().to_pandas() for t in (table, purchases))
        raise DataError(
            f"No customer of the customers table has bought: {here!r:.60} there, {there!r:.60} in purchases.",
            expected="customer numbers written alike in both tables",
            do="Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
        )
