"""The canonical tables: which columns each has, and which more can be carried along."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from keepbook.errors import suggestion
from keepbook.unit.faults import Fault, bare, problem, quoted
from keepbook.unit.scalars import Text, words
from keepbook.unit.source import Source

# ── attributes ──────────────────────────────────────────────────────────────────────────────────────────

ORDER_ATTRIBUTES = ("category", "channel")  # canonical columns that are attributes without being listed
ATTRIBUTES_WORDS = "a list of columns, or lines such as discount: DiscountCode"


def _by_name(value: Any) -> Any:
    """A list of columns is a mapping in which each stands for itself."""
    if not isinstance(value, list | tuple):
        return value
    faults = [Fault((i,)) for i, name in enumerate(value) if not isinstance(name, str) or not name.strip()]
    faults += [
        Fault((i,), f"{quoted(name)} is given twice", None, "keep one")
        for i, name in enumerate(value)
        if isinstance(name, str) and name in value[:i]
    ]
    if faults:
        raise problem(*faults)
    return {name: name for name in value}


class Carrying(Source):
    """A source of which more columns can be carried along than its table knows."""

    attributes: Annotated[dict[str, Text], BeforeValidator(_by_name)] = Field(
        default={},
        title="Attributes",
        description="Name: column of the source that is carried along, to look at and to split customers by.",
        json_schema_extra=words(ATTRIBUTES_WORDS)
        | {"type": ["object", "array"], "items": {"type": "string", "pattern": r"\S"}, "uniqueItems": True},
    )

    @field_validator("attributes")
    @classmethod
    def _attributes_fit(cls, attributes: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        known = {name.casefold(): name for name in (*cls.known, *info.data.get("columns", {}))}
        names = () if info.data.get("query") else info.data.get("names") or ()
        faults: list[Fault] = []
        seen: dict[str, str] = {}
        for name, own in attributes.items():
            if name.casefold() in known:
                what = f"{quoted(name)} is a column of its own: {quoted(known[name.casefold()])}"
                do = "map it under columns, or give the attribute another name"
                faults.append(Fault((name,), what, None, do))
            elif seen.setdefault(name.casefold(), name) != name:
                what = f"{quoted(name)} differs from {quoted(seen[name.casefold()])} in capital letters only"
                faults.append(Fault((name,), what, None, "give it another name"))
            if names and own not in names:
                what = f"{quoted(name)} is read from the column {quoted(own)}, which names does not hold"
                faults.append(Fault((name,), what, None, str(suggestion(own, map(bare, names)))))
        if faults:
            raise problem(*faults)
        return attributes

    @property
    def carried(self) -> dict[str, str]:
        return dict(self.attributes)


# ── canonical tables ────────────────────────────────────────────────────────────────────────────────────


class Transactions(Carrying):
    """Transactions: one line or one order per row."""

    required = ("customer_id", "date", "amount")
    instead = ("quantity", "unit_price")
    known = {
        "customer_id": "Who bought.",
        "date": "When, as a day or a date-time.",
        "amount": "Money of the line or order; negative for money given back.",
        "quantity": "Pieces, where the amount is quantity × unit_price.",
        "unit_price": "Money per piece, where the amount is quantity × unit_price.",
        "refund": "Money of the line given back later, as a positive number; returns: net subtracts it.",
        "order_id": "Order the line belongs to.",
        "category": "What was bought.",
        "cost": "What the goods cost the shop.",
        "channel": "Where it was bought.",
    }

    @property
    def by_customer(self) -> tuple[str, ...]:
        """Columns of the customers table that come from orders: of the first one, and of any."""
        names = (*ORDER_ATTRIBUTES, *self.attributes)
        return tuple(f"{which}_{name}" for name in names for which in ("first", "any"))


class Customers(Carrying):
    """Customers: one customer per row."""

    required = ("customer_id",)
    known = {
        "customer_id": "The customer, as in transactions.",
        "acquired_on": "Day the customer was won.",
        "acquisition_cost": "What winning the customer cost.",
    }
    more = "A segment column; its name is yours to choose."


class Costs(Source):
    """Costs: one period, or one period and channel, per row."""

    required = ("period",)  # and at least one column of costs
    known = {
        "period": "A day in the period the costs belong to.",
        "marketing_cost": "Money spent on marketing.",
        "sales_cost": "Money spent on sales.",
        "channel": "Channel the costs belong to.",
        "servicing_cost": "Money spent on serving customers.",
        "leads": "Number of leads won.",
    }


class Surveys(Source):
    """Surveys: one response per row."""

    required = ("customer_id", "date")
    known = {
        "customer_id": "Who answered.",
        "date": "When.",
        "nps": "Likelihood to recommend, 0 to 10.",
        "comment": "Free text.",
    }
    more = "A satisfaction score; its name is yours to choose."


class Interactions(Source):
    """Interactions: one contact with the service per row."""

    required = ("customer_id", "opened_at")
    known = {
        "customer_id": "Who got in touch.",
        "opened_at": "When.",
        "first_response_at": "When the first answer went out.",
        "closed_at": "When the matter was closed.",
        "kind": "What it was about.",
        "channel": "How the customer got in touch.",
        "is_complaint": "Whether it was a complaint.",
    }


class Assignments(Source):
    """Assignments: one customer in one experiment per row."""

    required = ("experiment", "customer_id", "variant", "assigned_at")
    known = {
        "experiment": "Name of the experiment.",
        "customer_id": "Who was assigned.",
        "variant": "To which arm.",
        "assigned_at": "When.",
        "cluster": "What was randomised, where not the customer: shop or sales owner.",
        "exposed_at": "When the customer first met the treatment.",
        "cost": "What treating the customer cost.",
    }
    more = "An outcome of your own; its name is yours to choose."
