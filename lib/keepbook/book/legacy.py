"""How pages were shown before they were analyses; goes with the last of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page import html
from keepbook.page.elements import Chart, Decision, Export, Identity, Table
from keepbook.page.html import Html
from keepbook.results import Missing
from keepbook.text import catalogue

say = catalogue("page")


class Legacy:
    """Calls of 0.2.0 on top of what a book does now."""

    @staticmethod
    def attempt(measure: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The measure's result, or the reason (NotEnoughData) why the data cannot carry it."""
        for arg in args:
            if isinstance(arg, NotEnoughData):
                return arg
            if isinstance(arg, Missing):
                return arg.reason
        try:
            return measure(*args, **kwargs)
        except NotEnoughData as reason:
            return reason

    def optional(self, table: str, shows: str) -> Any:
        """A table that the unit may have, or the reason why what it would have shown is not there."""
        found = getattr(self.tables, table, None)  # type: ignore[attr-defined]
        return found if found is not None else NotEnoughData(say("no-table", shows=shows, table=table))

    def sentences(self, texts: list[str]) -> Html:
        """What a section says; unlike findings these do not go into the record."""
        return Html(html.sentences(texts), "\n".join(texts))

    def verdict(self, label: str, reason: str, kind: Any) -> Html:
        """The decision in a few words, large, and below it why."""
        return self.decision(Decision(label, reason, kind))  # type: ignore[attr-defined]

    def figure(self, draw: Any, *results: Any, **beside: Any) -> Html:
        """A chart with a link to its data; where it is missing, the reason."""
        if isinstance(draw, Chart | Missing):
            return self._shown(draw)  # type: ignore[attr-defined]
        for result in results:
            if isinstance(result, NotEnoughData):
                return self._reason(result)  # type: ignore[attr-defined]
            if isinstance(result, pd.DataFrame) and result.empty:
                return html.note(say("too-few-periods"))
        known = {name: None if isinstance(one, NotEnoughData) else one for name, one in beside.items()}
        try:
            return self._shown(draw(*results, **known))  # type: ignore[attr-defined]
        except NotEnoughData as reason:
            return self._reason(reason)  # type: ignore[attr-defined]

    def table(
        self,
        frame: Any,
        formats: Mapping[str, Callable[[Any], str]] | None = None,
        caption: str = "",
        *,
        name: str = "",
        data: pd.DataFrame | None = None,
        wrap: bool = False,
    ) -> Html:
        """A table, with a link to its data where it has a name; where it is missing, the reason."""
        if isinstance(frame, Table | Missing):
            return self._shown(frame)  # type: ignore[attr-defined]
        if isinstance(frame, NotEnoughData):
            return self._reason(frame)  # type: ignore[attr-defined]
        if frame.empty:
            return html.note(say("too-few-periods"))
        assert formats is not None
        columns = {column: (frame[column], show) for column, show in formats.items()}
        data = frame if data is None else data
        return self._shown(Table(columns, caption, name, data, wrap))  # type: ignore[attr-defined]

    def identity(self, claim: Any, left: Any = None, right: Any = None) -> Html:
        """An accounting identity, checked: both sides must agree to a cent. A reason for a side is told."""
        if isinstance(claim, Identity | Missing):
            return self._checked(claim)  # type: ignore[attr-defined]
        for side in (left, right):
            if isinstance(side, NotEnoughData):
                return self._reason(side)  # type: ignore[attr-defined]
        return self._checked(Identity(claim, left, right))  # type: ignore[attr-defined]

    def export(self, name: Any, rows: Any = None, caption: str = "") -> Html:
        """A table of the engine saved beside the report, as Parquet and CSV, with links to both."""
        if isinstance(rows, NotEnoughData):
            return self._reason(rows)  # type: ignore[attr-defined]
        whole = name if isinstance(name, Export | Missing) else Export(name, rows, caption)
        return self._exported(whole)  # type: ignore[attr-defined]
