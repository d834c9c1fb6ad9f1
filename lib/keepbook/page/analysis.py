"""What the analyses of all subjects share: a unit, its tables, and how they show themselves in Jupyter."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from keepbook.page import html
from keepbook.page.elements import Tile, tiles_of
from keepbook.results import is_missing
from keepbook.tables import Tables
from keepbook.unit import Unit


@dataclass
class Analysis:
    """One subject of one unit: results that are computed when first asked for, and pages made of them.

    A result that the data cannot carry is `Missing`: it shows the reason, and so does all that rests on it.
    """

    unit: Unit
    tables: Tables

    @property
    def page(self) -> Page:
        """The modules that make this subject's page, loaded when first used: `self.page.figures`."""
        return Page(f"{type(self).__module__.rpartition('.')[0]}.page")

    @property
    def findings(self) -> list[str]:
        """The answer, in sentences."""
        return []

    @property
    def tiles(self) -> list[Tile]:
        """The key figures."""
        return []

    def _repr_html_(self) -> str:
        if is_missing(self.findings):
            return html.style() + html.note(str(self.findings)).html
        return html.style() + html.sentences(self.findings) + tiles_of(self.tiles or [], self.unit)

    def __repr__(self) -> str:
        return f"{type(self).__module__.removesuffix('.analysis')} of {self.unit.unit}"


class Page:
    """The modules of a page folder by their names; importing an analysis loads no plotting."""

    def __init__(self, package: str) -> None:
        self.package = package

    def __getattr__(self, module: str) -> ModuleType:
        return import_module(f"{self.package}.{module}")
