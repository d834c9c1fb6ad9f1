"""`keepbook init | check | run | list | schema`: the workbook from a terminal or a scheduler.

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

from keepbook import __version__
from keepbook.errors import KeepbookError, printable
from keepbook.text import as_error, error_text

if TYPE_CHECKING:
    from keepbook.runner import Outcome, Task

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ gets a ? and no traceback
    args = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        code = command(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        _say("Interrupted. Finished reports stand; run again to make the rest.", sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, e.g. `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        _say(traceback.format_exc() if args.debug else error_text(as_error(error)), sys.stderr)
        return WRONG if isinstance(error, KeepbookError) else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keepbook",
        description="Retention reports of business units from one YAML file each.",
    )
    parser.add_argument("--version", action="version", version=f"keepbook {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    units = argparse.ArgumentParser(add_help=False)
    units.add_argument("units", nargs="*", metavar="UNIT", help="business units (default: all in params/)")

    run = commands.add_parser("run", parents=[common, units], help="make the reports that are out of date")
    run.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NOTEBOOK",
        help="by number or name, or one experiment or change by its name; may be repeated",
    )
    run.add_argument(
        "--jobs", type=_positive, metavar="N", help="notebooks at the same time (default: one per processor)"
    )
    run.add_argument("--force", action="store_true", help="make even what is up to date")
    run.add_argument("--reports", type=Path, metavar="FOLDER", help="where to (default: reports/)")
    run.set_defaults(command=_run)

    _add_init(commands, common)

    check = commands.add_parser(
        "check", parents=[common, units], help="validate units and their data; show what they will carry"
    )
    check.set_defaults(command=_check)

    listing = commands.add_parser(
        "list", parents=[common], help="list units, notebooks and the state of their reports"
    )
    listing.set_defaults(command=_list)

    schema = commands.add_parser("schema", parents=[common], help="write params/unit.schema.json for editors")
    schema.set_defaults(command=_schema)
    return parser


def _add_init(commands: argparse._SubParsersAction, common: argparse.ArgumentParser) -> None:
    init = commands.add_parser("init", parents=[common], help="write a new unit's file from its export")
    init.add_argument("unit", metavar="UNIT", help="name of the new business unit")
    init.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="SOURCE",
        help="file, folder, 'pattern', or database URL",
    )
    init.add_argument("--customers", metavar="SOURCE", help="an export of the customers, too")
    init.add_argument("--preset", metavar="NAME", help="what the export is, where that is not recognised")
    init.add_argument("--timezone", metavar="ZONE", help="the shop's own, such as Asia/Shanghai")
    init.add_argument("--currency", metavar="CODE", help="such as EUR")
    init.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="key of the source: encoding=cp1250, sheet=Orders, table=sales.orders, customers.table=people",
    )
    init.add_argument(
        "--force", action="store_true", help="write over a file that is there; it is kept as .bak"
    )
    init.set_defaults(command=_init)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1")
    return int(text)


def _say(text: str, stream: TextIO) -> None:
    print(printable(text), file=stream)


# ── run ─────────────────────────────────────────────────────────────────────────────────────────────────


def _run(args: argparse.Namespace) -> int:
    from keepbook.console.progress import Progress
    from keepbook.runner import run, tasks_of
    from keepbook.unit import find_home

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's way to say Ctrl-C
    home = find_home()
    reports = args.reports.resolve() if args.reports else home / "reports"
    tasks = tasks_of(home, args.units, args.only, reports)
    with Progress(len(tasks)) as progress:
        outcomes = run(
            home,
            args.units,
            only=args.only,
            jobs=args.jobs,
            force=args.force,
            reports=reports,
            watch=progress.watch,
        )
    return _summed_up(outcomes, tasks, reports)


def _summed_up(outcomes: Sequence[Outcome], tasks: Sequence[Task], reports: Path) -> int:
    """What was made, on stdout; what failed and where its page is, on stderr."""
    counts = {s: sum(o.status == s for o in outcomes) for s in ("made", "current", "failed")}
    place = reports / "index.html"
    _say(
        "{made} made, {current} up to date, {failed} failed.".format(**counts) + f" Open {place}", sys.stdout
    )
    pages = {(task.unit, task.page): task.folder / "error.html" for task in tasks}
    for outcome in outcomes:
        if outcome.status == "failed":
            page = pages.get((outcome.unit, outcome.notebook))
            more = f"\n  {'page:':<9} {page}" if page and page.exists() else ""
            _say(f"\n{outcome.unit} · {outcome.notebook}: {outcome.fault}{more}", sys.stderr)
    return FAILED if counts["failed"] else OK


# ── init ────────────────────────────────────────────────────────────────────────────────────────────────


def _init(args: argparse.Namespace) -> int:
    from keepbook.console.draft import show_draft
    from keepbook.drafting import drafted, written
    from keepbook.unit import find_home, new_unit_file, table_keys

    home = find_home()
    path = new_unit_file(args.unit, home, overwrite=args.force)
    keys = table_keys(args.set)
    sources = {"transactions": {"source": _from_home(args.source, home), **keys["transactions"]}}
    if args.customers:
        sources["customers"] = {"source": _from_home(args.customers, home), **keys["customers"]}
    draft = drafted(
        args.unit, home, sources, preset=args.preset, timezone=args.timezone, currency=args.currency
    )
    if path.exists():
        path.replace(path.with_suffix(".yaml.bak"))
    path.write_text(written(draft), encoding="utf-8")
    show_draft(draft, path)
    return OK if draft.complete else FAILED


def _from_home(source: str, home: Path) -> str:
    """A file as the unit file names it: from the project folder, where it lies inside it."""
    path = Path(source)
    if not path.exists():
        return source  # a pattern, a URL, or a fault that is as_error where it is opened
    whole = path.resolve()
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else str(whole)


# ── check, list, schema ─────────────────────────────────────────────────────────────────────────────────


def _check(args: argparse.Namespace) -> int:
    from datetime import date

    from keepbook.console.check import show
    from keepbook.console.experiments import strategies
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
                tried = strategies(tables, unit)
            show(found, tables, unit, hide, strategies=tried)
            failed += tried.faulty
        except Exception as error:  # one unit's fault never keeps the others from being checked
            failed += 1
            fault = traceback.format_exc() if args.debug else error_text(as_error(error))
            _say(f"✗ {name}\n{hide(fault)}\n", sys.stderr)
    return FAILED if failed else OK


def _list(args: argparse.Namespace) -> int:
    from keepbook.runner.plan import tasks_of
    from keepbook.unit import find_home

    home = find_home()
    tasks = tasks_of(home, (), (), home / "reports")
    unit = max([16, *(len(task.unit) for task in tasks)])
    page = max([24, *(len(task.page) for task in tasks)])
    for task in tasks:
        print(f"{task.unit:<{unit}} {task.page:<{page}} {_state_of(task, home)}")
    return OK


def _state_of(task: Task, home: Path) -> str:
    from keepbook.runner.plan import ERROR_PAGE, inputs_of, is_current, sisters_of
    from keepbook.unit import load_unit

    try:
        unit = load_unit(task.unit, home)
        if (task.folder / ERROR_PAGE).exists():
            return "failed last time"
        inputs = inputs_of(unit, task.notebook, sisters_of(task, home))
        return "up to date" if is_current(task, inputs) else "to be made"
    except (KeepbookError, OSError) as error:
        return f"✗ {as_error(error).what}"


def _schema(args: argparse.Namespace) -> int:
    import json

    from keepbook.unit import find_home, unit_schema

    path = find_home() / "params" / "unit.schema.json"
    path.write_text(json.dumps(unit_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Wrote {path}")
    return OK


if __name__ == "__main__":
    sys.exit(main())
