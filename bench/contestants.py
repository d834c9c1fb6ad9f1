"""One contestant, one fresh process: `python bench/contestants.py NAME FOLDER` prints what it found as JSON.

All answer the same question from the same Parquet folder of order lines:

- triangle: buying customers and revenue per cohort (month of the first purchase) and age in months
- RFM: per customer frequency, recency, T (days) and mean spend per repeat day, summed here to be compared

and do one of two jobs on the way:

- plain: takes the lines as they are, and of them only the columns it needs
- cleaned: looks for exact duplicates, lines without a customer or an amount and orders that were returned,
  and counts the lines it kept

The clock starts after the imports: they are paid once per session, not per question.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

AS_OF = "2024-06-30"  # last day of the simulated lines
COLUMNS = ["customer_id", "date", "amount"]
RFM = ["frequency", "recency", "T", "monetary_value"]

Answer = dict[str, Any]
Contestant = Callable[[Path], Answer]

# ---------------------------------------------------------------------------------------------- keepbook

UNIT = f"""\
unit: bench
as_of: {AS_OF}
warm_up: 0
"""
PLAIN = """\
duplicates: keep
transactions:
  source: {folder}
  query: SELECT customer_id, date, amount FROM source
"""
CLEANED = """\
duplicates: drop
transactions:
  source: {folder}
"""


def use_keepbook(job: str) -> Contestant:
    from keepbook.cohorts import retention
    from keepbook.tables import open_tables
    from keepbook.unit import load_unit

    def run(folder: Path) -> Answer:
        with tempfile.TemporaryDirectory() as home:
            unit_file = Path(home, "params", "bench.yaml")
            unit_file.parent.mkdir()
            unit_file.write_text(UNIT + job.format(folder=json.dumps(str(folder))), encoding="utf-8")
            with open_tables(load_unit("bench", home=Path(home))) as tables:
                triangle = retention(tables.purchases, tables.window).cells
                patterns = in_engine(tables.purchases)
                kept = tables.ledger.rows_kept
        month = triangle["cohort"].dt
        triangle = triangle.assign(cohort=12 * month.year + month.month, customers=triangle["active"])
        return {"triangle": cells(triangle), "rfm": in_total(patterns), "lines_kept": kept}

    def in_engine(purchases: ir.Table) -> pd.DataFrame:
        """Distinct (frequency, recency, T) with customers and spend: what models are fitted on."""
        import ibis

        bought = purchases.filter(purchases.is_purchase)
        each = bought.group_by("customer_id").agg(
            frequency=bought.count() - 1,
            first=bought.date.min(),
            last=bought.date.max(),
            later=bought.amount.sum() - bought.amount.argmin(bought.date),
        )
        day = ibis.date(AS_OF).epoch_days()
        each = each.mutate(
            recency=each["last"].epoch_days() - each["first"].epoch_days(),
            T=day - each["first"].epoch_days(),
            monetary_value=each["later"].cast("float64") / each["frequency"].nullif(0),
        )
        return (
            each.group_by(RFM[:3])
            .agg(customers=each.count(), monetary_value=each["monetary_value"].sum().fill_null(0))
            .to_pandas()
        )

    def in_total(patterns: pd.DataFrame) -> Answer:
        weighted = patterns[RFM[:3]].mul(patterns["customers"], axis=0)
        weighted["monetary_value"] = patterns["monetary_value"]
        return totals(weighted, int(patterns["customers"].sum()))

    return run


# ------------------------------------------------------------------------------------ pandas and lifetimes


def use_pandas(job: str) -> Contestant:
    import pandas as pd

    def run(folder: Path) -> Answer:
        days, kept = plain(folder) if job == PLAIN else cleaned(folder)
        days["first"] = days.groupby("customer_id")["date"].transform("min")
        month, cohort = (12 * days[name].dt.year + days[name].dt.month for name in ("date", "first"))
        days = days.assign(cohort=cohort, period=month - cohort)
        triangle = days.groupby(["cohort", "period"], as_index=False).agg(
            customers=("customer_id", "nunique"), revenue=("amount", "sum")
        )
        return {"triangle": cells(triangle), "rfm": rfm(days), "lines_kept": kept}

    def plain(folder: Path) -> tuple[pd.DataFrame, int]:
        lines = pd.read_parquet(folder, columns=COLUMNS)
        days = lines.groupby(COLUMNS[:2], as_index=False, sort=False).agg(amount=("amount", "sum"))
        return days, len(lines)

    def cleaned(folder: Path) -> tuple[pd.DataFrame, int]:
        lines = pd.read_parquet(folder).drop_duplicates()
        lines = lines[lines["customer_id"].notna() & lines["date"].notna() & (lines["amount"].fillna(0) != 0)]
        touched = lines.loc[lines["amount"] < 0, "order_id"].unique()
        net = lines[lines["order_id"].isin(touched)].groupby("order_id")["amount"].sum()
        lines = lines[~lines["order_id"].isin(net.index[net.round(2) <= 0])]
        orders = lines.groupby([*COLUMNS[:2], "order_id"], as_index=False, sort=False).agg(
            amount=("amount", "sum")
        )
        days = orders.groupby(COLUMNS[:2], as_index=False, sort=False).agg(
            amount=("amount", "sum"), orders=("order_id", "size")
        )
        return days, len(lines)

    def rfm(days: pd.DataFrame) -> Answer:
        repeat = days[days["date"] > days["first"]].groupby("customer_id")["amount"]
        each = days.groupby("customer_id").agg(first=("first", "first"), last=("date", "max"))
        each["frequency"] = repeat.size().reindex(each.index, fill_value=0)
        each["monetary_value"] = repeat.mean().reindex(each.index, fill_value=0.0)
        each["recency"] = (each["last"] - each["first"]).dt.days
        each["T"] = (pd.Timestamp(AS_OF) - each["first"]).dt.days
        return totals(each, len(each))

    return run


def use_lifetimes() -> Contestant:
    import lifetimes.utils as lifetimes
    import pandas as pd

    def run(folder: Path) -> Answer:
        lines = pd.read_parquet(folder, columns=COLUMNS)
        each = lifetimes.summary_data_from_transaction_data(
            lines, *COLUMNS, observation_period_end=AS_OF, freq="D"
        )
        return {"rfm": totals(each, len(each))}

    return run


# ---------------------------------------------------------------------------------------------- the run


def cells(triangle: pd.DataFrame) -> list[list[float]]:
    """Cohort (12 × year + month), period, customers and revenue of every cell somebody bought in."""
    columns = ["cohort", "period", "customers", "revenue"]
    seen = triangle.loc[triangle["customers"] > 0, columns].sort_values(columns[:2])
    return seen.to_numpy(float).tolist()


def totals(each: pd.DataFrame, customers: int) -> Answer:
    """RFM summed over customers."""
    return {"customers": customers, **{name: float(each[name].sum()) for name in RFM}}


CONTESTANTS: dict[str, Callable[[], Contestant]] = {
    "keepbook": lambda: use_keepbook(PLAIN),
    "pandas": lambda: use_pandas(PLAIN),
    "lifetimes": use_lifetimes,
    "keepbook-cleaned": lambda: use_keepbook(CLEANED),
    "pandas-cleaned": lambda: use_pandas(CLEANED),
}


def peak_memory() -> int:
    """Peak resident memory of this process in bytes (Linux counts kilobytes, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    run = CONTESTANTS[name]()
    started, worked = time.perf_counter(), time.process_time()
    answer = run(folder)
    answer["seconds"] = time.perf_counter() - started
    answer["cpu_seconds"] = time.process_time() - worked
    answer["peak_memory"] = peak_memory()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
