"""Order lines → cohort triangle and RFM: keepbook beside pandas and lifetimes, one fresh process each.

    python bench/triangle.py [--lines 1000000 10000000 50000000] [--repeat 3] [--all] [--clean]

Every answer is compared with the others' before its time counts.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
MILLION = 1_000_000
ONCE_FROM = 50 * MILLION  # one repetition from here on, and no contestant that needs the memory of a server
JOBS = {
    "plain": ["keepbook", "pandas", "lifetimes"],
    "cleaned": ["keepbook-cleaned", "pandas-cleaned"],
}
MAKE = (
    "import sys, pathlib, keepbook.simulate as s; s.stream_lines(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
)


@dataclass
class Result:
    """All runs of one contestant at one size."""

    lines: int
    job: str
    name: str
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)  # over all cores; other programs do not add to it
    peak_memory: list[int] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    missing: str = ""  # why there is no time


def main() -> None:
    options = read_options()
    console = Console(stderr=True)
    results = [
        Result(lines, job, name, missing=skipped(lines, name, options.all))
        for lines in options.lines
        for job, names in JOBS.items()
        for name in names
    ]
    run_all(results, options.repeat, console)
    faults = [fault for group in groups(results) for fault in disagreements(group)]
    print(as_markdown(results))
    print("\n".join(faults) or "Every contestant of a job gave the same answer.")
    if options.clean:
        shutil.rmtree(DATA, ignore_errors=True)
    sys.exit(bool(faults))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="keepbook beside pandas and lifetimes, on simulated order lines."
    )
    parser.add_argument(
        "--lines", type=int, nargs="+", default=[MILLION, 10 * MILLION, 50 * MILLION], help="sizes to measure"
    )
    parser.add_argument(
        "--repeat", type=int, default=3, help="repetitions below 50 million lines (default 3)"
    )
    parser.add_argument("--all", action="store_true", help="also run what needs 8 GB or more")
    parser.add_argument("--clean", action="store_true", help="delete the simulated data afterwards")
    return parser.parse_args()


def skipped(lines: int, name: str, everything: bool) -> str:
    heavy = lines >= ONCE_FROM and not name.startswith("keepbook")
    return "skipped: memory grows with lines; `--all` runs it" if heavy and not everything else ""


def run_all(results: list[Result], repeat: int, console: Console) -> None:
    """Runs contestants in turn, forwards and backwards by repetition, so that none always comes first."""
    turns = list(schedule(results, repeat))
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(turns))
        for result in turns:
            progress.update(task, description=f"{result.lines // 1000:,} k lines · {result.name}")
            if not result.missing:
                run_once(result, order_lines(result.lines))
            progress.advance(task)


def schedule(results: list[Result], repeat: int) -> Iterator[Result]:
    for lines in dict.fromkeys(result.lines for result in results):
        turn = [result for result in results if result.lines == lines and not result.missing]
        for repetition in range(1 if lines >= ONCE_FROM else repeat):
            yield from reversed(turn) if repetition % 2 else turn


def order_lines(lines: int) -> Path:
    """The folder with so many simulated lines, made once, by a process of its own."""
    folder = DATA / f"lines-{lines}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        subprocess.run([sys.executable, "-c", MAKE, str(unfinished), str(lines)], check=True)
        unfinished.rename(folder)
    return folder


def run_once(result: Result, folder: Path) -> None:
    command = [sys.executable, str(HERE / "contestants.py"), result.name, str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONWARNINGS": "ignore"}
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        result.missing = f"failed ({done.returncode}): {last[0]}"
        return
    result.answer = json.loads(done.stdout)
    result.seconds.append(result.answer.pop("seconds"))
    result.cpu_seconds.append(result.answer.pop("cpu_seconds"))
    result.peak_memory.append(result.answer.pop("peak_memory"))


# ----------------------------------------------------------------------------------------- same answer?


def groups(results: list[Result]) -> Iterator[list[Result]]:
    """Those that did one job at one size, keepbook first: their answers must agree."""
    for key in dict.fromkeys((result.lines, result.job) for result in results):
        yield [result for result in results if (result.lines, result.job) == key]


def disagreements(group: list[Result]) -> Iterator[str]:
    """Failures, and answers unlike the first: counts must be equal, money to 1e-9 of itself (sums differ
    in the order of adding)."""
    yield from (f"{r.name} at {r.lines:,} lines {r.missing}" for r in group if r.missing.startswith("failed"))
    answered = [result for result in group if result.answer]
    for other in answered[1:]:
        for part in other.answer:
            if not alike(answered[0].answer[part], other.answer[part]):
                yield f"DIFFERENT at {other.lines:,} lines: {part} of {answered[0].name} and {other.name}"


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return math.isclose(one, other, rel_tol=1e-9)


# ---------------------------------------------------------------------------------------------- the table


def as_markdown(results: list[Result]) -> str:
    head = ["lines", "job", "contestant", "s", "min – max s", "time ×", "CPU s", "peak MB", "memory ×"]
    rows = [cells_of(result, group[0]) for group in groups(results) for result in group]
    lines = [head, ["---:", "---", "---", *["---:"] * 6], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def cells_of(result: Result, keepbook: Result) -> list[str]:
    """One row of medians; × is the contestant's figure over keepbook's."""
    named = [f"{result.lines:,}", result.job, result.name.removesuffix("-cleaned")]
    if not result.seconds:
        return [*named, result.missing, *[""] * 5]
    seconds, peak = median(result.seconds), median(result.peak_memory)
    times = memory = ""
    if keepbook.seconds:
        times = f"{seconds / median(keepbook.seconds):.1f}"
        memory = f"{peak / median(keepbook.peak_memory):.1f}"
    span = f"{min(result.seconds):.2f} – {max(result.seconds):.2f}"
    cpu = f"{median(result.cpu_seconds):.2f}"
    return [*named, f"{seconds:.2f}", span, times, cpu, f"{peak / 1e6:,.0f}", memory]


if __name__ == "__main__":
    main()
