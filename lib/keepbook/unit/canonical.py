"""The canonical tables: which columns each has, and which more can be carried along."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from keepbook.unit.faults import Fault, Schema, faultless, quoted
from keepbook.unit.scalars import Text, faults_of_repeats
from keepbook.unit.source import Source, faults_of_capitals, faults_of_names, names_given

# ── attributes ──────────────────────────────────────────────────────────────────────────────────────────

ORDER_ATTRIBUTES = ("category", "channel")  # canonical columns that are attributes without being listed
NAME = {"type": "string", "pattern": r"\S"}
LISTED: Schema = {"type": ["object", "array"], "items": NAME, "uniqueItems": True}


def _by_name(value: Any) -> Any:
    """A list of columns is a mapping in which each stands for itself."""
    if not isinstance(value, list | tuple):
        return value
    faults = [Fault((i,)) for i, name in enumerate(value) if not isinstance(name, str) or not name.strip()]
    return {name: name for name in faultless(value, faults + faults_of_repeats(value))}


class Carrying(Source):
    """A source of which more columns can be carried along than its table knows."""

    attributes: Annotated[dict[str, Text], BeforeValidator(_by_name)] = Field(
        default={}, json_schema_extra=LISTED
    )

    @field_validator("attributes")
    @classmethod
    def _attributes_fit(cls, attributes: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        known = {name.casefold(): name for name in (*cls.known, *info.data.get("columns", {}))}
        faults: list[Fault] = []
        seen: dict[str, str] = {}
        for name, own in attributes.items():
            if name.casefold() in known:
                what = f"{quoted(name)} is a column of its own: {quoted(known[name.casefold()])}"
                do = "map it under columns, or give the attribute another name"
                faults.append(Fault((name,), what, None, do))
            else:
                faults += faults_of_capitals([name], seen)
            faults += faults_of_names({name: own}, names_given(info))
        return faultless(attributes, faults)

    @property
    def carried(self) -> dict[str, str]:
        return dict(self.attributes)


# ── canonical tables ────────────────────────────────────────────────────────────────────────────────────


class Transactions(Carrying):
    """Transactions: one line or one order per row."""

    required = ("customer_id", "date", "amount")
    instead = ("quantity", "unit_price")
    known = (*required, *instead, "refund", "order_id", "category", "cost", "channel")

    @property
    def by_customer(self) -> tuple[str, ...]:
        """Columns of the customers table that come from orders: of the first one, and of any."""
        names = (*ORDER_ATTRIBUTES, *self.attributes)
        return tuple(f"{which}_{name}" for name in names for which in ("first", "any"))


class Customers(Carrying):
    """Customers: one customer per row."""

    required = ("customer_id",)
    known = ("customer_id", "acquired_on", "acquisition_cost")
    more = True


class Costs(Source):
    """Costs: one period, or one period and channel, per row."""

    required = ("period",)  # and at least one column of costs
    known = ("period", "marketing_cost", "sales_cost", "channel", "servicing_cost", "leads")


class Surveys(Source):
    """Surveys: one response per row."""

    required = ("customer_id", "date")
    known = ("customer_id", "date", "nps", "comment")
    more = True


class Interactions(Source):
    """Interactions: one contact with the service per row."""

    required = ("customer_id", "opened_at")
    known = (*required, "first_response_at", "closed_at", "kind", "channel", "is_complaint")


class Assignments(Source):
    """Assignments: one customer in one experiment per row."""

    required = ("experiment", "customer_id", "variant", "assigned_at")
    known = (*required, "cluster", "exposed_at", "cost")
    more = True


class Outcomes(Source):
    """Outcomes of an experiment that are there already: one customer per row."""

    required = known = ("variant",)
    more = True


class Totals(Source):
    """Outcomes of an experiment, added up: one variant and metric per row."""

    required = known = ("variant", "metric", "n", "sum", "sum_squares")
