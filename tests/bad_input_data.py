"""Small files to break, and the messages that tests of bad input compare."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from keepbook.errors import KeepbookError
from keepbook.tables import Ledger, open_tables
from keepbook.unit import Unit

Shop = Callable[..., Unit]
HEAD = "customer_id,date,amount\n"
GOOD = HEAD + "a,2020-01-01,5\n"
CHECK = "Check that it is there, whole and what the unit file says, and that the disk has room."
CORRECT = "Correct the path (it starts at the folder that holds params/), or put the file there."
FILES = "a data file, a folder of such files, or a pattern that matches some"
COLUMNS = "Map it under `columns:` in the unit file."


def told(
    what: str,
    *,
    where: str = "params/shop.yaml, transactions",
    expected: str | None = None,
    do: str | None = None,
) -> str:
    """The printed form of an error, spelt out here and not taken from the code."""
    lines = {"where:   ": where, "expected:": expected, "do:      ": do}
    return "\n".join([what, *(f"  {label} {text}" for label, text in lines.items() if text)])


def unreadable(reason: str) -> str:
    return told(f"The source 'transactions' cannot be read: {reason}", do=CHECK)


def message(unit: Unit) -> str:
    with pytest.raises(KeepbookError) as error, open_tables(unit):
        pass
    return str(error.value)


def ledger_of(unit: Unit) -> Ledger:
    with open_tables(unit) as opened:
        return opened.ledger
