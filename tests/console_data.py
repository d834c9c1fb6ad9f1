"""Units with small experiments, and what `keepbook check` shows of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console, Group

from keepbook.console.studies import Studies, rows_of, studies
from keepbook.tables import open_tables
from keepbook.unit import Unit

Shop = Callable[..., Unit]

HEAD = "experiment,customer_id,variant,assigned_at"
# Sixty customers, of whom the first 25 live in the north; the data end on 30 June.
LINES = (
    "customer_id,date,amount\n"
    + "".join(f"c{i},2024-01-05,9\nc{i},2024-04-02,5\n" for i in range(60))
    + "c0,2024-06-30,1\n"
)
REGIONS = "customer_id,region\n" + "".join(f"c{i},{'north' if i < 25 else 'south'}\n" for i in range(60))


def put(experiment: str, who: Iterable[int], arm: str, day: str, more: str = "") -> str:
    """Lines of the assignments table."""
    return "".join(f"{experiment},c{i},{arm},{day}{more}\n" for i in who)


def two(first: int, second: int, day: str = "2024-03-01", name: str = "trial", arm: str = "call") -> str:
    """So many customers in the arm `none`, and the next ones in another."""
    return put(name, range(first), "none", day) + put(name, range(first, first + second), arm, day)


def trial(name: str = "trial", **keys: Any) -> dict[str, Any]:
    known = {"name": name, "control": "none", "outcome_days": 30, **keys}
    return {key: value for key, value in known.items() if value is not None}


def page(unit: Unit, width: int = 80, **console: Any) -> str:
    with open_tables(unit, experiments=False) as opened:
        found = studies(opened.with_experiments(unit.experiments), unit)
    return printed(found, width, **console)


def printed(found: Studies, width: int = 80, **console: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, **console).print(Group(*rows_of(found)))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def flat(unit: Unit) -> str:
    """The page in one line, so that sentences stay whole."""
    return " ".join(page(unit).split())
