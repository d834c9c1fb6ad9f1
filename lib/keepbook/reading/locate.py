"""Where a source string points to, and a hash of what is there; needs neither engine nor data in memory."""

import hashlib
import importlib.util
import re
from pathlib import Path
from urllib.parse import quote

from keepbook.errors import DataError
from keepbook.reading.faults import PLACEHOLDER, place, reading
from keepbook.unit import Unit, resolve_secrets

PACKAGE = "package:"
SUFFIXES = {
    **{".parquet": "parquet", ".txt": "text", ".zip": "zip"},
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), "excel"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
}
GLOB = re.compile(r"[*?\[]")
URL = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
FILE_SCHEME = re.compile(r"(duckdb|sqlite):(//)?", re.IGNORECASE)
DUCKDB_FILE = re.compile(r"duckdb:(//)?(?!md:)", re.IGNORECASE)  # md: is a server
HASHED_BELOW = 512 * 1024**2  # bytes; larger files are told apart by size and time of change


def resolved(source: str, where: str) -> str:
    """The source with `${NAME}` from the environment; in a URL's user, password and options encoded."""
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
    """
    path = _path_of(source, unit, where)
    if path.is_file():  # first: a file may be called 'export [1].csv'
        return [path]
    what, found = f"There is no file at '{source}'.", []
    if path.is_dir():
        what = f"There is no data in the folder '{source}'."
        found = [file for file in path.rglob("*") if kind_of(file)]
    elif GLOB.search(str(path)):
        anchor = Path(path.anchor)
        found = list(anchor.glob(str(path.relative_to(anchor))))
    # What lies about, such as in .ipynb_checkpoints, nobody asked for.
    hidden = {part for file in found for part in file.parts if part[0] == "."} - {*path.parts}
    files = sorted(file for file in found if file.is_file() and hidden.isdisjoint(file.parts))
    if not files:
        looked = "" if PLACEHOLDER.search(source) else f", looked at {path}"
        raise DataError(
            what,
            where=where + looked,
            expected="a data file, a folder of such files, or a pattern that matches some",
            do="Correct the path (it starts at the folder that holds params/), or put the file there.",
        )
    return files


def _path_of(source: str, unit: Unit, where: str) -> Path:
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


def fingerprint(unit: Unit) -> str | None:
    """Hash over every source of a unit, 16 hex digits; None where a database cannot be known from outside."""
    digest = hashlib.sha256()
    for table, source in unit.sources.items():
        where = place(unit, table)
        for alias, part in source.named_sources().items():
            if is_database(resolved(part, where)):
                return None
            with reading(unit, table):
                digest.update(repr((table, alias, part)).encode())
                if part == "simulate":
                    digest.update(repr(source.simulate).encode())
                    continue
                for file in files_of(part, unit, where):
                    digest.update(file.name.encode() + _content(file))
    return digest.hexdigest()[:16]


def _content(file: Path) -> bytes:
    stat = file.stat()
    if stat.st_size >= HASHED_BELOW:
        return f"{stat.st_size} {stat.st_mtime_ns}".encode()
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()
