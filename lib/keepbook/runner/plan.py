"""What there is to run, what became of it, and whether it is up to date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions as metadata_of
from importlib.metadata import requires, version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from keepbook.errors import KeepbookError, nearest
from keepbook.params import Unit, unit_names
from keepbook.tables.fingerprint import fingerprint
from keepbook.words import _

MANIFEST = "manifest.json"  # the seal of a report, see `publish`
SUBJECTS = {"clv": _("Customer value")}  # where the file's name is a term of the trade
PAGE, ERROR_PAGE, ERROR_RECORD = "index.html", "error.html", "error.json"

Status = Literal["made", "current", "failed"]


@dataclass(frozen=True)
class Task:
    """One notebook for one unit, and the folder its report goes to."""

    unit: str
    notebook: Path
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.unit} · {self.notebook.stem}"

    @property
    def subject(self) -> str:
        """What the notebook is about, for a reader: `2_cohort_retention` → `Cohort retention`."""
        return subject_of(self.notebook.stem)


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    status : `made`, `current` (nothing to do) or `failed`. seconds : how long it took.
    inputs : hashes of what the report depends on. fault : why it failed, as a person is told.
    """

    unit: str
    notebook: str
    status: Status
    seconds: float
    inputs: dict[str, str | None]
    fault: str = ""


def subject_of(stem: str) -> str:
    """`2_cohort_retention` → `Cohort retention`; `3_clv` → `Customer value`."""
    subject = (stem.partition("_")[2] or stem).replace("_", " ")
    return SUBJECTS.get(subject, subject.capitalize())


def tasks_of(home: Path, units: Sequence[str], only: Iterable[str], reports: Path) -> list[Task]:
    """Units × notebooks, in order; no unit means all of them, no pick all notebooks.

    Raises
    ------
    KeepbookError : a unit or a pick that is not there, or nothing to run at all.
    """
    notebooks = notebooks_in(home, only)
    return [
        Task(unit, notebook, reports / unit / notebook.stem)
        for unit in units_in(home, units)
        for notebook in notebooks
    ]


def units_in(home: Path, wanted: Iterable[str] = ()) -> list[str]:
    """The units asked for, each once, or all; a name that no file bears is refused.

    Raises
    ------
    KeepbookError : there is no such unit, or none at all.
    """
    names, wanted = unit_names(home), list(dict.fromkeys(wanted))
    where = str(home / "params")
    if not names:
        raise KeepbookError(
            "There is no unit file.", where=where, do="Start one: keepbook init NAME --from FILE."
        )
    for unit in wanted:
        if unit not in names:
            raise KeepbookError(
                f"There is no business unit '{unit}'.",
                where=where,
                expected=nearest(unit, names),
                do=f"Correct the name, or start the unit: keepbook init {unit} --from FILE.",
            )
    return wanted or names


def notebooks_in(home: Path, only: Iterable[str] = ()) -> list[Path]:
    """The notebooks of the project in order; `only` picks some by number, name or file name.

    Raises
    ------
    KeepbookError : a pick names none, or there is none.
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
        found = [p for p in known if pick in (p.stem, p.name, *p.stem.partition("_")[::2])]
        if not found:
            raise KeepbookError(
                f"There is no notebook '{pick}'.",
                where=str(home / "notebooks"),
                expected=nearest(pick, [p.stem for p in known]),
                do="Correct --only.",
            )
        picked += found
    return sorted(set(picked)) if only else known


def inputs_of(unit: Unit, notebook: Path) -> dict[str, str | None]:
    """Everything a report depends on, as hashes; data are None where only the database knows."""
    return {
        "unit_file": unit.file_hash,
        "data": fingerprint(unit),
        "notebook": hashlib.sha256(notebook.read_bytes()).hexdigest(),
        "library": library_hash(),
        "packages": packages_hash(),
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


@cache
def packages_hash() -> str:
    """Hash of the installed versions of everything the library names as a dependency."""
    names = sorted({re.split(r"[^\w.-]", requirement)[0] for requirement in requires("keepbook") or []})
    known = [f"{name} {version(name)}" for name in names if any(metadata_of(name=name))]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def is_current(task: Task, inputs: dict[str, str | None]) -> bool:
    """Whether the task's report stands, is whole, and was made from these inputs."""
    manifest = read_json(task.folder / MANIFEST)
    stands = (task.folder / PAGE).is_file() and not (task.folder / ERROR_PAGE).exists()
    return stands and None not in inputs.values() and manifest.get("inputs") == inputs


def read_json(path: Path) -> dict[str, Any]:
    """The file's object; empty when it is absent or no JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
