"""Tables of the engine as files: written by the engine itself, and safe to open in a spreadsheet."""

import re
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from keepbook.errors import CONTROL, printable

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
DECIMALS = 6  # of a number in a CSV that the engine writes
IN_ENGINE = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", CONTROL.pattern)  # \u061c is \x{061c} there


def write_csv(rows: ir.Table, path: Path) -> None:
    """A table in the order of its rows; text that a spreadsheet would run as a formula is defused."""
    safe = {}
    for column, kind in rows.schema().items():
        if kind.is_string():
            text = rows[column].re_replace(IN_ENGINE, "\N{REPLACEMENT CHARACTER}")
            begins = rows[column].substr(0, 1).isin(FORMULA)
            safe[column] = begins.ifelse("'" + text, text)
        elif kind.is_floating():
            safe[column] = rows[column].round(DECIMALS)
    names = {quoted(name): name for name in rows.columns if quoted(name) != name}
    rows.mutate(**safe).rename(names).to_csv(path)


def quoted(value: Any) -> Any:
    """Text that begins as a formula does, with an apostrophe before it; without signs nobody sees."""
    if not isinstance(value, str):
        return value
    return printable(f"'{value}" if value.startswith(FORMULA) else value)
