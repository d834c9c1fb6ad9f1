"""What stands over a column of a sheet, and how its numbers are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.types as kinds

from keepbook.text import BOUND, column_words

Kind = Literal["percent", "money", "whole", "decimal", "small", "id", "text"]

SHARE = re.compile(
    r"(^|_)(retention|churn|nrr|grr|share|lift|power|p_alive|rate|chance|covered|reduction|survival)(_|$)"
)
SHARES = {"fitted", "observed", "returned"}
MONEY = re.compile(r"(^|_)(revenue|amount|spend|clv|cost|profit|gain|loss|money|refunds?|value)(_|$)")
MOVEMENT = {"starting", "churned", "contraction", "expansion", "reactivation", "new", "ending", "each"}
P_VALUE = re.compile(r"(.*_)?p(value)?(_adjusted)?")
ID = re.compile(r"(.*_)?id")


@dataclass(frozen=True)
class Column:
    """One column of a saved table."""

    name: str  # in the file
    id: str  # in the code, in whatever language the file is
    heading: str
    definition: str
    kind: Kind


def columns_of(schema: pa.Schema, headings: dict[str, str], sample: pa.Table) -> list[Column]:
    """The columns of a table in order, with what is known of each.

    Parameters
    ----------
    schema : of the file.
    headings : name in the code → heading on the page; the file may have either.
    sample : some of its rows.
    """
    ids = {heading: id_ for id_, heading in headings.items()}
    columns, before = list[Column](), Column("", "", "", "", "decimal")
    for field in schema:
        id_ = ids.get(field.name, field.name)
        known, definition = column_words(id_)
        heading = field.name if field.name in ids else headings.get(field.name, known or id_)
        column = Column(field.name, id_, heading, definition, kind_of(id_, field.type, before.kind))
        if column.kind == "decimal":
            column = replace(column, kind=_by_size(sample.column(field.name).to_pylist()))
        columns.append(column)
        if _is_number(field.type) and not BOUND.fullmatch(id_):
            before = column
    return columns


def kind_of(id_: str, type_: pa.DataType, before: Kind = "decimal") -> Kind:
    """How the values of a column are written, by its name; a limit as what stands left of it.

    >>> kind_of("retention", pa.float64()), kind_of("ci_lower", pa.float64(), before="percent")
    ('percent', 'percent')
    >>> kind_of("clv", pa.float64()), kind_of("customers", pa.int64()), kind_of("pvalue", pa.float64())
    ('money', 'whole', 'small')
    """
    if not _is_number(type_):
        return "text"
    if ID.fullmatch(id_):
        return "id"
    if (SHARE.search(id_) or id_ in SHARES) and not kinds.is_integer(type_):
        return "percent"
    if BOUND.fullmatch(id_):
        return before
    if MONEY.search(id_) or id_ in MOVEMENT:
        return "money"
    if kinds.is_integer(type_):
        return "whole"
    return "small" if P_VALUE.fullmatch(id_) else "decimal"


def _by_size(values: Iterable[Any]) -> Kind:
    """Numbers without a name that says more: whole ones without decimals, those below one with four."""
    known = [abs(value) for value in values if value is not None and value == value]
    if known and all(float(value).is_integer() for value in known):
        return "whole"
    return "small" if known and max(known) < 1 else "decimal"


def _is_number(type_: pa.DataType) -> bool:
    return bool(kinds.is_integer(type_) or kinds.is_floating(type_) or kinds.is_decimal(type_))
