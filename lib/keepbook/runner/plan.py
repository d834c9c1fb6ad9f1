"""What there is to run, what became of it, and whether it is up to date."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions as metadata_of
from importlib.metadata import requires, version
from importlib.resources import files
from os.path import relpath
from pathlib import Path
from typing import Literal

from keepbook.errors import suggestion
from keepbook.page.records import ERROR_RECORD, read_json
from keepbook.reading.locate import fingerprint
from keepbook.runner.entries import Entry, entries_of, entry_parameter
from keepbook.text import ENGLISH, catalogue, check, current, errors, hint, listed, subject_of
from keepbook.unit import Unit, load_unit, unit_names

MANIFEST = "manifest.json"  # the seal of a report, see `publish`
PAGE, ERROR_PAGE = "index.html", "error.html"
SUMMARY = "0_summary"  # the notebook made last of a unit, from its other pages' records: the unit's own page

say, wrong = catalogue("runner"), errors("runner")
Status = Literal["made", "current", "failed"]


@dataclass(frozen=True)
class Task:
    """One notebook for one unit, perhaps for one entry of its file, and the folder the report goes to."""

    unit: str
    notebook: Path
    folder: Path
    entry: Entry | None = None
    language: str = ENGLISH  # of the page
    other_languages: tuple[tuple[str, str], ...] = ()  # of the same run: tag, link to the same page in it

    @property
    def page(self) -> str:
        """Name of the report: `2_cohort_retention`, `6_strategy_comparison-winback_voucher`."""
        return page_of(self.notebook, self.entry)

    @property
    def is_summary(self) -> bool:
        """Whether it is made of the unit's other reports."""
        return self.notebook.stem == SUMMARY

    @property
    def name(self) -> str:
        """For whoever watches a run; the language where there are several."""
        return " · ".join([self.unit, self.page, *([self.language] if self.other_languages else [])])

    @property
    def subject(self) -> str:
        """What the report is about, for a reader: `Cohort retention`, `Strategy: Win-back voucher`."""
        subject = subject_of(self.notebook.stem)
        return say("of-entry", subject=subject, title=self.entry.title) if self.entry else subject

    @property
    def short_subject(self) -> str:
        """The same in the bar: the title alone of what has one of its own."""
        return self.entry.title if self.entry else subject_of(self.notebook.stem)


@dataclass(frozen=True)
class Outcome:
    """What became of a task."""

    unit: str
    notebook: str  # the report's name, `Task.page`
    status: Status  # `current`: there was nothing to do
    seconds: float
    inputs: dict[str, str | None]  # hashes of what the report depends on
    fault: str = ""  # why it failed, as a person is told
    language: str = ENGLISH


def page_of(notebook: Path, entry: Entry | None) -> str:
    """Name of a report and of its folder."""
    return f"{notebook.stem}-{entry.name}" if entry else notebook.stem


def place_of(unit: str, notebook: Path, entry: Entry | None) -> Path:
    """Where in a tree a report stands: each in a folder of its own, a unit's summary in the unit's."""
    return Path(unit) if notebook.stem == SUMMARY else Path(unit, page_of(notebook, entry))


def trees_of(reports: Path, languages: Iterable[str] = ()) -> dict[Path, str | None]:
    """Folder of a language's pages → the language; None: each unit's own.

    >>> {str(folder): tag for folder, tag in trees_of(Path("reports"), ["en", "zh"]).items()}
    {'reports': 'en', 'reports/zh': 'zh'}
    """
    tags = list(dict.fromkeys(languages))
    return {reports: tags[0] if tags else None, **{reports / tag: tag for tag in tags[1:]}}


def tasks_of(
    home: Path, units: Sequence[str], only: Iterable[str], reports: Path, languages: Sequence[str] = ()
) -> list[Task]:
    """Languages × units × notebooks × what each is made for, in order; no unit means all of them.

    `only` picks notebooks by number, name or file name; single reports by their name, or that of their entry;
    no pick means all. `languages`: of the pages, whatever the unit files say; none: as they say.

    Raises
    ------
    KeepbookError : a unit, pick or language that is not there, or nothing to run at all.
    """
    trees = trees_of(reports, languages)
    for tag in filter(None, trees.values()):
        check(tag)
    _no_unit_in_the_way(home, list(trees))
    notebooks = {notebook: entry_parameter(notebook) for notebook in notebooks_in(home)}
    known = {unit: unit_if_sound(unit, home) for unit in units_in(home, units)}
    tasks = [
        Task(unit, notebook, tree / path, entry, tag or _language_of(loaded), _elsewhere(path, tree, trees))
        for tree, tag in trees.items()
        for unit, loaded in known.items()
        for notebook, parameter in notebooks.items()
        for entry in entries_of(loaded, parameter)
        for path in [place_of(unit, notebook, entry)]
    ]
    broken = [f"params/{unit}.yaml" for unit, loaded in known.items() if loaded is None]
    return _picked(tasks, list(notebooks), list(only), broken if any(notebooks.values()) else [])


def _no_unit_in_the_way(home: Path, trees: Sequence[Path]) -> None:
    """A unit called zh has its pages where those of all units in Chinese would be."""
    names = {name.casefold(): name for name in unit_names(home)}
    for tree in trees[1:]:
        if name := names.get(tree.name.casefold()):
            raise wrong("unit-in-the-way", f"params/{name}.yaml", unit=name, tag=tree.name)


def _language_of(unit: Unit | None) -> str:
    return (unit and unit.language) or current()


def _elsewhere(path: Path, tree: Path, trees: dict[Path, str | None]) -> tuple[tuple[str, str], ...]:
    """The other languages of a report, and where it is in them, as a link of its own page."""
    others = {str(tag): other / path / PAGE for other, tag in trees.items() if other != tree}
    return tuple((tag, Path(relpath(page, tree / path)).as_posix()) for tag, page in others.items())


def unit_if_sound(unit: str, home: Path) -> Unit | None:
    """The unit; None where its file is broken, as the reports to be made of it will say."""
    try:
        return load_unit(unit, home)
    except Exception:  # one unit's fault never keeps the others from being planned
        return None


def _picked(tasks: list[Task], notebooks: list[Path], only: list[str], broken: list[str]) -> list[Task]:
    """The tasks that `only` picks, or all; what could be a notebook or an entry is the notebook.

    With a report goes the summary of its unit, which speaks of it.
    """
    wanted = set[Task]()
    for pick in only:
        named = [p for p in notebooks if pick in (p.stem, p.name, *p.stem.partition("_")[::2])]
        found = {task for task in tasks if (task.notebook in named if named else pick in _own_names(task))}
        if not named and not found:
            known = {path.stem for path in notebooks} | {name for task in tasks for name in _own_names(task)}
            near = hint(suggestion(pick, known))
            where, unread = notebooks[0].parent, listed(broken) or None
            raise wrong("no-notebook-named", where, name=pick, hint=near, broken=unread)
        wanted |= found
    if only and not wanted:
        raise wrong("nothing-to-make", "params/", names=listed(only))
    places = {task.folder.parent for task in wanted}
    wanted |= {task for task in tasks if task.is_summary and task.folder in places}
    return [task for task in tasks if task in wanted] if only else tasks


def _own_names(task: Task) -> tuple[str, ...]:
    return (task.page, task.entry.name) if task.entry else ()


def units_in(home: Path, wanted: Iterable[str] = ()) -> list[str]:
    """The units asked for, each once, or all; a name that no file bears is refused."""
    names, wanted = unit_names(home), list(dict.fromkeys(wanted))
    if not names:
        raise wrong("no-unit-file", home / "params")
    for unit in wanted:
        if unit not in names:
            raise wrong("no-unit", home / "params", unit=unit, hint=hint(suggestion(unit, names)))
    return wanted or names


def notebooks_in(home: Path) -> list[Path]:
    """The notebooks of the project in order, if there are any."""
    known = sorted(path for path in (home / "notebooks").glob("*.ipynb") if not path.name.startswith("."))
    if not known:
        raise wrong("no-notebooks", home / "notebooks")
    return known


def sisters_of(task: Task, every: Iterable[Task]) -> list[Task]:
    """The reports of the same unit in the same language, itself among them."""
    return [one for one in every if (one.unit, one.language) == (task.unit, task.language)]


def comparison_units(task: Task, home: Path) -> list[Unit]:
    """The other units that the task's notebook opens."""
    return [load_unit(task.entry.comparison_unit, home)] if task.entry and task.entry.comparison_unit else []


def inputs_of(
    task: Task, unit: Unit, others: Sequence[Unit] = (), sisters: Sequence[Task] = ()
) -> dict[str, str | None]:
    """Everything a report depends on, mostly as hashes; data are None where only the database knows."""
    bar = [*(sister.page for sister in sisters), *(tag for tag, _link in task.other_languages)]
    return {
        **{f"unit_file of {other.unit}": other.file_hash for other in others},
        **{f"data of {other.unit}": fingerprint(other) for other in others},
        "unit_file": unit.file_hash,
        "data": fingerprint(unit),
        "notebook": hashlib.sha256(task.notebook.read_bytes()).hexdigest(),
        "library": library_hash(),
        "packages": packages_hash(),
        "language": task.language,
        "bar": " ".join(bar),
        **{f"report {one.page}": _hash_of_report(one) for one in sisters if task.is_summary and one != task},
    }


def _hash_of_report(task: Task) -> str:
    """Changes whenever the report is made, and when it fails."""
    digest = hashlib.sha256()
    for name in (MANIFEST, ERROR_RECORD):
        path = task.folder / name
        digest.update(path.read_bytes() if path.is_file() else b"-")
    return digest.hexdigest()


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
