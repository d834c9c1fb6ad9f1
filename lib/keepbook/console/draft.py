"""What `keepbook init` shows: how it read an export, what it took every column for, and what to look at."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from keepbook.drafting import Draft, Part
from keepbook.errors import printable
from keepbook.text import _

SUCH = 30  # characters of example values


def show_draft(draft: Draft, path: Path, console: Console | None = None) -> None:
    """Prints one page; `path`: where the unit file was written."""
    out = console or Console(highlight=False)
    for name, part in draft.tables.items():
        source = part.keys.get("source", "")
        out.print(Text.assemble(("✓ " if not part.missing else "! "), (f"{name}: ", "bold"), _plain(source)))
        if part.preset:
            out.print(Text(f"  {_('Recognised')}: {_plain(part.preset.about)}"))
        for words in part.stated:
            out.print(Text(f"  {_plain(words)}", "dim"))
        out.print(Padding(_columns(part), (1, 2, 0, 2)))
        if unused := [column for column in part.looks if column not in _used(part)]:
            out.print(Text(f"  {_('Not used')}: {_plain(', '.join(unused))[:300]}", "dim"))
        out.print()
    for words in (*_missing(draft), *draft.unsure):
        out.print(Text(f"! {_plain(words)}", "yellow"))
    if draft.unsure or not draft.complete:
        out.print()
    out.print(Text(f"{_('Wrote')} {path}"))
    step = (
        _("Next: keepbook check {unit}")
        if draft.complete
        else _("Decide what is marked there, then: keepbook check {unit}")
    )
    out.print(Text(step.format(unit=draft.unit)))


def _columns(part: Part) -> Table:
    page = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for title in (_("taken for"), _("column"), _("such as"), _("and its values")):
        page.add_column(title, overflow="fold")
    for role, guess in part.columns.items():
        such = ", ".join(part.looks[guess.column].examples)
        page.add_row(*map(Text, (role, _plain(guess.column), _plain(such)[:SUCH], _plain(guess.why))))
    return page


def _used(part: Part) -> set[str]:
    conditions = [part.keys.get(key, {}) for key in ("where", "cancelled")]
    conditions += list(part.keys.get("exclude", {}).values())
    return {guess.column for guess in part.columns.values()} | {
        name for block in conditions for name in block
    }


def _missing(draft: Draft) -> list[str]:
    return [
        _("No column was recognised for {role}: name it in the file.").format(role=role)
        for part in draft.tables.values()
        for role in part.missing
    ]


def _plain(text: str) -> str:
    return printable(" ".join(str(text).split()))
