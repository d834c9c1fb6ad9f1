"""Notebooks that are made once for each entry of a list in the unit file: every experiment, every change."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from keepbook.unit import Unit

ASSIGNMENT = re.compile(r"^(\w+)\s*(?::[^=#\n]*)?=(?!=)", re.MULTILINE)  # `name: type = value`


# Parameter of a notebook that takes an entry's name → the list of the unit file that the entry is of.
LISTS = {"experiment": "experiments", "change": "before_after"}


@dataclass(frozen=True)
class Entry:
    """What a report is about: one experiment or one change of the unit."""

    parameter: str  # of the notebook, which takes the name
    name: str
    title: str
    comparison_unit: str | None = None  # whose customers it is compared with


def parameters_of(notebook: Path) -> list[str]:
    """Names of what a notebook takes; none where it cannot be read, as its run will say."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = (cell["source"] for cell in cells if "parameters" in cell["metadata"].get("tags", ()))
        return ASSIGNMENT.findall("".join(next(tagged, "")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def entry_parameter(notebook: Path) -> str | None:
    """The parameter by which a notebook takes an entry; None for one that is made once for a unit."""
    names = parameters_of(notebook)
    return next((parameter for parameter in LISTS if parameter in names), None)


def entries_of(unit: Unit | None, parameter: str | None) -> list[Entry | None]:
    """What a notebook's reports of a unit are about; None stands for the unit as a whole.

    Of a unit whose file is broken (None) one report is tried, which will say so.
    """
    if parameter is None or unit is None:
        return [None]
    return [
        Entry(parameter, item.name, item.title, getattr(item, "comparison_unit", None))
        for item in getattr(unit, LISTS[parameter])
    ]
