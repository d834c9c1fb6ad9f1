"""`keepbook init | check | run | export | list | schema`: the workbook from a terminal or a scheduler.

Exit codes: 0 all is well; 1 a unit failed, or a file could not be written; 2 the request itself is wrong;
130 interrupted. Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from keepbook.console.arguments import asked_languages, parser
from keepbook.errors import KeepbookError, printable
from keepbook.text import ENGLISH, as_error, catalogue, check, current, error_text, language

if TYPE_CHECKING:
    from keepbook.runner import Outcome, Task

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130

say = catalogue("cli")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ gets a ? and no traceback
    asked = asked_languages(sys.argv[1:] if argv is None else argv)
    try:
        for tag in (*asked, current()):
            check(tag)
    except KeepbookError as error:
        _print(error_text(error), sys.stderr)
        return WRONG
    with language(asked[0] if asked else current()):
        return _command(parser().parse_args(argv))


def _command(args: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = COMMANDS[args.command]
    try:
        code = command(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        _print(say("interrupted"), sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, e.g. `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        _print(traceback.format_exc() if args.debug else error_text(as_error(error)), sys.stderr)
        return WRONG if isinstance(error, KeepbookError) else FAILED


def _print(text: str, stream: TextIO) -> None:
    print(printable(text), file=stream)


# ── run ─────────────────────────────────────────────────────────────────────────────────────────────────


def _run(args: argparse.Namespace) -> int:
    from keepbook.console.progress import Progress
    from keepbook.runner import run, tasks_of
    from keepbook.unit import find_home

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's way to say Ctrl-C
    home = find_home()
    reports = args.reports.resolve() if args.reports else home / "reports"
    tasks = tasks_of(home, args.units, args.only, reports, args.language)
    with Progress(len(tasks)) as progress:
        how = {name: getattr(args, name) for name in ("only", "jobs", "force")} | {"languages": args.language}
        outcomes = run(home, args.units, **how, reports=reports, watch=progress.watch)
    return _summed_up(outcomes, tasks, reports)


def _summed_up(outcomes: Sequence[Outcome], tasks: Sequence[Task], reports: Path) -> int:
    """What was made, on stdout; what failed and where its page is, on stderr."""
    counts = {s: sum(o.status == s for o in outcomes) for s in ("made", "current", "failed")}
    place = reports / "index.html"
    _print(say("run-ended", place=str(place), **counts), sys.stdout)
    pages = {(task.unit, task.page, task.language): task for task in tasks}
    for outcome in outcomes:
        if outcome.status == "failed":
            task = pages.get((outcome.unit, outcome.notebook, outcome.language))
            page = task and task.folder / "error.html"
            more = "\n" + say("page", path=str(page)) if page and page.exists() else ""
            name = task.name if task else f"{outcome.unit} · {outcome.notebook}"
            _print(f"\n{name}: {outcome.fault}{more}", sys.stderr)
    return FAILED if counts["failed"] else OK


# ── export ──────────────────────────────────────────────────────────────────────────────────────────────


def _export(args: argparse.Namespace) -> int:
    from keepbook.console.export import KINDS, Wanted, export_unit
    from keepbook.runner.plan import units_in
    from keepbook.unit import find_home

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = find_home()
    reports = args.reports.resolve() if args.reports else home / "reports"
    wanted = Wanted(home, reports, KINDS[args.kind], args.to.resolve() if args.to else None)
    failed = 0
    for unit in units_in(home, args.units):
        for tag in args.language or [None]:
            try:
                faults = export_unit(unit, tag, wanted, lambda line: _print(line, sys.stdout))
            except Exception as error:  # one unit's fault never keeps the others from being exported
                faults = [as_error(error)]
                _print(traceback.format_exc(), sys.stderr) if args.debug else None
            failed += bool(faults)
            for fault in faults:
                _print(f"✗ {unit}: {error_text(fault)}", sys.stderr)
    return FAILED if failed else OK


# ── init ────────────────────────────────────────────────────────────────────────────────────────────────


def _init(args: argparse.Namespace) -> int:
    from keepbook.console.draft import show_draft
    from keepbook.drafting.draft import draft_unit, unit_file_text
    from keepbook.unit import find_home, new_unit_file, table_keys

    home = find_home()
    path = new_unit_file(args.unit, home, overwrite=args.force)
    keys = table_keys(args.set)
    sources = {"transactions": {"source": _from_home(args.source, home), **keys["transactions"]}}
    if args.customers:
        sources["customers"] = {"source": _from_home(args.customers, home), **keys["customers"]}
    known = {name: getattr(args, name) for name in ("preset", "timezone", "currency", "language")}
    draft = draft_unit(args.unit, home, sources, **known)
    if path.exists():
        path.replace(path.with_suffix(".yaml.bak"))
    path.write_text(unit_file_text(draft), encoding="utf-8")
    show_draft(draft, path)
    return OK if draft.complete else FAILED


def _from_home(source: str, home: Path) -> str:
    """A file as the unit file names it: from the project folder, where it lies inside it."""
    path = Path(source)
    if not path.exists():
        return source  # a pattern, a URL, or a fault that is told where it is opened
    whole = path.resolve()
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else str(whole)


# ── check, list, schema ─────────────────────────────────────────────────────────────────────────────────


def _check(args: argparse.Namespace) -> int:
    from datetime import date

    from keepbook.console.check import show
    from keepbook.console.studies import studies
    from keepbook.quality import readiness
    from keepbook.runner.plan import units_in
    from keepbook.runner.secrets import hider
    from keepbook.tables import open_tables
    from keepbook.unit import find_home, load_unit

    home = find_home()
    failed = 0
    for name in units_in(home, args.units):
        hide: Callable[[str], str] = str
        try:
            unit = load_unit(name, home)
            hide = hider(unit.path)
            with open_tables(unit, experiments=False) as opened:
                tables = opened.with_experiments(unit.experiments)
                found = readiness(tables, unit, today=date.today())
                tried = studies(tables, unit)
            show(found, tables, unit, hide, studies=tried)
            failed += tried.has_errors
        except Exception as error:  # one unit's fault never keeps the others from being checked
            failed += 1
            fault = traceback.format_exc() if args.debug else error_text(as_error(error))
            _print(f"✗ {name}\n{hide(fault)}\n", sys.stderr)
    return FAILED if failed else OK


def _list(args: argparse.Namespace) -> int:
    from keepbook.runner.plan import tasks_of
    from keepbook.unit import find_home

    home = find_home()
    tasks = tasks_of(home, (), (), home / "reports", args.language)
    unit = max([16, *(len(task.unit) for task in tasks)])
    page = max([24, *(len(task.page) for task in tasks)])
    for task in tasks:
        language = f"{task.language:<5} " if task.other_languages else ""
        print(f"{task.unit:<{unit}} {task.page:<{page}} {language}{_state_of(task, home, tasks)}")
    return OK


def _state_of(task: Task, home: Path, every: Sequence[Task]) -> str:
    from keepbook.runner.plan import ERROR_PAGE, comparison_units, inputs_of, is_current, sisters_of
    from keepbook.unit import load_unit

    try:
        unit = load_unit(task.unit, home)
        if (task.folder / ERROR_PAGE).exists():
            return say("failed-last-time")
        inputs = inputs_of(task, unit, comparison_units(task, home), sisters_of(task, every))
        return say("up-to-date" if is_current(task, inputs) else "to-be-made")
    except (KeepbookError, OSError) as error:
        return f"✗ {as_error(error).what}"


def _schema(args: argparse.Namespace) -> int:
    import json

    from keepbook.unit import find_home, unit_schema

    schema = unit_schema(args.language or ENGLISH)
    path = find_home() / "params" / "unit.schema.json"
    path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _print(say("wrote", path=str(path)), sys.stdout)
    return OK


COMMANDS = {"run": _run, "export": _export, "init": _init, "check": _check, "list": _list, "schema": _schema}

if __name__ == "__main__":
    sys.exit(main())
