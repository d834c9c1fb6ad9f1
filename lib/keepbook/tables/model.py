"""A unit's canonical tables, as expressions of the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import KeepbookError
from keepbook.reading.stated import Stated
from keepbook.tables.customers import OrderAttributes
from keepbook.tables.ledger import Ledger
from keepbook.unit import Experiment


@dataclass(frozen=True)
class Window:
    """The observed days: first purchase and last observed day, both inclusive.

    `last` is the last day with a line; days from there to `as_of` look empty, whatever the reason.
    """

    start: dt.date
    as_of: dt.date
    last: dt.date | None = None

    @property
    def days(self) -> int:
        return (self.as_of - self.start).days + 1


@dataclass(frozen=True)
class Tables:
    """A unit's canonical tables, as expressions of the engine."""

    # One row per customer and day: customer_id, date, amount (net of returns), gross (money of purchases
    # alone), is_purchase (False: only returns).
    purchases: ir.Table
    # One row per customer of the optional table: customer_id and text columns; None when absent.
    customers_table: ir.Table | None
    ledger: Ledger  # what became of every line
    window: Window  # the observed days
    fingerprint: str | None  # hash of the data; None for a database
    stated: tuple[Stated, ...] = ()  # how the sources were read: encoding, header, form of days and amounts
    # Ledger rule → its first offending lines, for lines that could not be read.
    examples: Mapping[str, tuple[Stated, ...]] = field(default_factory=dict)
    unread: int = 0  # lines whose day or amount is written but cannot be read; blank ones are not among them
    # One row per period and channel of the optional table, see `costs_of`; None when absent.
    costs: pd.DataFrame | None = None
    # One row per usable line of the optional table, see `assignments_of`; None when absent.
    assignments: ir.Table | None = None
    # Name of an experiment → its ready-made outcomes or totals, see `outcomes_of` and `totals_of`.
    outcomes: Mapping[str, ir.Table] = field(default_factory=dict)
    totals: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    # Name of an experiment → why its tables cannot be used, see `with_experiments`.
    faults: Mapping[str, KeepbookError] = field(default_factory=dict)
    # What the orders carry, see `OrderAttributes`; None where they carry nothing.
    attributes: OrderAttributes | None = None
    _tried: Callable[[tuple[Experiment, ...]], dict[str, Any]] | None = None

    @cached_property
    def customers(self) -> ir.Table | None:
        """One row per customer of the optional table, or of those who bought where there is none.

        Columns: customer_id, those of the table, and of attributes of orders first_<name> and any_<name> (see
        `OrderAttributes.by_customer`), all text but acquired_on (day) and acquisition_cost (money). None
        where there is no table and orders carry nothing.
        """
        return self.attributes.joined(self.customers_table) if self.attributes else self.customers_table

    def narrowed(self, customers: ir.Table) -> Tables:
        """The same of the customers with these numbers alone; window and ledger are the whole unit's."""

        def of_them(table: ir.Table) -> ir.Table:
            return table.semi_join(customers, "customer_id")

        table, attributes = self.customers_table, self.attributes
        return replace(
            self,
            purchases=of_them(self.purchases),
            customers_table=None if table is None else of_them(table),
            attributes=attributes and replace(attributes, by_customer=of_them(attributes.by_customer)),
            _tried=None,
        )

    def with_experiments(self, experiments: tuple[Experiment, ...]) -> Tables:
        """The same, with the tables of some experiments read; what is wrong with one's stands in `faults`."""
        if self._tried is None:
            raise KeepbookError(
                "Experiments are counted with all customers of their arms.",
                expected="the whole unit",
                do="Ask the unit itself; for whom a strategy works, `segments` of the experiment tell.",
            )
        made = self._tried(experiments)
        return replace(self, stated=(*self.stated, *made.pop("stated")), **made)

    def without_faults(self) -> Tables:
        """The same; an error where there is a fault, the first of them."""
        for fault in self.faults.values():
            raise fault
        return self
