"""`keepbook run | check | list | schema`: the workbook from a terminal or a scheduler.

Exit codes: 0 all is well; 1 a unit failed; 2 the request itself is wrong; 130 interrupted.
Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keepbook import __version__
from keepbook.errors import KeepbookError

if TYPE_CHECKING:
    from keepbook.params import Unit

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    args = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except KeepbookError as error:
        if args.debug:
            raise
        print(error, file=sys.stderr)
        return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keepbook", description="Who stays, what customers are worth, and which retention strategy works."
    )
    parser.add_argument("--version", action="version", version=f"keepbook {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", parents=[common], help="make the reports that are out of date")
    run.add_argument("units", nargs="*", metavar="UNIT", help="business units (default: all in params/)")
    run.add_argument("--only", action="append", default=[], metavar="NOTEBOOK", help="by number or name; may be repeated")
    run.add_argument("--jobs", type=_positive, metavar="N", help="notebooks at the same time (default: one per processor)")
    run.add_argument("--force", action="store_true", help="make even what is up to date")
    run.add_argument("--reports", type=Path, metavar="FOLDER", help="where to (default: reports/)")
    run.set_defaults(command=_run)

    check = commands.add_parser("check", parents=[common], help="validate units and their data; show the ledger")
    check.add_argument("units", nargs="*", metavar="UNIT", help="business units (default: all in params/)")
    check.set_defaults(command=_check)

    listing = commands.add_parser("list", parents=[common], help="list units, notebooks and the state of their reports")
    listing.set_defaults(command=_list)

    schema = commands.add_parser("schema", parents=[common], help="write params/unit.schema.json for editors")
    schema.set_defaults(command=_schema)
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1")
    return int(text)


# ── run ─────────────────────────────────────────────────────────────────────────────────────────────────


def _run(args: argparse.Namespace) -> int:
    from keepbook.params import find_home
    from keepbook.progress import Progress
    from keepbook.runner import run

    home = find_home()
    units = _known(args.units, home)
    reports = args.reports.resolve() if args.reports else home / "reports"
    try:
        with Progress() as progress:
            outcomes = run(
                home, units, only=args.only, jobs=args.jobs, force=args.force, reports=reports, watch=progress.watch
            )
    except KeyboardInterrupt:
        print("Interrupted. Finished reports stand; run again to make the rest.", file=sys.stderr)
        os._exit(INTERRUPTED)  # the kernels notice that their parent is gone and end themselves
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    made = sum(outcome.status == "made" for outcome in outcomes)
    current = sum(outcome.status == "current" for outcome in outcomes)
    print(f"{made} made, {current} up to date, {len(failed)} failed. Open {reports / 'index.html'}")
    for outcome in failed:
        print(f"\n{outcome.unit} · {outcome.notebook}: {outcome.fault}", file=sys.stderr)
    return FAILED if failed else OK


def _known(units: Sequence[str], home: Path) -> list[str]:
    """The units asked for, or all; a name that no file bears is refused before anything runs."""
    from keepbook.errors import nearest
    from keepbook.params import unit_names

    names = unit_names(home)
    if not names:
        raise KeepbookError(
            "There is no unit file.", where=str(home / "params"), do="Add one, e.g. a copy of a sample with your names."
        )
    for unit in units:
        if unit not in names:
            raise KeepbookError(
                f"There is no business unit '{unit}'.", where=str(home / "params"), expected=nearest(unit, names)
            )
    return list(dict.fromkeys(units)) or names


# ── check, list, schema ─────────────────────────────────────────────────────────────────────────────────


def _check(args: argparse.Namespace) -> int:
    from keepbook.params import find_home, load_unit

    home = find_home()
    failed = 0
    for name in _known(args.units, home):
        try:
            _print_unit(load_unit(name, home))
        except KeepbookError as error:
            if args.debug:
                raise
            failed += 1
            print(f"✗ {name}\n{error}\n", file=sys.stderr)
    return FAILED if failed else OK


def _print_unit(unit: Unit) -> None:
    """One unit's data and ledger, as a page of text."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from keepbook.tables import open_tables
    from keepbook.words import day, money, number

    console = Console(highlight=False)
    with open_tables(unit) as tables:
        ledger, window = tables.ledger, tables.window
        people = tables.purchases.customer_id.nunique().to_pandas()
        page = Table(show_edge=False, pad_edge=False, header_style="dim")
        page.add_column("lines of the source")
        page.add_column("lines", justify="right")
        page.add_column("amount", justify="right")
        for rule, rows, amount, _matched in ledger.entries.itertuples(index=False):
            page.add_row(f"left out: {rule}", number(rows), money(amount, unit.currency))
        page.add_row("kept", number(ledger.rows_kept), money(float(ledger.amount_kept), unit.currency))
        page.add_row("all", number(ledger.rows_in), money(float(ledger.amount_in), unit.currency))
    kind = " (simulated data)" if unit.simulated else ""
    console.print(f"✓ [bold]{escape(unit.title or unit.unit)}[/bold]{kind}")
    console.print(f"  {number(people)} customers, {day(window.start)} to {day(window.as_of)}")
    console.print(page)
    console.print()


def _list(args: argparse.Namespace) -> int:
    from keepbook.params import find_home, load_unit, unit_names
    from keepbook.runner.plan import ERROR_PAGE, Task, inputs_of, is_current, notebooks_in

    home = find_home()
    notebooks = notebooks_in(home)
    for name in unit_names(home):
        try:
            unit = load_unit(name, home)
        except KeepbookError as error:
            print(f"{name:<16} ✗ {error.what}")
            continue
        for notebook in notebooks:
            task = Task(name, notebook, home / "reports" / name / notebook.stem)
            try:
                state = "up to date" if is_current(task, inputs_of(unit, notebook)) else "to be made"
            except KeepbookError as error:
                state = f"✗ {error.what}"
            if (task.folder / ERROR_PAGE).exists():
                state = "failed last time"
            print(f"{name:<16} {notebook.stem:<24} {state}")
    return OK


def _schema(args: argparse.Namespace) -> int:
    import json

    from keepbook.params import find_home, unit_schema

    path = find_home() / "params" / "unit.schema.json"
    path.write_text(json.dumps(unit_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Wrote {path}")
    return OK


if __name__ == "__main__":
    sys.exit(main())
