"""What a run leaves beside its report: tables safe to open, and values that JSON knows."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd

from keepbook.errors import CONTROL, printable

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
DIGITS = 12  # of a number in CSV: the engine adds up side by side, so its last digits differ from run to run
DECIMALS = 6  # of a number in a CSV that the engine writes
IN_ENGINE = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", CONTROL.pattern)  # \u061c is \x{061c} there


def save_frame(frame: pd.DataFrame, folder: Path, name: str) -> None:
    """A small table, as Parquet and as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet", index=False)
    defused(frame).to_csv(folder / f"{name}.csv", index=False, float_format=f"%.{DIGITS}g")


def save_large(rows: Any, folder: Path, name: str) -> None:
    """A table of the engine, as Parquet and as CSV, written by the engine: memory stays flat.

    Parameters
    ----------
    rows : an Ibis table, in the order it is to be written in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(folder / f"{name}.parquet")
    safe = {}
    for column, kind in rows.schema().items():
        if kind.is_string():
            text = rows[column].re_replace(IN_ENGINE, "\N{REPLACEMENT CHARACTER}")
            begins = rows[column].substr(0, 1).isin(FORMULA)
            safe[column] = begins.ifelse("'" + text, text)
        elif kind.is_floating():
            safe[column] = rows[column].round(DECIMALS)
    rows.mutate(**safe).rename(_quoted_names(rows.columns)).to_csv(folder / f"{name}.csv")


def _quoted_names(columns: tuple[str, ...]) -> dict[str, str]:
    return {quoted(name): name for name in columns if quoted(name) != name}


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe, in headings too."""
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(quoted) for name in text}).rename(columns=quoted)


def quoted(value: Any) -> Any:
    """Text that begins as a formula does, with an apostrophe before it; without signs nobody sees."""
    if not isinstance(value, str):
        return value
    return printable(f"'{value}" if value.startswith(FORMULA) else value)


def plain(value: Any) -> Any:
    """NumPy scalars, tuples and missing numbers → what JSON knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
