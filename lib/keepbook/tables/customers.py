"""What is known of customers: the optional table, one line each, and attributes of their orders.

Attributes come from lines of purchases that count: a line that is left out, a return and an order fully
returned carry none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.reading.amounts import MONEY, once
from keepbook.reading.columns import column_of, existing, has_column, key_of
from keepbook.reading.conditions import SEVERAL
from keepbook.reading.forms import Forms
from keepbook.reading.stated import Stated, stated
from keepbook.tables.cleaning import masked, materialised
from keepbook.unit import ORDER_ATTRIBUTES, Transactions

ATTRIBUTES = "Correct it under `attributes:` in the unit file."
ALIKE = "Check `columns:` of both tables, or bring the numbers into one form with a `query:`."
OURS = "keepbook "  # begins the name of an attribute among the lines


def customers_of(lines: ir.Table, forms: Forms, purchases: ir.Table) -> tuple[ir.Table, tuple[Stated, ...]]:
    """One row per customer: customer_id, and as text every column that is mapped or that a setting names.

    The second value tells where buyers are missing in it.
    """
    unit, source = forms.unit, forms.source
    made = {"customer_id": key_like(purchases.customer_id, key_of(column_of(lines, source, "customer_id")))}
    mapped = {name.lower() for name in source.columns}  # the engine does not tell capital letters apart
    for name, own in source.carried.items():
        column = existing(lines, own, f"the column '{own}' for the attribute {name}", ATTRIBUTES)
        made[name] = column.cast("string").nullif("")
    from_orders = {name for name in unit.transactions.by_customer if name not in lines.columns}
    named = [name for name in unit.columns_of_customers if name not in from_orders and name not in made]
    for name in [*source.columns, *(name for name in named if name.lower() not in mapped)]:
        column = column_of(lines, source, name)
        if name == "acquired_on":
            made[name] = forms.day(column)
        elif name == "acquisition_cost":
            made[name] = forms.number(column, MONEY)
        elif name != "customer_id":
            made[name] = column.cast("string").nullif("")
    kept = lines.select(**made).filter(lambda t: t.customer_id.notnull())
    table = materialised(kept)
    _check_customers(table, purchases)
    return table, _missing_buyers(table, purchases)


def _missing_buyers(table: ir.Table, purchases: ir.Table) -> tuple[Stated, ...]:
    buyers = purchases.select("customer_id").distinct()
    lost = buyers.anti_join(table, "customer_id")
    n, unknown = int(buyers.count().to_pandas()), int(lost.count().to_pandas())
    if not unknown:
        return ()
    first = lost.customer_id.min().to_pandas()
    return (stated("missing-buyers", known=n - unknown, n=n, first=f"{first!r:.60}"),)


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
        raise nobody_bought(table, purchases, "customers table", "purchases")


def nobody_bought(table: ir.Table, purchases: ir.Table, name: str, where: str) -> DataError:
    """No customer of a table stands in the purchases: their numbers are likely written differently."""
    here, there = (t.customer_id.min().to_pandas() for t in (table, purchases))
    return DataError(
        f"No customer of the {name} has bought: {here!r:.60} there, {there!r:.60} in {where}.",
        expected="customer numbers written alike in both tables",
        do=ALIKE,
    )


# ── attributes of orders ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class OrderAttributes:
    """What the orders of a unit carry, held by the engine."""

    # One row per buying customer: customer_id, and as text first_<name> and any_<name> of each attribute.
    # The first is the value of the first purchase day: that of the order with the smallest number that has
    # one, and of its values the first by letter. The others are the different values of all purchases, by
    # letter, joined by ` + ` (in a value that holds this sign the blanks around it are gone).
    by_customer: ir.Table
    lines: ir.Table  # one row per line of a purchase that counts

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the customers table that come from orders."""
        return tuple(name for name in self.by_customer.columns if name != "customer_id")

    def before(self, column: str, assigned: ir.Table) -> ir.Table:
        """One column anew, by customer_id, of purchases before the day `assigned_on` of each."""
        rows = self.lines.inner_join(assigned.select("customer_id", "assigned_on"), "customer_id")
        return _summed(rows.filter(rows.date < rows.assigned_on), [column])

    def joined(self, customers: ir.Table | None) -> ir.Table:
        """The customers table with these columns, where it has none of that name; without one, who bought."""
        if customers is None:
            return self.by_customer
        taken = {name.casefold() for name in customers.columns if name != "customer_id"}
        made = self.by_customer.drop(*(name for name in self.columns if name.casefold() in taken))
        return customers.left_join(made, "customer_id").drop("customer_id_right")


def order_attributes(source: ir.Table, forms: Forms, returned: ir.Table | None) -> OrderAttributes | None:
    """The attributes of a unit's orders, but of the returned ones (masked); None where it has none."""
    values = _texts(source, forms)
    if not values:
        return None
    lines = masked(source, forms, {f"{OURS}{name}": text for name, text in values.items()})
    clean = lines.filter(lines.rules == 0, lines.amount >= 0)
    if returned is not None:
        order = ["customer_id", "order_id"]
        clean = clean.anti_join(returned.select(order).distinct(), order)
    clean = clean.drop("amount", "weight", "copy", "rules")
    columns = [f"{which}_{name}" for name in values for which in ("first", "any")]
    if any(name in columns for one in forms.unit.experiments for name in one.segments):  # asked for again
        clean = materialised(clean)
    return OrderAttributes(materialised(_summed(clean, columns)), clean)


def _texts(source: ir.Table, forms: Forms) -> dict[str, ir.StringColumn]:
    """Attribute → its text: category and channel where there are such, and those the unit file lists."""
    own = forms.source
    assert isinstance(own, Transactions)
    listed = {
        name: existing(source, column, f"the column '{column}' for the attribute {name}", ATTRIBUTES)
        for name, column in own.carried.items()
    }
    known = {
        name: existing(source, own.columns.get(name, name), f"the column for {name}", ATTRIBUTES)
        for name in ORDER_ATTRIBUTES
        if has_column(source, own, name)
    }
    return {name: column.cast("string").strip().nullif("") for name, column in (known | listed).items()}


def _summed(lines: ir.Table, columns: Iterable[str]) -> ir.Table:
    """One row per customer, with columns such as first_<name> made of the lines' own."""
    order = lines.order_id.cast("string")
    made: dict[str, ir.Value] = {}
    for column in columns:
        which, _, name = column.partition("_")
        value = lines[f"{OURS}{name}"]
        if which == "first":
            key = ibis.struct({"date": lines.date, "digits": order.length(), "order": order, "value": value})
            first = key.min(where=value.notnull())
            made[column] = (first["date"] == lines.date.min()).ifelse(first["value"], ibis.null("string"))
        else:
            closed = value.replace(SEVERAL, SEVERAL.strip())
            made[column] = closed.collect(distinct=True, where=value.notnull()).sort().join(SEVERAL)
    return lines.group_by("customer_id").agg(**made)
