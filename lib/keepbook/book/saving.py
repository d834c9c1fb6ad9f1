"""What a run leaves beside its report: tables safe to open, and values that JSON knows."""

import math
from pathlib import Path
from typing import Any

import pandas as pd

from keepbook.tables.saving import quoted, write_csv

DIGITS = 12  # of a number in CSV: the engine adds up side by side, so its last digits differ from run to run


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
    write_csv(rows, folder / f"{name}.csv")


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe, in headings too."""
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(quoted) for name in text}).rename(columns=quoted)


def plain(value: Any) -> Any:
    """NumPy scalars, tuples and missing numbers → what JSON knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
