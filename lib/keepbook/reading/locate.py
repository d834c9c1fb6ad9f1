"""Where a source string points to: files of this machine, package data, or a database."""

import importlib.util
import re
from pathlib import Path
from urllib.parse import quote

from keepbook.errors import DataError
from keepbook.reading.faults import PLACEHOLDER
from keepbook.unit import Unit, resolve_secrets

PACKAGE = "package:"
SUFFIXES = {
    ".parquet": "parquet",
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    ".txt": "text",
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), "excel"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    ".zip": "zip",
}
GLOB = re.compile(r"[*?\[]")
URL = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
FILE_SCHEME = re.compile(r"(duckdb|sqlite):(//)?", re.IGNORECASE)
DUCKDB_FILE = re.compile(r"duckdb:(//)?(?!md:)", re.IGNORECASE)  # md: is a server


def resolved(source: str, where: str) -> str:
    """The source with `${NAME}` from the environment; in a URL's user, password and options encoded.

    Raises
    ------
    UnitFileError : a variable is not set.
    """
    encoded_before, encoded_after = source.rfind("@"), source.find("?")

    def value(match: re.Match[str]) -> str:
        plain = resolve_secrets(match[0], where=where)
        inside = match.start() < encoded_before or -1 < encoded_after < match.start()
        return quote(plain, safe="") if inside and URL.match(source) else plain

    return PLACEHOLDER.sub(value, source)


def is_database(source: str) -> bool:
    """Whether a resolved source is an Ibis URL, whose content cannot be told from its files."""
    return bool(URL.match(source)) and not DUCKDB_FILE.match(source)


def kind_of(file: Path) -> str | None:
    """What a file should be by its suffix, a .gz behind it aside; None for one that holds no data."""
    return SUFFIXES.get(Path(file.name.removesuffix(".gz")).suffix.lower())


def files_of(source: str, unit: Unit, where: str) -> list[Path]:
    """The files a source string stands for, sorted.

    A relative path is relative to the project folder. A folder stands for every data file below it.

    Raises
    ------
    DataError : nothing is there.
    """
    place = _place(source, unit, where)
    if place.is_file():  # first: a file may be called 'export [1].csv'
        return [place]
    if place.is_dir():
        found = [path for path in place.rglob("*") if kind_of(path)]
    else:
        anchor = Path(place.anchor)
        found = list(anchor.glob(str(place.relative_to(anchor)))) if GLOB.search(str(place)) else []
    files = sorted(path for path in found if path.is_file() and not _hidden(path, place))
    if not files:
        looked = "" if PLACEHOLDER.search(source) else f", looked at {place}"
        raise DataError(
            f"There is no data in the folder '{source}'."
            if place.is_dir()
            else f"There is no file at '{source}'.",
            where=where + looked,
            expected="a data file, a folder of such files, or a pattern that matches some",
            do="Correct the path (it starts at the folder that holds params/), or put the file there.",
        )
    return files


def _hidden(path: Path, place: Path) -> bool:
    """Whether a file is one that lies about, such as in .ipynb_checkpoints, and nobody asked for it."""
    return any(part[0] == "." for part in path.parts if part not in place.parts)


def _place(source: str, unit: Unit, where: str) -> Path:
    if not source.startswith(PACKAGE):
        return (unit.home / FILE_SCHEME.sub("", resolved(source, where))).resolve()
    package, _, inside = source.removeprefix(PACKAGE).partition("/")
    found = importlib.util.find_spec(package) if package.isidentifier() else None
    if found is None or not found.submodule_search_locations:
        raise DataError(
            f"The package '{package}' is not installed.",
            where=f"{where}, source {source}",
            do=f"Install it into the environment that runs Keepbook, e.g. pip install {package}.",
        )
    return Path(found.submodule_search_locations[0], inside)
