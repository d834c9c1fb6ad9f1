"""One task from unit file to published report; whatever goes wrong becomes its outcome and its error page."""

import datetime as dt
import os
import platform
import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat

from keepbook.book import VERSIONS
from keepbook.errors import KeepbookError
from keepbook.page.records import ERROR_RECORD, PREVIOUS, RECORD, read_json
from keepbook.report import BarLink, in_language, render, render_error
from keepbook.runner.entries import parameters_of
from keepbook.runner.kernel import CellFailed, Kernel, execute
from keepbook.runner.plan import (
    ERROR_PAGE,
    MANIFEST,
    PAGE,
    Outcome,
    Status,
    Task,
    comparison_units,
    inputs_of,
    is_current,
)
from keepbook.runner.publish import staged, write, write_json
from keepbook.runner.secrets import Hide, hider
from keepbook.text import ENGLISH, as_error, catalogue, error_text, errors, language
from keepbook.unit import Unit, load_unit

say, wrong = catalogue("runner"), errors("runner")


class Interrupted(Exception):
    """The run is being ended: what a task met on its way out says nothing about its unit."""


def make_report(
    task: Task, home: Path, reports: Path, scratch: Path, force: bool, sisters: Sequence[Task] = ()
) -> Outcome:
    """Makes one report in its language, unless it is up to date. One unit's failure never stops another's.

    Parameters
    ----------
    sisters : all reports of the unit, this one among them, for the bar that leads to them.

    Raises
    ------
    Interrupted : the run ended before the report was made.
    """
    with language(task.language):
        return _make(task, home, reports, scratch, force, sisters)


def _make(
    task: Task, home: Path, reports: Path, scratch: Path, force: bool, sisters: Sequence[Task]
) -> Outcome:
    started = time.perf_counter()
    inputs: dict[str, str | None] = {}
    hide: Hide = str

    def outcome(status: Status, fault: str = "") -> Outcome:
        seconds = round(time.perf_counter() - started, 2)
        return Outcome(task.unit, task.page, status, seconds, inputs, fault, task.language)

    try:
        unit = load_unit(task.unit, home)
        hide = hider(unit.path)
        others = comparison_units(task, home)
        hide = hider(unit.path, *(other.path for other in others))
        inputs |= inputs_of(task, unit, others, sisters)
        if not force and is_current(task, inputs):
            return outcome("current")
        with staged(task.folder, reports) as aside:
            _execute_and_render(task, unit, aside, scratch, hide, _bar(task, sisters))
            _keep_previous(task.folder, aside)
            made = outcome("made")
            write_json(aside / MANIFEST, stamp() | asdict(made))
        return made
    except Exception as error:
        if Kernel.ending.is_set():
            raise Interrupted from error
        fault = error.fault if isinstance(error, CellFailed) else as_error(error)
        fault.do = fault.do or say("put-right")
        _leave_error_page(task, error, fault, hide)
        return outcome("failed", hide(error_text(fault)))


def _bar(task: Task, sisters: Sequence[Task]) -> list[BarLink]:
    """The unit's pages, each as it is reached from this one."""
    links = []
    for sister in sisters:
        here = sister.folder == task.folder
        place = "#kb-main" if here else f"{relative(sister.folder, task.folder)}/{PAGE}"
        links.append(BarLink(sister.short_subject, place, here))
    return links


def _other_languages(task: Task) -> list[BarLink]:
    """The same page in the other languages of the run, each by its own name of itself."""
    links = []
    for tag, place in task.other_languages:
        with language(tag):
            links.append(BarLink(say("language-name"), place))
    return links


def relative(there: Path, here: Path) -> str:
    """The way from one folder to another, as a link has it."""
    return Path(os.path.relpath(there, here)).as_posix()


def _execute_and_render(
    task: Task, unit: Unit, aside: Path, scratch: Path, hide: Hide, bar: Sequence[BarLink]
) -> None:
    """Executes the notebook, which leaves its tables and record in `aside`, and renders it there."""
    given = {"unit": task.unit, "save_to": str(aside)}
    if task.entry:
        given[task.entry.parameter] = task.entry.name
    if task.is_summary and "records" in parameters_of(task.notebook):
        given["records"] = str(task.folder)
    if task.language != (unit.language or ENGLISH) and "language" in parameters_of(task.notebook):
        given["language"] = task.language  # so that the notebook says so, too
    notebook = execute(task.notebook, given, scratch)
    if not (aside / RECORD).is_file():  # the only proof of success that does not come from papermill
        last = next((cell.source for cell in reversed(notebook.cells) if cell.cell_type == "code"), "")
        raise CellFailed(wrong("no-record", task.notebook.name, file=RECORD), last)
    notebook.metadata.pop("papermill", None)  # paths of this machine; the manifest says the rest
    places = {str(aside): "save_to", given.get("records"): "records"}
    notebook = _map_text(in_language(notebook), lambda text: hide(_without(text, places)))
    about = [unit.title or unit.unit, *([task.entry.title] if task.entry else [])]
    title = " – ".join([*about, _title_of(notebook, task.notebook.stem)])
    write(aside / "notebook.ipynb", nbformat.writes(notebook, version=4))
    languages = _other_languages(task)
    page = render(notebook, title=hide(title), bar=bar, languages=languages, home_link=_home_link(task))
    write(aside / PAGE, page)


def _home_link(task: Task) -> str:
    return "../index.html" if task.is_summary else "../../index.html"


def _keep_previous(folder: Path, aside: Path) -> None:
    """The record that a report takes the place of stays beside it, if that was about less data."""
    old, new = (read_json(place / RECORD) for place in (folder, aside))
    if old and old.get("as_of", "") < new.get("as_of", ""):
        write_json(aside / PREVIOUS, old)


def _without(text: str, places: Mapping[str | None, str]) -> str:
    """Folders of this machine, by what they are called in the notebook."""
    for place, name in places.items():
        text = text.replace(place, name) if place else text
    return text


def _map_text(node: Any, change: Callable[[str], str]) -> Any:
    """The same notebook with every text in it changed, whatever it is nested in."""
    if isinstance(node, str):
        return change(node)
    if isinstance(node, dict):
        return type(node)({key: _map_text(value, change) for key, value in node.items()})
    return [_map_text(item, change) for item in node] if isinstance(node, list) else node


def _title_of(notebook: nbformat.NotebookNode, fallback: str) -> str:
    first = re.search(r"^# (.+)$", notebook.cells[0].source, re.MULTILINE) if notebook.cells else None
    return str(first.group(1)) if first else fallback


def _leave_error_page(task: Task, error: Exception, fault: KeepbookError, hide: Hide) -> None:
    """Beside the last good report, which stays; a disk without room even for it is told in the outcome."""
    trace = "" if isinstance(error, KeepbookError) else "".join(traceback.format_exception(error))
    cell = ""
    if isinstance(error, CellFailed):
        cell, trace = error.cell, error.traceback
    try:
        page = render_error(
            unit=task.unit,
            notebook=task.subject,
            error=hide(fault.what),
            where=[(label, hide(text)) for label, text in fault.lines()],
            cell=hide(cell) or None,
            traceback=hide(trace) or None,
            previous=PAGE if (task.folder / PAGE).is_file() else None,
            home_link=_home_link(task),
        )
        write(task.folder / ERROR_PAGE, page)
        write_json(task.folder / ERROR_RECORD, {name: hide(text) for name, text in fault.to_dict().items()})
    except OSError:
        return


def stamp() -> dict[str, Any]:
    """What every manifest begins with: schema number, time, versions."""
    return {
        "schema": 1,
        "written_at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in (*VERSIONS, "papermill", "nbconvert")},
    }
