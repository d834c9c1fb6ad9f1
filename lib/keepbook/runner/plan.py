"""What there is to run, and whether it is up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from keepbook.errors import KeepbookError, nearest
from keepbook.params import Unit
from keepbook.tables.fingerprint import fingerprint

MANIFEST = "manifest.json"
PAGE, ERROR_PAGE = "index.html", "error.html"


@dataclass(frozen=True)
class Task:
    """One notebook for one unit, and the folder its report goes to."""

    unit: str
    notebook: Path
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.unit} · {self.notebook.stem}"


def notebooks_in(home: Path, only: Iterable[str] = ()) -> list[Path]:
    """The notebooks of the project in order; `only` picks some by number, name or file name.

    Raises
    ------
    KeepbookError : a pick names none.
    """
    known = sorted(path for path in (home / "notebooks").glob("*.ipynb") if not path.name.startswith("."))
    if not known:
        raise KeepbookError(
            "There is no notebook to run.",
            where=str(home / "notebooks"),
            do="Start from the project folder, the one that holds params/ and notebooks/.",
        )
    picked = []
    for pick in only:
        found = [p for p in known if pick in (p.stem, p.name, p.stem.split("_")[0], p.stem.partition("_")[2])]
        if not found:
            raise KeepbookError(f"There is no notebook '{pick}'.", expected=nearest(pick, [p.stem for p in known]))
        picked += found
    return sorted(set(picked)) if only else known


def inputs_of(unit: Unit, notebook: Path) -> dict[str, str | None]:
    """Everything a report depends on, as hashes; data are None where only the database knows."""
    return {
        "unit_file": unit.file_hash,
        "data": fingerprint(unit),
        "notebook": hashlib.sha256(notebook.read_bytes()).hexdigest(),
        "library": library_hash(),
    }


@cache
def library_hash() -> str:
    """Hash of the library's own code and assets."""
    digest = hashlib.sha256()
    root = Path(str(files("keepbook")))
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix not in {".pyc", ".so"}):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(task: Task, inputs: dict[str, str | None]) -> bool:
    """Whether the task's report stands, is whole, and was made from these inputs."""
    manifest = read_json(task.folder / MANIFEST)
    whole = (task.folder / PAGE).is_file() and not (task.folder / ERROR_PAGE).exists()
    return whole and None not in inputs.values() and manifest.get("inputs") == inputs


def read_json(path: Path) -> dict[str, Any]:
    """The file's object; empty when it is absent or no JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
