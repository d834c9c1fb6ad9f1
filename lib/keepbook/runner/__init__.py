"""Units × notebooks, side by side, each on its own: one unit's failure never stops another's."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import nbformat

from keepbook.book import RECORD, VERSIONS
from keepbook.errors import KeepbookError
from keepbook.params import Unit, load_unit, unit_names
from keepbook.report import render, render_error
from keepbook.runner.index import write_index
from keepbook.runner.kernel import CellFailed, execute
from keepbook.runner.plan import ERROR_PAGE, MANIFEST, PAGE, Task, inputs_of, is_current, notebooks_in
from keepbook.runner.publish import recover, staged, write, write_json

__all__ = ["Outcome", "Task", "default_jobs", "run"]

Status = Literal["made", "current", "failed"]
TRIED = "run.json"


@dataclass(frozen=True)
class Outcome:
    """What became of a task: `made`, `current` (nothing to do) or `failed` with its fault."""

    unit: str
    notebook: str
    status: Status
    seconds: float
    inputs: dict[str, str | None]
    fault: str = ""


Watch = Callable[[Task, Outcome | None], None]


def default_jobs() -> int:
    """One notebook per processor, but leaving 2 GB of memory to each where that is known."""
    cores = os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return max(1, cores)
    return max(1, min(cores, memory // (2 * 1024**3)))


def run(
    home: Path,
    units: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    jobs: int | None = None,
    force: bool = False,
    reports: Path | None = None,
    watch: Watch = lambda task, outcome: None,
) -> list[Outcome]:
    """Makes the reports of units, `jobs` at a time, and the index over all.

    Parameters
    ----------
    home : the project folder. units : none means all. only : notebooks by number or name; none means all.
    force : make even what is up to date. reports : where to; `home/reports` by default.
    watch : told when a task starts (outcome None) and ends.

    Returns
    -------
    list[Outcome] : one per unit and notebook, in order.
    """
    reports = reports or home / "reports"
    notebooks = notebooks_in(home, only)
    recover(reports)
    tasks = [
        Task(unit, notebook, reports / unit / notebook.stem)
        for unit in units or unit_names(home)
        for notebook in notebooks
    ]
    before = os.environ.get("KEEPBOOK_HOME")
    os.environ["KEEPBOOK_HOME"] = str(home)  # kernels find the unit files by it, wherever they run
    try:
        outcomes = _side_by_side(tasks, home, reports, jobs or default_jobs(), force, watch)
    finally:
        os.environ.pop("KEEPBOOK_HOME") if before is None else os.environ.update(KEEPBOOK_HOME=before)
    write_index(home, reports)
    write_json(reports / TRIED, {"schema": 1, **_stamp(), "outcomes": [asdict(o) for o in outcomes]})
    return outcomes


def _side_by_side(
    tasks: list[Task], home: Path, reports: Path, jobs: int, force: bool, watch: Watch
) -> list[Outcome]:
    waiting, running, done = list(tasks), dict[Future[Outcome], Task](), dict[Task, Outcome]()
    pool = ThreadPoolExecutor(jobs)
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.pop(0)
                watch(task, None)
                running[pool.submit(_attempt, task, home, reports, force)] = task
            finished, _rest = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                task = running.pop(future)
                done[task] = future.result()
                watch(task, done[task])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [done[task] for task in tasks]


def _attempt(task: Task, home: Path, reports: Path, force: bool) -> Outcome:
    """One task from unit file to published report; whatever goes wrong becomes its outcome."""
    started = time.perf_counter()
    inputs: dict[str, str | None] = {}

    def outcome(status: Status, fault: str = "") -> Outcome:
        return Outcome(task.unit, task.notebook.stem, status, round(time.perf_counter() - started, 2), inputs, fault)

    hide: Callable[[str], str] = str
    try:
        unit = load_unit(task.unit, home)
        hide = _hider(unit)
        inputs |= inputs_of(unit, task.notebook)
        if not force and is_current(task, inputs):
            return outcome("current")
        with staged(task.folder, reports) as aside:
            _make(task, unit, aside, hide)
            made = outcome("made")
            write_json(aside / MANIFEST, {"schema": 1, **_stamp(), **asdict(made)})
        return made
    except CellFailed as failure:
        fault, cell, trace = failure.fault, failure.cell, failure.traceback
    except KeepbookError as error:
        fault, cell, trace = error, "", ""
    except OSError as error:
        full = KeepbookError(
            f"A file could not be written or read: {error.strerror or error}.",
            where=str(error.filename or reports),
            do="Check that the disk has room and the folder may be written; then run again.",
        )
        fault, cell, trace = full, "", ""
    except Exception as error:  # one unit's failure never stops another's
        fault, cell, trace = KeepbookError(f"{type(error).__name__}: {error}"), "", ""
    _leave_error_page(task, fault, cell, trace, hide)
    return outcome("failed", hide(str(fault)))


def _make(task: Task, unit: Unit, aside: Path, hide: Callable[[str], str]) -> None:
    """Executes the notebook into `aside` and renders it there."""
    executed = aside / "notebook.ipynb"
    execute(task.notebook, executed, {"unit": task.unit, "save_to": str(aside)})
    if not (aside / RECORD).is_file():  # papermill's metadata cannot be trusted: the last cell's record can
        raise KeepbookError(
            "The notebook stopped before its last cell.",
            where=task.notebook.name,
            expected=f"a last cell that calls book.close() and so writes {RECORD}",
            do="Look for an exit() in the notebook; if there is none, the kernel was killed: use fewer --jobs.",
        )
    text = hide(executed.read_text(encoding="utf-8")).replace(str(aside), "save_to")
    executed.write_text(text, encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    title = f"{unit.title or unit.unit} – {_title_of(notebook, task.notebook.stem)}"
    (aside / PAGE).write_text(render(notebook, title=title, home_link="../../index.html"), encoding="utf-8")


def _title_of(notebook: nbformat.NotebookNode, fallback: str) -> str:
    first = re.search(r"^# (.+)$", notebook.cells[0].source, re.MULTILINE) if notebook.cells else None
    return first.group(1) if first else fallback


def _leave_error_page(task: Task, fault: KeepbookError, cell: str, trace: str, hide: Callable[[str], str]) -> None:
    """Beside the last good report, which stays; a disk that cannot even take this page is told in the outcome."""
    page = render_error(
        unit=task.unit,
        notebook=task.notebook.stem,
        error=hide(fault.what),
        where=[(label, hide(text)) for label, text in fault.lines()],
        cell=hide(cell) or None,
        traceback=hide(trace) or None,
        previous=PAGE if (task.folder / PAGE).is_file() else None,
        home_link="../../index.html",
    )
    try:
        write(task.folder / ERROR_PAGE, page)
    except OSError:
        return


def _hider(unit: Unit) -> Callable[[str], str]:
    """Replaces the value of every secret the unit file names by its name, however a message quotes it."""
    names = set(re.findall(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", unit.path.read_text(encoding="utf-8")))
    values = {os.environ[name]: name for name in names if os.environ.get(name)}
    forms = {form: name for value, name in values.items() for form in (value, quote(value, safe=""))}

    def hide(text: str) -> str:
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, f"${{{forms[form]}}}")
        return text

    return hide


def _stamp() -> dict[str, Any]:
    versions = {name: version(name) for name in (*VERSIONS, "papermill", "nbconvert")}
    return {
        "written_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "versions": versions,
    }
