"""Attributes of orders, customer by customer: of the first purchase, and of any.

They come from lines of purchases that count: a line that is left out, a return and an order fully returned
carry none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from keepbook.reading.columns import existing, has_column
from keepbook.reading.conditions import SEVERAL
from keepbook.reading.forms import Forms
from keepbook.tables.cleaning import masked
from keepbook.unit import ORDER_ATTRIBUTES, Transactions

FIRST, ANY = "first", "any"
OURS = "keepbook "  # begins the name of an attribute among the lines


@dataclass(frozen=True)
class OrderAttributes:
    """What the orders of a unit carry, held by the engine.

    Attributes
    ----------
    by_customer : one row per buying customer: customer_id, and as text first_<name> and any_<name> of each
        attribute. The first is the value of the first purchase day: that of the order with the smallest
        number that has one, and of its values the first by letter. The others are the different values of all
        purchases, by letter, joined by ` + ` (in a value that holds this sign the blanks around it are gone).
    lines : one row per line of a purchase that counts; None where no experiment looks at attributes.
    """

    by_customer: ir.Table
    lines: ir.Table | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the customers table that come from orders."""
        return tuple(name for name in self.by_customer.columns if name != "customer_id")

    def before(self, column: str, assigned: ir.Table) -> ir.Table:
        """One column anew, of purchases before the day on which a customer was assigned.

        Parameters
        ----------
        assigned : one row per customer: customer_id, assigned_on.

        Returns
        -------
        Table : one row per customer with such a purchase: customer_id, and the column.
        """
        assert self.lines is not None
        rows = self.lines.inner_join(assigned.select("customer_id", "assigned_on"), "customer_id")
        return _summed(rows.filter(rows.date < rows.assigned_on), [column])

    def joined(self, customers: ir.Table | None) -> ir.Table:
        """The customers table with these columns, where it has none of that name; without one, who bought."""
        if customers is None:
            return self.by_customer
        taken = {name.casefold() for name in customers.columns if name != "customer_id"}
        made = self.by_customer.drop(*(name for name in self.columns if name.casefold() in taken))
        return customers.left_join(made, "customer_id").drop("customer_id_right")


def order_attributes(
    source: ir.Table, forms: Forms, returned: ir.Table | None, engine: ibis.BaseBackend
) -> OrderAttributes | None:
    """The attributes of a unit's orders; None where it has none.

    Parameters
    ----------
    source, forms : lines of the transactions, and how they are read.
    returned : the lines of fully returned orders, masked.

    Raises
    ------
    DataError : the source lacks a column that the unit file lists.
    """
    values = _texts(source, forms)
    if not values:
        return None
    lines = masked(source, forms, {f"{OURS}{name}": text for name, text in values.items()})
    clean = lines.filter(lines.rules == 0, lines.amount >= 0)
    if returned is not None:
        order = ["customer_id", "order_id"]
        clean = clean.anti_join(returned.select(order).distinct(), order)
    clean = clean.drop("amount", "weight", "copy", "rules")
    columns = [f"{which}_{name}" for name in values for which in (FIRST, ANY)]
    looked_at = any(name in columns for one in forms.unit.experiments for name in one.segments)
    if looked_at:
        clean = engine.create_table("keepbook_attribute_lines", clean, temp=True)
    made = engine.create_table("keepbook_attributes", _summed(clean, columns), temp=True)
    return OrderAttributes(made, clean if looked_at else None)


def _texts(source: ir.Table, forms: Forms) -> dict[str, ir.StringColumn]:
    """Attribute → its text: category and channel where there are such, and those the unit file lists."""
    own = forms.source
    assert isinstance(own, Transactions)
    do = "Correct it under `attributes:` in the unit file."
    listed = {
        name: existing(source, column, f"the column '{column}' for the attribute {name}", do)
        for name, column in own.carried.items()
    }
    known = {
        name: existing(source, own.columns.get(name, name), f"the column for {name}", do)
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
        if which == FIRST:
            key = ibis.struct({"date": lines.date, "digits": order.length(), "order": order, "value": value})
            first = key.min(where=value.notnull())
            made[column] = (first["date"] == lines.date.min()).ifelse(first["value"], ibis.null("string"))
        else:
            closed = value.replace(SEVERAL, SEVERAL.strip())
            made[column] = closed.collect(distinct=True, where=value.notnull()).sort().join(SEVERAL)
    return lines.group_by("customer_id").agg(**made)
