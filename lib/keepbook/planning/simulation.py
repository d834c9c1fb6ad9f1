"""Tests played on the past, many times over: how often the page's own analysis finds what was put in."""

from dataclasses import dataclass
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from keepbook.planning.sample_size import Floats, Variation

CELL_WIDTH = 0.1  # width of a cell of money, as a share of the amount
LINEAR_BELOW = 0.1  # amount below which cells have one width, as a share of the mean
FLAT = 1e-12  # variance, in units of the past's, that rounding leaves where nothing varies


@dataclass(frozen=True)
class Cells:
    """Customers of the past, those alike put together."""

    count: NDArray[np.int64]  # customers, one number a cell, the largest first
    x: Floats  # the metric in the outcome days, mean of the cell
    pre: Floats  # the same before them
    bought: NDArray[np.bool_]  # in the outcome days
    share: bool  # x is 0 or 1

    @property
    def units(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where zero lies and how long one is, of x and of pre, so that sums of squares keep their digits."""
        x, pre = (_unit(values, self.count) for values in (self.x, self.pre))
        return (0.0, 1.0) if self.share else x, pre


class Arm(NamedTuple):
    """Many replications of one arm: customers, and of shape (replications,) means, variances, covariance.

    Shares are themselves; all else is in standard deviations of the past from its mean.
    """

    n: int
    x: Floats
    pre: Floats
    var: Floats
    pre_var: Floats
    cov: Floats


def _unit(values: Floats, count: NDArray[np.int64]) -> tuple[float, float]:
    mean = float(np.average(values, weights=count))
    return mean, float(np.average((values - mean) ** 2, weights=count)) ** 0.5 or 1.0


def cells_of(each: ir.Table, variation: Variation) -> Cells:
    """Puts customers (as `outcomes_of`) together: exact for counts; money by logarithmic cells of a tenth."""
    before = f"pre_{variation.metric}"
    pre = each[before] if before in each.columns else ibis.literal(0.0)
    table = each.select(bought=each.retained > 0, x=each[variation.metric], pre=pre)
    keys = {"x_cell": table.x, "pre_cell": table.pre}
    if variation.metric == "revenue":
        unit = LINEAR_BELOW * 10.0 ** round(np.log10(variation.mean))
        for name, money in keys.items():
            keys[name] = (money.sign() * (1 + money.abs() / unit).ln() / CELL_WIDTH).round()
    table = table.mutate(**keys)
    grouped = table.group_by("bought", *keys).agg(count=table.count(), x=table.x.mean(), pre=table.pre.mean())
    frame = grouped.to_pandas().sort_values(["count", "bought", *keys], ascending=False)
    return Cells(
        frame["count"].to_numpy("int64"),
        frame["x"].to_numpy(float),
        frame["pre"].to_numpy(float),
        frame["bought"].to_numpy(bool),
        share=variation.metric == "retained",
    )


def detections(
    cells: Cells, n: int, affected: float, *, alpha: float, replications: int, rng: np.random.Generator
) -> int:
    """Replications in which the analysis finds a difference.

    Two arms of n customers are drawn from the past with replacement; of the treatment a share `affected` buys
    on top what somebody who bought did, as `Variation` says.
    """
    control = draw(cells, n, 0.0, replications, rng)
    treatment = draw(cells, n, affected, replications, rng)
    return int((pvalues(control, treatment, share=cells.share) < alpha).sum())


def draw(cells: Cells, n: int, affected: float, replications: int, rng: np.random.Generator) -> Arm:
    """One arm, many times: those left alone drawn by cells, those affected one by one."""
    (shift, scale), (pre_shift, pre_scale) = cells.units
    x, pre = (cells.x - shift) / scale, (cells.pre - pre_shift) / pre_scale
    changed = rng.binomial(n, affected, replications)
    drawn = rng.multinomial(n - changed, cells.count / cells.count.sum(), (replications,))
    sums = drawn @ _products(x, pre)
    if size := int(changed.sum()):
        replication = np.repeat(np.arange(replications), changed)
        who, bought = _pick(cells.count, size, rng), _pick(cells.count * cells.bought, size, rng)
        after = np.ones(size) if cells.share else x[who] + cells.x[bought] / scale
        for column, values in enumerate(_products(after, pre[who]).T):
            sums[:, column] += np.bincount(replication, values, replications)
    mean, pre_mean, *squares = sums.T / n
    var, pre_var, cov = np.stack(squares) - np.stack([mean**2, pre_mean**2, mean * pre_mean])
    var, pre_var = (np.where(one > FLAT, one, 0.0) for one in (var, pre_var))
    return Arm(n, mean, pre_mean, *(np.stack([var, pre_var, cov]) * n / (n - 1)))


def _products(x: Floats, pre: Floats) -> Floats:
    return np.column_stack([x, pre, x**2, pre**2, x * pre])


def _pick(weights: NDArray[np.int64], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Cells of so many customers, drawn by the cells' sizes."""
    upto = weights.cumsum()
    return np.searchsorted(upto, rng.integers(upto[-1], size=size), side="right")


def pvalues(control: Arm, treatment: Arm, *, share: bool) -> Floats:
    """What `compare` says of each replication, its arms of like size: Welch's t after CUPED, or the z-test.

    Missing where nothing varies.
    """
    n, m = control.n, treatment.n
    total, way, pre_way = n + m, treatment.x - control.x, treatment.pre - control.pre
    between = n * m / total
    pre_var = ((n - 1) * control.pre_var + (m - 1) * treatment.pre_var + between * pre_way**2) / (total - 1)
    cov = ((n - 1) * control.cov + (m - 1) * treatment.cov + between * way * pre_way) / (total - 1)
    known = pre_var > 0
    slope = np.divide(cov, pre_var, out=np.zeros_like(cov), where=known)
    variances = [
        np.clip(arm.var - 2 * slope * arm.cov + slope**2 * arm.pre_var, 0, None) / arm.n
        for arm in (control, treatment)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = variances[0] + variances[1]
        df = variance**2 / (variances[0] ** 2 / (n - 1) + variances[1] ** 2 / (m - 1))
        welch = 2 * student.sf(np.abs(way - slope * pre_way) / np.sqrt(variance), df)
        if not share:
            return welch
        pooled = (n * control.x + m * treatment.x) / total
        z = np.abs(way) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        return np.where(known, welch, 2 * norm.sf(z))
