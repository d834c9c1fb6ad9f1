"""What a person sees while reports are being made."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

from keepbook.runner import Outcome, Task

MARKS = {"made": "[green]✓[/green]", "current": "[dim]=[/dim]", "failed": "[red]✗[/red]"}
SAYS = {"made": "made", "current": "up to date", "failed": "failed"}


class Progress:
    """Finished reports scroll by; those being made stay below with their time. Plain lines without a terminal."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, stderr=True)
        self._spinners: dict[Task, Spinner] = {}
        self._live = Live(console=self.console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def watch(self, task: Task, outcome: Outcome | None) -> None:
        """Told by the runner when a task starts (None) and when it ends."""
        if outcome is None:
            self._spinners[task] = Spinner("dots", f" {escape(task.name)}")
        else:
            self._spinners.pop(task)
            self.console.print(f"{MARKS[outcome.status]} {escape(task.name)}  [dim]{SAYS[outcome.status]}, {outcome.seconds:.1f} s[/dim]")
        if self.console.is_terminal:
            rows = Table.grid()
            for spinner in self._spinners.values():
                rows.add_row(spinner)
            self._live.update(rows)
