"""What a person sees while reports are being made."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from keepbook.errors import printable
from keepbook.runner import Outcome, Task
from keepbook.text import catalogue, number

MARKS = {"made": "[green]✓[/]", "current": "[dim]=[/]", "failed": "[red]✗[/]"}

say = catalogue("cli")


class Progress:
    """Finished reports scroll by; below them one bar over all, and by name those being made with their time.

    Where there is no terminal, each finished report is one plain line.
    """

    def __init__(self, total: int) -> None:
        self.console = Console(highlight=False, stderr=True)
        self.interactive = self.console.is_terminal and not self.console.is_dumb_terminal
        self._total, self._ended = total, 0
        overall = TextColumn(say("progress")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        one = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        self._overall, self._being_made = (
            Bars(*overall, console=self.console),
            Bars(*one, console=self.console),
        )
        self._bar = self._overall.add_task("", total=total)
        self._lines: dict[Task, TaskID] = {}
        self.display = Group(self._overall, self._being_made)
        self._live = Live(self.display, console=self.console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Progress:
        if self.interactive:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def watch(self, task: Task, outcome: Outcome | None) -> None:
        """Told by the runner when a task starts (None) and when it ends."""
        if outcome is None:
            self._lines[task] = self._being_made.add_task(escape(task.name))
            return
        self._being_made.remove_task(self._lines.pop(task))
        self._overall.advance(self._bar)
        self._ended += 1
        count = "" if self.interactive else f"[{self._ended}/{self._total}] "
        what = outcome.fault.splitlines()[0] if outcome.fault else None
        says = say("seconds", status=say(outcome.status), seconds=number(outcome.seconds, 1), what=what)
        line = (
            f"{escape(count)}{MARKS[outcome.status]} {escape(task.name)}  [dim]{escape(printable(says))}[/]"
        )
        self.console.print(line, soft_wrap=not self.interactive)
