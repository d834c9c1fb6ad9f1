"""Several units side by side."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from keepbook.book import Book
from keepbook.errors import KeepbookError

if TYPE_CHECKING:
    from keepbook.cohorts.analysis import CohortComparison


class Comparison:
    """Several units, opened with the same settings.

    Parameters
    ----------
    units : names of files in params/, two or more.
    **settings : any setting of the unit file, for all of them; None means "as each unit's file says".

    Attributes
    ----------
    books : title of a unit → the unit, opened.
    cohorts : who stays, unit by unit in one chart.

    Raises
    ------
    KeepbookError : there are not two units. UnitFileError, DataError : as for each unit.

    >>> import keepbook as kb
    >>> both = kb.compare("floral", "deli")
    >>> both.cohorts.curves.data["unit"].unique().tolist()
    ['Floral', 'Deli']
    """

    def __init__(self, *units: str, **settings: Any) -> None:
        if len(units) < 2:
            raise KeepbookError(
                "There is nothing to compare.",
                expected="two units or more",
                do="Name them, e.g. kb.compare('floral', 'deli').",
            )
        opened = [Book(unit, **settings) for unit in units]
        titles = [book.unit.title or book.unit.unit for book in opened]
        alike = len(set(titles)) < len(titles)
        self.books = dict(zip(units if alike else titles, opened, strict=True))

    @cached_property
    def cohorts(self) -> CohortComparison:
        """Who stays: the average curve of every unit."""
        from keepbook.cohorts.analysis import CohortComparison

        return CohortComparison({title: book.cohorts for title, book in self.books.items()})

    def __repr__(self) -> str:
        return " · ".join(self.books)
