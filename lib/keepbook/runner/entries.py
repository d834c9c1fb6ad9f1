"""Notebooks that are made once for each entry of a list in the unit file: every experiment, every change."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from keepbook.unit import Unit

ASSIGNMENT = re.compile(r"^(\w+)\s*(?::[^=#\n]*)?=(?!=)", re.MULTILINE)  # `name: type = value`


@dataclass(frozen=True)
class Listing:
    """A list of the unit file, for each entry of which a notebook may be made.

    Attributes
    ----------
    parameter : of the notebook, which takes an entry's name. key : of the unit file.
    """

    parameter: str
    key: str


LISTINGS = (Listing("experiment", "experiments"), Listing("change", "before_after"))


@dataclass(frozen=True)
class Entry:
    """What a report is about: one experiment or one change of the unit.

    Attributes
    ----------
    parameter : of the notebook, which takes the name. name, title : as in the unit file.
    comparison_unit : the unit whose customers it is compared with, where there is one.
    """

    parameter: str
    name: str
    title: str
    comparison_unit: str | None = None


def listing_of(notebook: Path) -> Listing | None:
    """The list whose entries a notebook takes; None for one that is made once for a unit."""
    names = _parameters_of(notebook)
    return next((listing for listing in LISTINGS if listing.parameter in names), None)


def _parameters_of(notebook: Path) -> set[str]:
    """What the cell tagged `parameters` sets; nothing where the file is no notebook, as its run will say."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = (cell["source"] for cell in cells if "parameters" in cell["metadata"].get("tags", ()))
        return set(ASSIGNMENT.findall("".join(next(tagged, ""))))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return set()


def entries_of(unit: Unit | None, listing: Listing | None) -> list[Entry | None]:
    """What a notebook's reports of a unit are about; None stands for the unit as a whole.

    Parameters
    ----------
    unit : None where its file is broken: then one report is tried, which will say so.
    """
    if listing is None or unit is None:
        return [None]
    return [
        Entry(listing.parameter, item.name, item.title, getattr(item, "comparison_unit", None))
        for item in getattr(unit, listing.key)
    ]
