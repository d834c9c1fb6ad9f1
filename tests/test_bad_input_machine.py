"""Lost files, refused rights, a full disk or memory are told; a fault of our own stays one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_input_data import GOOD, Shop, message, told, unreadable

from keepbook.reading import sources as reading_sources
from keepbook.tables import open_tables
from keepbook.tables import opening as source_lines


@pytest.mark.parametrize("query", [None, "SELECT * FROM source"])
def test_a_source_that_disappears_while_it_is_read(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, query: str | None
) -> None:
    open_source = reading_sources.open_source

    def open_and_lose(*args: Any) -> ibis.Table:
        opened = open_source(*args)
        (home / "lines.csv").unlink()
        return opened

    monkeypatch.setattr(source_lines, "open_source", open_and_lose)
    assert message(shop(GOOD, transactions={"query": query})) == unreadable(
        f'IO Error: No files found that match the pattern "{home}/lines.csv"'
    )


def test_a_file_one_may_not_read(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is played: root, who runs many a test, may read everything."""
    unit, opens = shop(GOOD), Path.open

    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == "lines.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return opens(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    assert message(unit) == unreadable(f"[Errno 13] Permission denied: '{home}/lines.csv'")


def test_a_full_disk(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 300_000
    distinct = pa.array([f"customer number {n} with a long name" for n in range(rows)])
    lines = pa.table({"customer_id": distinct, "date": ["2020-01-01"] * rows, "amount": [1.0] * rows})
    pq.write_table(lines, home / "x.parquet")
    new_engine = reading_sources.new_engine

    def small_engine(spill: str, memory: str) -> ibis.BaseBackend:
        engine = new_engine(spill, memory)
        engine.raw_sql("SET max_temp_directory_size = '1MB'")
        return engine

    monkeypatch.setattr(reading_sources, "new_engine", small_engine)
    monkeypatch.setenv("KEEPBOOK_MEMORY", "30MB")
    assert message(shop(transactions={"source": "x.parquet"})) == unreadable(
        "memory is full, and so is the disk for temporary files: free some (TMPDIR), or raise KEEPBOOK_MEMORY"
    )


def test_memory_of_no_size(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPBOOK_MEMORY", "lots")
    assert message(shop(GOOD)) == told(
        "The engine cannot be given 'lots' of memory.",
        where="environment variable KEEPBOOK_MEMORY",
        expected="a size such as 2GB or 500MB",
        do="Correct the variable, or unset it.",
    )


def test_a_fault_of_ours_is_not_blamed_on_the_source(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistake(*args: Any) -> None:
        raise TypeError("ours")

    monkeypatch.setattr(source_lines, "open_source", mistake)
    with pytest.raises(TypeError, match="ours"), open_tables(shop(GOOD)):
        pass
