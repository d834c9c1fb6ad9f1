"""How a page of a terminal is laid out: sections of short rows, and text from data that stays text."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from keepbook.errors import printable

Hide = Callable[[str], str]  # puts names for secrets
Row = tuple[RenderableType, ...]

MAX_NAME = 40  # characters of a name from data
SIGNS = {"✓": "green", "!": "yellow", "✗": "red", "·": "dim", " ": ""}


def line(text: str) -> Text:
    """Text, some of it from data: in one line, without markup or signs that a terminal would obey.

    It is folded where it is too long even without a blank, as Chinese is.
    """
    return Text(printable(" ".join(text.split())), overflow="fold")


def shortened(name: str) -> str:
    """A name from data, cut where it is too long."""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def bullet(sign: str, text: str) -> Row:
    """A sentence behind one of `SIGNS`."""
    return Text(sign, SIGNS[sign]), line(text)


def section(title: str, rows: Sequence[Row]) -> Iterator[RenderableType]:
    """An empty line, the title, and the rows below it; nothing where there are none."""
    if not rows:
        return
    yield Text()
    if title:
        yield Text(title, "bold")
    yield indented(rows)


def indented(rows: Sequence[Row], by: int = 2) -> Padding:
    """Rows in columns."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 0, by))
