"""Where a source string points to: files of this machine, package data, or a database."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from keepbook.errors import DataError
from keepbook.params import Unit

PACKAGE = "package:"
DUCKDB = "duckdb:"
GLOB = re.compile(r"[*?\[]")
URL = re.compile(r"^[a-z][a-z0-9+]*://", re.IGNORECASE)


def is_database(source: str) -> bool:
    """Whether the source is an Ibis URL, whose content cannot be told from its files."""
    return bool(URL.match(source))


def package_of(source: str) -> str | None:
    """`package:NAME/path` → `NAME`."""
    return source[len(PACKAGE) :].split("/", 1)[0] if source.startswith(PACKAGE) else None


def files_of(source: str, unit: Unit) -> list[Path]:
    """The files a source string stands for, sorted.

    A relative path is relative to the project folder. A folder stands for every Parquet or CSV file below it.

    Raises
    ------
    DataError : nothing is there.
    """
    place = _place(source, unit)
    if GLOB.search(place.name) or GLOB.search(str(place.parent)):
        anchor = Path(place.anchor)
        found = sorted(anchor.glob(str(place.relative_to(anchor))))
    elif place.is_dir():
        found = sorted(p for p in place.rglob("*") if p.suffix in {".parquet", ".csv", ".txt"})
    else:
        found = [place] if place.is_file() else []
    if not found:
        raise DataError(
            f"There is no file at '{source}'.",
            where=f"{unit.path.name}, looked at {place}",
            expected="a file, a folder of Parquet or CSV files, or a pattern that matches some",
            do="Correct the path (relative paths start at the folder that holds params/), or put the file there.",
        )
    return found


def _place(source: str, unit: Unit) -> Path:
    if package := package_of(source):
        found = importlib.util.find_spec(package)
        if found is None or not found.submodule_search_locations:
            raise DataError(
                f"The package '{package}' is not installed.",
                where=f"{unit.path.name}, source {source}",
                do=f"Install it into the environment that runs Keepbook, e.g. pip install {package}.",
            )
        return Path(found.submodule_search_locations[0], source[len(PACKAGE) + len(package) + 1 :])
    return (unit.home / source.removeprefix(DUCKDB)).resolve()
