"""Customers who are in several experiments at once."""

import ibis.expr.types as ir
import pandas as pd
from scipy.stats import chi2_contingency


def overlaps(assignments: ir.Table, name: str) -> pd.DataFrame:
    """Other experiments that hold customers of this one.

    Returns
    -------
    DataFrame : one row per other experiment: experiment, customers (in one arm of either, at whatever time;
        who is in several counts nowhere), pvalue (χ² test that the arms of both are independent; missing
        where either has one arm only). A small one says that the arms of the other are spread unevenly over
        the arms of this one, so that its effect mixes into this one's.
    """
    own = assignments.filter(assignments.experiment == name)
    other = assignments.filter(assignments.experiment != name)
    columns = ["experiment", "customers", "pvalue"]
    if not other.limit(1).count().to_pandas():
        return pd.DataFrame(columns=columns)
    theirs = _in_one_arm(other).rename(theirs="variant")
    both = theirs.inner_join(
        _in_one_arm(own.semi_join(other, "customer_id")).drop("experiment"), "customer_id"
    )
    cells = both.group_by("experiment", "variant", "theirs").agg(customers=both.count()).to_pandas()
    rows = []
    for experiment, part in cells.groupby("experiment"):
        grid = part.pivot_table(index="variant", columns="theirs", values="customers", fill_value=0)
        pvalue = chi2_contingency(grid, correction=False).pvalue if min(grid.shape) > 1 else float("nan")
        rows.append((experiment, int(grid.to_numpy().sum()), float(pvalue)))
    return pd.DataFrame(rows, columns=columns)


def _in_one_arm(lines: ir.Table) -> ir.Table:
    """Customers of each experiment who are in one of its arms alone."""
    each = lines.group_by("experiment", "customer_id").agg(
        variant=lines.variant.min(), last=lines.variant.max()
    )
    return each.filter(each.variant == each["last"]).drop("last")
