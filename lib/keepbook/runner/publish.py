"""Reports appear whole: made aside, then put in place by renaming.

File by file into the report's folder, rather than by swapping folders. A swap is two renames with a moment in
between in which there is no report at all; with a reader in a tight loop one publication in ten was noticed,
and a run killed right there would leave nothing. By file every page and table is always there and always
whole, and a reader of one file, which is nearly every reader, never meets a gap. For those who read several
and need them of one run, the manifest is the seal: taken away first, put back last. While it stands, and is
the same before and after a read, all files belong to it. A run killed in between leaves no seal, and so the
next run makes that report anew.
"""

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from keepbook.page.records import ERROR_RECORD
from keepbook.runner.plan import ERROR_PAGE, MANIFEST, PAGE

STAGING = ".staging"
TABLES = (".csv", ".parquet")
ORDER = (PAGE, MANIFEST)  # the last two; whatever they rest on comes before


@contextmanager
def staged(folder: Path, reports: Path) -> Iterator[Path]:
    """A new empty folder whose files go to `folder` when the block ends well, and vanish when it does not."""
    aside = reports / STAGING / uuid.uuid4().hex[:12]
    aside.mkdir(parents=True)
    try:
        yield aside
        _publish(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _publish(aside: Path, folder: Path) -> None:
    names = sorted(_files_in(aside), key=lambda name: ORDER.index(name) if name in ORDER else -1)
    for place in {folder / Path(name).parent for name in names}:
        place.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for stale in _files_in(folder / "tables") - _files_in(aside / "tables"):
        if Path(stale).suffix in TABLES:  # a notebook called `tables` has its report there
            (folder / "tables" / stale).unlink()
    for error in (ERROR_PAGE, ERROR_RECORD):
        (folder / error).unlink(missing_ok=True)
    for name in names:
        (aside / name).replace(folder / name)


def _files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def write(path: Path, text: str) -> None:
    """Writes a file whole: aside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """As `write`, for an object; strict JSON."""
    write(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
