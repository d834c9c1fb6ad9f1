"""Rows of a table as an analyst holds them: they show themselves, and are filtered, sorted and saved.

Files are written by the engine itself, and are safe to open in a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import CONTROL, DataError, printable, suggestion
from keepbook.reading.conditions import meets
from keepbook.text import MISSING, catalogue, number
from keepbook.unit import condition_of

MAX_SHOWN = 20  # rows that are shown where a table is looked at
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
DECIMALS = 6  # of a number in a CSV that the engine writes
IN_ENGINE = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", CONTROL.pattern)  # \u061c is \x{061c} there

say = catalogue("tables")


class Rows:
    """A table of the engine that shows its rows, not its schema. Nothing of it is changed in place.

    Parameters
    ----------
    table : an Ibis table.
    ranked_by : the column that `top` goes by, where it is told nothing else.

    >>> import ibis
    >>> clv = {"name": ["ann", "bob", "eve"], "region": ["north", "south", "north"], "clv": [9.5, 70.0, 4.0]}
    >>> customers = Rows(ibis.memtable(clv), ranked_by="clv")
    >>> customers.columns
    ('name', 'region', 'clv')
    >>> len(customers.filter(region="north"))
    2
    >>> customers.top(1, region="north")
    name region  clv
     ann  north 9.50
    1 row
    """

    def __init__(self, table: ir.Table, *, ranked_by: str | None = None) -> None:
        self.table = table
        self.ranked_by = ranked_by

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.table.columns)

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return int(self.table.count().to_pandas())

    def filter(self, **conditions: Any) -> Rows:
        """The rows that meet every condition, in the language of the unit file.

        Parameters
        ----------
        **conditions : column → a value, a list of values, {"from": …, "to": …}, {"like": "C%"} or {"not": …}.
            Of a column that holds the values of all orders (any_<name>), one that meets it is enough.

        Raises
        ------
        DataError : there is no such column, or it holds what cannot be compared.
        UnitFileError : a condition is none.

        >>> import ibis
        >>> channels = ["web", "app", "store"]
        >>> orders = {"channel": channels, "any_code": ["A + B", "B", None], "amount": [5, 20, 90]}
        >>> rows = Rows(ibis.memtable(orders))
        >>> len(rows.filter(channel=["web", "app"], amount={"from": 10}))
        1
        >>> rows.filter(any_code="B").to_pandas()["channel"].tolist()
        ['web', 'app']
        >>> rows.filter(chanel="web")
        Traceback (most recent call last):
            ...
        keepbook.errors.DataError: There is no column 'chanel'.
          expected: did you mean 'channel'?
          do:       Name one of the columns of the table.
        """
        for name in conditions:
            self._check(name)
        known = {name: condition_of(name, value) for name, value in conditions.items()}
        return self._with(self.table.filter(meets(self.table, known, called="table", by="the filter")))

    def sort(self, column: str, *, descending: bool = False) -> Rows:
        """The rows in the order of a column, missing values last, equal ones by the first column.

        >>> import ibis
        >>> rows = Rows(ibis.memtable({"name": ["a", "b", "c"], "clv": [2.0, 7.0, 2.0]}))
        >>> rows.sort("clv", descending=True).to_pandas()["name"].tolist()
        ['b', 'a', 'c']
        """
        self._check(column)
        key = self.table[column]
        order = key.desc(nulls_first=False) if descending else key.asc(nulls_first=False)
        ties = [self.table[name] for name in self.columns[:1] if name != column]
        return self._with(self.table.order_by([order, *ties]))

    def top(self, n: int, by: str | None = None, **conditions: Any) -> Rows:
        """The `n` rows with the largest values of a column, of those that meet the conditions.

        Parameters
        ----------
        by : the column; None = the one the table is ranked by.
        **conditions : as in `filter`.

        >>> import ibis
        >>> rows = Rows(ibis.memtable({"name": ["a", "b", "c"], "clv": [2.0, 7.0, 4.0]}), ranked_by="clv")
        >>> rows.top(2).to_pandas()["name"].tolist()
        ['b', 'c']
        """
        column = by or self.ranked_by
        if column is None:
            raise DataError(
                "The table is ranked by no column.",
                expected=f"one of {', '.join(self.columns)}",
                do='Say which, e.g. top(20, by="amount").',
            )
        chosen = self.filter(**conditions) if conditions else self
        return self._with(chosen.sort(column, descending=True).table.limit(n))

    def to_pandas(self) -> pd.DataFrame:
        """All rows as a data frame."""
        return self.table.to_pandas()

    def to_csv(self, path: str | Path) -> Path:
        """Writes all rows as CSV (UTF-8, numbers to six decimals), safe to open in a spreadsheet.

        >>> import ibis, tempfile
        >>> path = Path(tempfile.mkdtemp()) / "win_back.csv"
        >>> print(Rows(ibis.memtable({"name": ["=1+1"], "clv": [2.5]})).to_csv(path).read_text().strip())
        name,clv
        '=1+1,2.5
        """
        path = _place(path)
        write_csv(self.table, path)
        return path

    def to_parquet(self, path: str | Path) -> Path:
        """Writes all rows as Parquet, as they are."""
        path = _place(path)
        self.table.to_parquet(path)
        return path

    def __repr__(self) -> str:
        shown = self._shown
        return f"{shown.to_string(index=False)}\n{self._total}" if len(shown.columns) else self._total

    def _repr_html_(self) -> str:
        shown = self._shown
        head = "".join(f"<th>{escape(printable(str(name)))}</th>" for name in shown.columns)
        rows = shown.itertuples(index=False)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        total = escape(self._total)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{total}</p>"

    @property
    def _shown(self) -> pd.DataFrame:
        return self.table.limit(MAX_SHOWN).to_pandas().astype(object).map(_readable)

    @property
    def _total(self) -> str:
        return say("rows", n=self._count, shown=MAX_SHOWN, cut="yes" if self._count > MAX_SHOWN else "no")

    def _with(self, table: ir.Table) -> Rows:
        return Rows(table, ranked_by=self.ranked_by)

    def _check(self, name: str) -> None:
        if name not in self.columns:
            raise DataError(
                f"There is no column {name!r:.60}.",
                expected=str(suggestion(name, self.columns)),
                do="Name one of the columns of the table.",
            )


def _place(path: str | Path) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _readable(value: Any) -> str:
    """A cell: whole numbers as they are, as they may be keys; others to two decimals, small ones to more."""
    if isinstance(value, dt.datetime) and not pd.isna(value):
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if not isinstance(value, list | tuple | dict) and pd.isna(value):
        return MISSING
    if isinstance(value, float | Decimal):
        value = float(value)
        return number(value, 2) if abs(value) >= 0.1 or not value else f"{value:.2g}"
    return printable(str(value))


def write_csv(rows: ir.Table, path: Path) -> None:
    """A table in the order of its rows; text that a spreadsheet would run as a formula is defused."""
    safe = {}
    for column, kind in rows.schema().items():
        if kind.is_string():
            text = rows[column].re_replace(IN_ENGINE, "\N{REPLACEMENT CHARACTER}")
            begins = rows[column].substr(0, 1).isin(FORMULA)
            safe[column] = begins.ifelse("'" + text, text)
        elif kind.is_floating():
            safe[column] = rows[column].round(DECIMALS)
    names = {quoted(name): name for name in rows.columns if quoted(name) != name}
    rows.mutate(**safe).rename(names).to_csv(path)


def quoted(value: Any) -> Any:
    """Text that begins as a formula does, with an apostrophe before it; without signs nobody sees."""
    if not isinstance(value, str):
        return value
    return printable(f"'{value}" if value.startswith(FORMULA) else value)
