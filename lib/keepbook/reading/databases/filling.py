"""Arrow data into tables of the engine."""

import re
from collections import Counter
from collections.abc import Iterable

import ibis
import pyarrow as pa

ARRIVED = "keepbook_arrow"
SHORT = 10  # digits, with sign and point, of which any are exact in DECIMAL(18, 9) or do not fit it


def held(name: str, arrow: pa.Table | pa.RecordBatchReader, engine: ibis.BaseBackend) -> ibis.Table:
    """Arrow data as a table of the engine, which may spill it to disk."""
    engine.con.register(ARRIVED, arrow)
    engine.raw_sql(f"CREATE TEMP TABLE {quoted(name)} AS SELECT * FROM {ARRIVED}")
    engine.con.unregister(ARRIVED)
    return engine.table(name)


def filled(
    name: str, types: dict[str, str], chunks: Iterable[pa.Table], engine: ibis.BaseBackend
) -> ibis.Table:
    """Chunks of lines as a table of the engine; what does not fit its column's type is missing.

    Parameters
    ----------
    types : column → type of the engine; a chunk may hold it as text.
    """
    columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in types.items())
    values = ", ".join(_cast(quoted(column), kind) for column, kind in types.items())
    engine.raw_sql(f"CREATE TEMP TABLE {quoted(name)} ({columns})")
    for chunk in chunks:  # not pulled by the engine: it would wrap what goes wrong into errors of its own
        engine.con.register(ARRIVED, chunk)
        engine.raw_sql(f"INSERT INTO {quoted(name)} SELECT {values} FROM {ARRIVED}")
        engine.con.unregister(ARRIVED)
    return engine.table(name)


def _cast(column: str, kind: str) -> str:
    if kind == "DATE":  # the engine would take 0044-03-15 BC for a day after Christ
        return f"TRY_CAST(replace({column}, 'BC', '(BC)') AS DATE)"
    size = re.match(r"DECIMAL\((\d+)", kind)
    if not size or int(size[1]) <= 18:
        return f"TRY_CAST({column} AS {kind})"
    # The engine reads wide decimals thirty times slower than narrow ones, and most numbers are short.
    short = f"CASE WHEN length({column}) <= {SHORT} THEN TRY_CAST({column} AS DECIMAL(18, 9)) END"
    return f"coalesce(TRY_CAST({short} AS {kind}), TRY_CAST({column} AS {kind}))"


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever signs are in it."""
    return '"' + name.replace('"', '""') + '"'


def distinct(names: list[str]) -> list[str]:
    """Names that differ without regard to capital letters, which the engine does not tell apart."""
    often = Counter(name.casefold() for name in names)
    return [f"{name} ({i})" if often[name.casefold()] > 1 else name for i, name in enumerate(names)]
