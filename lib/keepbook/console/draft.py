"""What `keepbook init` shows: how it read an export, what it took every column for, and what to look at."""

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from keepbook.drafting.draft import Draft, DraftedTable
from keepbook.errors import printable
from keepbook.text import catalogue, listed

MAX_EXAMPLES, MAX_UNUSED = 30, 300  # characters of example values, and of columns that are not used

say = catalogue("console")


def show_draft(draft: Draft, path: Path, console: Console | None = None) -> None:
    """Prints one page; `path`: where the unit file was written."""
    out = console or Console(highlight=False)
    for name, table in draft.tables.items():
        source = table.keys.get("source", "")
        out.print(Text.assemble(("✓ " if not table.missing else "! "), (f"{name}: ", "bold"), _plain(source)))
        if table.preset:
            out.print(Text(f"  {_plain(say('recognised', about=table.preset.about))}"))
        for sentence in map(str, table.stated):
            out.print(Text(f"  {_plain(sentence)}", "dim"))
        out.print(Padding(_columns(table), (1, 2, 0, 2)))
        if unused := [column for column in table.profiles if column not in _used(table)]:
            columns = _plain(listed(unused))[:MAX_UNUSED]
            out.print(Text(f"  {say('not-used', columns=columns)}", "dim"))
        out.print()
    missing = [say("no-column", role=role) for table in draft.tables.values() for role in table.missing]
    for sentence in (*missing, *draft.unsure):
        out.print(Text(f"! {_plain(sentence)}", "yellow"))
    if draft.unsure or not draft.complete:
        out.print()
    out.print(Text(say("wrote", path=str(path))))
    out.print(Text(say("next", complete=draft.complete, unit=draft.unit)))


def _columns(table: DraftedTable) -> Table:
    page = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for title in ("taken-for", "taken-for.column", "taken-for.examples", "taken-for.why"):
        page.add_column(say(title), overflow="fold")
    for role, guess in table.columns.items():
        examples = _plain(", ".join(table.profiles[guess.column].examples))[:MAX_EXAMPLES]
        page.add_row(*map(Text, (role, _plain(guess.column), examples, _plain(guess.why))))
    return page


def _used(table: DraftedTable) -> set[str]:
    conditions = [table.keys.get(key, {}) for key in ("where", "cancelled")]
    conditions += list(table.keys.get("exclude", {}).values())
    return {guess.column for guess in table.columns.values()} | {
        name for block in conditions for name in block
    }


def _plain(text: str) -> str:
    return printable(" ".join(str(text).split()))
