"""Units × notebooks, side by side, each on its own; resumable, since what is up to date is left alone.

`lock` lets one run at a time into a folder of reports, `plan` says what there is to do (`entries`: which
notebooks are made once for each experiment or change of a unit), `task` makes one report (`kernel` runs its
notebook, `publish` puts the report in place, `secrets` keeps secrets out of it), and `index` lays the page
over all. The heavy ones are imported when there is something to run.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from keepbook.runner.lock import locked
from keepbook.runner.plan import Outcome, Task, sisters_of, tasks_of, trees_of
from keepbook.runner.publish import write_json
from keepbook.text import LANGUAGE, as_error, catalogue, error_text, language

RUN = "run.json"

say = catalogue("runner")

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
    languages: Sequence[str] = (),
    watch: Watch = lambda task, outcome: None,
) -> list[Outcome]:
    """Makes the reports of units, `jobs` at a time, and the index over all.

    Parameters
    ----------
    home : the project folder.
    units : none means all.
    only : notebooks by number or name, single experiments and changes by name; none means all.
    force : make even what is up to date.
    reports : where to; `home/reports` by default.
    languages : of the pages, whatever the unit files say, and none means as those say; the pages of each
        further language go to a folder of its name in `reports`.
    watch : told when a task starts (outcome None) and ends.

    Returns
    -------
    list[Outcome] : one per report, in order; one more if the index or run.json failed.

    Raises
    ------
    KeepbookError : a unit, notebook or language that is not there; another run in the same folder.
    OSError : `reports` cannot be made.
    """
    reports = (reports or home / "reports").resolve()
    tasks = tasks_of(home, units, only, reports, languages)
    with locked(reports) as scratch, _environment_of_kernels(home, scratch):
        every = tasks_of(home, units, (), reports, languages)
        outcomes = _side_by_side(tasks, every, home, reports, scratch, jobs or default_jobs(), force, watch)
        return outcomes + _all_units(home, reports, outcomes, languages)


def _side_by_side(
    tasks: list[Task],
    every: list[Task],
    home: Path,
    reports: Path,
    scratch: Path,
    jobs: int,
    force: bool,
    watch: Watch,
) -> list[Outcome]:
    from keepbook.runner.kernel import Kernel
    from keepbook.runner.task import make_report

    waiting, running, done = list(tasks), dict[Future[Outcome], Task](), dict[Task, Outcome]()
    Kernel.ending.clear()
    with ThreadPoolExecutor(jobs) as pool:  # leaves only when every thread has cleared up behind itself
        try:
            while waiting or running:
                while len(running) < jobs and (task := _ready(waiting, running.values())):
                    waiting.remove(task)
                    watch(task, None)
                    work = pool.submit(
                        make_report, task, home, reports, scratch, force, sisters_of(task, every)
                    )
                    running[work] = task
                # without a time limit Windows would not let Ctrl-C through
                for future in wait(running, timeout=0.5, return_when=FIRST_COMPLETED).done:
                    task = running.pop(future)
                    done[task] = future.result()
                    watch(task, done[task])
        except BaseException:
            Kernel.end_all()
            raise
    return [done[task] for task in tasks]


def _ready(waiting: list[Task], running: Iterable[Task]) -> Task | None:
    """The first task that can be started: the summary of a unit waits for the unit's other reports."""
    unfinished = {task.folder.parent for task in (*waiting, *running)}
    return next((task for task in waiting if not task.is_summary or task.folder not in unfinished), None)


def _all_units(home: Path, reports: Path, outcomes: list[Outcome], languages: Sequence[str]) -> list[Outcome]:
    """Writes the index of each language and the run's manifest; a failure is one more outcome, no crash."""
    from keepbook.runner.index import language_of_most, write_index
    from keepbook.runner.task import stamp

    started = time.perf_counter()
    try:
        for tree, tag in trees_of(reports, languages).items():
            with language(tag or os.environ.get(LANGUAGE) or language_of_most(home)):
                write_index(home, tree)
        write_json(reports / RUN, stamp() | {"outcomes": [asdict(outcome) for outcome in outcomes]})
    except OSError as error:
        seconds = round(time.perf_counter() - started, 2)
        fault = error_text(as_error(error))
        return [Outcome(say("all-units"), say("all-units.index"), "failed", seconds, {}, fault)]
    return []


@contextmanager
def _environment_of_kernels(home: Path, scratch: Path) -> Iterator[None]:
    """What kernels inherit: where the unit files are, and where temporary files go."""
    values = {"KEEPBOOK_HOME": home, "TMPDIR": scratch}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update({name: str(value) for name, value in values.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
