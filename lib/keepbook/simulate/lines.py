"""Order lines by the million: what the benchmark measures speed with."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keepbook.errors import KeepbookError
from keepbook.simulate.process import (
    Truth,
    acquisition_days,
    at_least_one,
    cents,
    dates,
    draw_lives,
    draw_purchases,
)

# About eleven orders a customer within `LINE_DAYS` days; an order line is worth 14 on average.
LINES = Truth(r=2.5, alpha=95, s=0.35, beta=600, gamma=7)
LINE_START, LINE_DAYS = dt.date(2022, 1, 1), 912
LINES_PER_ORDER, LINES_PER_PART = 3, 1_500_000
PRODUCTS = 5_000


def stream_lines(folder: Path, lines: int, seed: int = 1) -> Path:
    """Write order lines to Parquet parts, a part of customers at a time, so that memory stays flat.

    Columns: customer_id and order_id (int64), date (timestamp, whole days), product_id (int32), amount
    (float64, cents, positive). About 30 lines a customer and three an order, over two and a half years. A
    part holds all lines of its customers, by date, as an export would: no engine finds them pre-grouped.

    Parameters
    ----------
    folder : is created and given back; the parts are `part-0000.parquet` and so on.
    lines : rows in all parts together, exactly.
    """
    at_least_one("lines", lines)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.parquet")):
        raise KeepbookError(
            "The folder for the simulated order lines is not empty.",
            where=str(folder),
            expected="no Parquet files in it",
            do="delete them, or name another folder",
        )
    rng = np.random.default_rng(seed)
    left, part, customer, order = lines, 0, 0, 0
    while left:
        rows = _line_part(min(left, LINES_PER_PART), customer, order, rng)
        pq.write_table(rows, folder / f"part-{part:04}.parquet")
        customer, order = pc.max(rows["customer_id"]).as_py() + 1, pc.max(rows["order_id"]).as_py() + 1
        left, part = left - rows.num_rows, part + 1
    return folder


def _line_part(most: int, first_customer: int, first_order: int, rng: np.random.Generator) -> pa.Table:
    """The order lines of new customers, cut at `most`; only a small part falls short of it."""
    customers = most // 30 + 1  # they have some 33 lines each
    acquired = acquisition_days(customers, LINE_DAYS, rng)
    buyer, day = draw_purchases(*draw_lives([LINES] * customers, rng), acquired, LINE_DAYS, rng)
    order = np.repeat(np.arange(len(buyer)), 1 + rng.poisson(LINES_PER_ORDER - 1, len(buyer)))[:most]
    order = order[np.argsort(day[order], kind="stable")]
    rate = rng.gamma(LINES.q, 1 / LINES.gamma, customers)
    buyer, day = buyer[order], day[order]
    return pa.table(
        {
            "customer_id": first_customer + buyer,
            "order_id": first_order + order,
            "date": dates(LINE_START, day).cast(pa.timestamp("us")),
            "product_id": (PRODUCTS * rng.random(len(order)) ** 2).astype(np.int32),
            "amount": cents(rng.gamma(LINES.p, 1 / rate[buyer])),
        }
    )
