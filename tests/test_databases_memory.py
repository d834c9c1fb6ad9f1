"""Lines of a database are read in bounded memory, however many there are."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from databases_data import Shop, url_of
from postgres import Server

MEASURE = """
    import re, tempfile
    from pathlib import Path
    from keepbook.unit import load_unit
    from keepbook.reading.databases import from_database
    from keepbook.reading.sources import new_engine

    def peak():  # getrusage would tell the peak of the process that started this one
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

    with tempfile.TemporaryDirectory() as spill:
        engine = new_engine(spill, "50MB")
        from_database("customers", load_unit("shop"), engine, "here")
        before = peak()
        lines = from_database("transactions", load_unit("shop"), engine, "here")
        print(peak() - before, lines.count().to_pandas(), lines.note.length().sum().to_pandas())
"""
WIDTH = 1_000


def growth_while_reading(home: Path, rows: int) -> int:
    """MB by which memory grows while all lines are read; a first small reading has loaded what is needed."""
    script = textwrap.dedent(MEASURE)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=True
    )
    grown, count, signs = map(int, done.stdout.split())
    assert (count, signs) == (rows, rows * WIDTH)
    return grown


@pytest.mark.parametrize(
    "rows", [pytest.param(150_000, id="trimmed"), pytest.param(1_000_000, marks=pytest.mark.slow, id="full")]
)
@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_memory_does_not_grow_with_the_lines(
    shop: Shop, home: Path, server: Server, kind: str, rows: int
) -> None:
    """150 MB and 1 GB of text, against 50 MB for the engine and what a few thousand lines take."""
    if not Path("/proc/self/status").exists():
        pytest.skip("there is no /proc, which tells the peak of memory")
    if kind == "postgres":
        source, note, series = (
            url_of(server),
            f"repeat(md5(n::text), 32)::varchar({WIDTH})",
            "generate_series(1, {})",
        )
        query = f"SELECT n AS customer_id, left({note}, {WIDTH}) AS note FROM {series} AS n"
    else:
        sqlite3.connect(home / "base.db").close()
        source = "sqlite://base.db"
        query = (
            "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {}) "
            f"SELECT n AS customer_id, substr(hex(zeroblob({WIDTH})), 1, {WIDTH}) AS note FROM s"
        )
    shop(
        transactions={"source": source, "query": query.format(rows)},
        customers={"source": source, "query": query.format(10)},
    )
    assert growth_while_reading(home, rows) < 200
