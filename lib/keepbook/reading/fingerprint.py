"""What the data were: a short hash that changes when a unit's sources change.

Needs neither an engine nor the data in memory, so that a run can be skipped in a moment.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from keepbook.reading.faults import place, reading
from keepbook.reading.locate import files_of, is_database, resolved
from keepbook.unit import Source, Unit

READ_WHOLE_BELOW = 512 * 1024**2  # bytes; larger files are told apart by size and time of change


def fingerprint(unit: Unit) -> str | None:
    """Hash over every source of a unit; None when a database makes it unknowable from outside.

    Returns
    -------
    str | None : 16 hex digits.

    Raises
    ------
    DataError : a file is not there or cannot be read.
    """
    digest = hashlib.sha256()
    for name, source in unit.sources.items():
        for alias, part in source.named_sources().items():
            where = place(unit, name)
            if is_database(resolved(part, where)):
                return None
            with reading(unit, name):
                digest.update(repr((name, alias, part)).encode())
                _add(digest, source, part, unit, where)
    return digest.hexdigest()[:16]


def _add(digest: hashlib._Hash, source: Source, part: str, unit: Unit, where: str) -> None:
    if part == "simulate":
        digest.update(repr(source.simulate).encode())
        return
    for path in files_of(part, unit, where):
        digest.update(path.name.encode())
        _add_file(digest, path)


def _add_file(digest: hashlib._Hash, path: Path) -> None:
    stat = path.stat()
    if stat.st_size >= READ_WHOLE_BELOW:
        digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
        return
    with path.open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
