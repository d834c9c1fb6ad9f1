"""`keepbook export`: reports of units as files to take away, and what is said of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from keepbook.errors import KeepbookError, printable
from keepbook.export import UnitReports, find_chromium, read_reports, write_document, write_workbook
from keepbook.export.reports import RECORD
from keepbook.runner.entries import Entry
from keepbook.runner.plan import MANIFEST, PAGE, SUMMARY, Task, read_json, tasks_of, unit_if_sound
from keepbook.text import catalogue, current, errors, language, languages, listed, number

KINDS = {"xlsx": ("xlsx",), "pdf": ("pdf",), "both": ("xlsx", "pdf")}

say, wrong = catalogue("export"), errors("export")
Tell = Callable[[str], None]


class Wanted(NamedTuple):
    """What to export, and where to."""

    home: Path  # the project folder
    reports: Path
    kinds: Sequence[str]  # `xlsx`, `pdf`
    to: Path | None  # folder of the files; None puts them beside the unit's reports


def export_unit(unit: str, tag: str | None, wanted: Wanted, tell: Tell) -> list[KeepbookError]:
    """Writes the files of one unit.

    Parameters
    ----------
    unit : its name.
    tag : language of the reports; None takes those that a run makes by itself.
    wanted : what else there is to know.
    tell : takes a line about each file, when it is there.

    Returns
    -------
    list[KeepbookError] : what kept a file from being made; the others are there.

    Raises
    ------
    KeepbookError : no report stands, or none in the language.
    OSError : a file cannot be written.
    """
    (tree, tasks), spoken, faults = _standing(unit, tag, wanted), current(), list[KeepbookError]()
    suffix = f"-{tag}" if tree != wanted.reports else ""
    with (
        language(tag or next(filter(None, map(_language, tasks)), spoken)),
        Console(stderr=True, highlight=False).status("") as status,
    ):
        found = read_reports(unit, [(task.page, task.subject, task.folder) for task in tasks])
        for kind in wanted.kinds:
            path = (wanted.to or tree / unit) / f"{unit}-{found.as_of}{suffix}.{kind}"

            def watch(what: str, kind: str = kind) -> None:
                with language(spoken):
                    status.update(escape(printable(say(f"making-{kind}", unit=unit, what=what))))

            try:
                pieces = _write(kind, found, path, watch)
            except KeepbookError as error:
                faults.append(error)
                continue
            with language(spoken):
                tell(say(f"wrote-{kind}", path=str(path), size=_size(path), n=pieces))
    if missing := [task.page for task in tasks if task.page not in {one.page for one in found.reports}]:
        tell(say("left-out", unit=unit, names=listed(missing)))
    return faults


def _write(kind: str, found: UnitReports, path: Path, watch: Tell) -> int:
    """One file; the number of its sheets or pages."""
    if kind == "xlsx":
        return write_workbook(found, path, watch)
    return write_document(found, path, find_chromium(found.reports[0].folder / PAGE), watch)


def _standing(unit: str, tag: str | None, wanted: Wanted) -> tuple[Path, list[Task]]:
    """The tree of pages that has the language, and the reports of the unit in it."""
    trees = [wanted.reports, *([wanted.reports / tag] if tag else [])]
    tasks = {tree: _tasks(unit, wanted.home, tree) for tree in trees}
    for tree, found in tasks.items():
        if tag is None or tag in map(_language, found):
            return tree, found
    places = [wanted.reports, *(wanted.reports / other for other in languages())]
    known = {_language(task) for tree in places for task in _tasks(unit, wanted.home, tree)} - {""}
    if not known:
        raise wrong("no-reports", wanted.reports / unit, unit=unit)
    raise wrong("no-reports-in", wanted.reports / unit, unit=unit, language=tag, known=listed(sorted(known)))


def _tasks(unit: str, home: Path, tree: Path) -> list[Task]:
    """The reports that a run would make; where the unit file is broken, those that stand."""
    own = tree / unit
    tasks = tasks_of(home, [unit], (), tree)
    if unit_if_sound(unit, home) is None:
        tasks = [_task(unit, home, path.parent) for path in sorted(own.glob(f"*/{MANIFEST}"))]
    if (own / PAGE).is_file() and own not in [task.folder for task in tasks]:
        tasks = [Task(unit, home / "notebooks" / f"{SUMMARY}.ipynb", own), *tasks]
    return sorted(tasks, key=lambda task: task.folder != own)  # made last, read first


def _task(unit: str, home: Path, folder: Path) -> Task:
    """The task whose report stands in a folder."""
    stem, _dash, name = folder.name.partition("-")
    record = read_json(folder / RECORD)
    about = record.get("experiment") or record.get("change") or {}
    entry = Entry("", name, about.get("title", name)) if name else None
    return Task(unit, home / "notebooks" / f"{stem}.ipynb", folder, entry)


def _language(task: Task) -> str:
    """That a report is written in; empty where none stands."""
    return str(read_json(task.folder / MANIFEST).get("inputs", {}).get("language", ""))


def _size(path: Path) -> str:
    size = path.stat().st_size / 1000
    return (
        say("size-kb", number=number(size)) if size < 1000 else say("size-mb", number=number(size / 1000, 1))
    )
