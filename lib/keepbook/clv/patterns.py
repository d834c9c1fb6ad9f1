"""The distinct (frequency, recency, T) of a customer base with their counts: all that a model needs of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

AXES = ("frequency", "recency", "T")
SUMS = ("customers", "payers", "repeat_spend", "repeat_spend_squares")


@dataclass(frozen=True)
class Patterns:
    """Customers by what a purchase process knows of them, one row per distinct (frequency, recency, T).

    Arrays of equal length, sorted by frequency, T and recency.

    Attributes
    ----------
    frequency : periods with a repeat purchase.
    recency : first to last purchase, in time units.
    T : first purchase to the end of observation, in time units.
    customers : how many customers are of this pattern.
    payers : those of them whose repeat purchases cost something, or who made none yet.
    repeat_spend, repeat_spend_squares : Σ and Σ² over them of what each spent in repeat periods.
    """

    frequency: Floats
    recency: Floats
    T: Floats
    customers: Floats
    payers: Floats
    repeat_spend: Floats
    repeat_spend_squares: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Patterns:
        """From a frame that has a column for each array; rows in any order, none repeated.

        Without `payers` everybody pays, and without sums of spend nothing is known of it.
        """
        missing = {"payers": frame["customers"], "repeat_spend": 0.0, "repeat_spend_squares": 0.0}
        frame = frame.assign(**{name: value for name, value in missing.items() if name not in frame})
        ordered = frame.sort_values(["frequency", "T", "recency"], kind="stable")
        return cls(*(ordered[one.name].to_numpy(dtype=np.float64) for one in fields(cls)))

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def total(self) -> float:
        """Customers in all."""
        return float(self.customers.sum())

    @property
    def repeaters(self) -> float:
        """Customers with a repeat purchase."""
        return float(self.customers[self.frequency > 0].sum())

    @property
    def pairs(self) -> tuple[Floats, Floats, Ints]:
        """The distinct (frequency, T): their frequency, their T, and which of them each pattern has.

        All that a customer who is alive may do depends on these two alone.
        """
        changes = (np.diff(self.frequency) != 0) | (np.diff(self.T) != 0)
        at = np.concatenate([[0], np.cumsum(changes)])
        first = np.concatenate([[0], np.flatnonzero(changes) + 1])
        return self.frequency[first], self.T[first], at

    def thin(self, most: int) -> Patterns:
        """At most so many rows, neighbours put together, where a likelihood is wanted many times over.

        The group that loses most by standing for one pattern is cut in two, again and again, at its mean and
        along the axis that loses most (a k-d tree). What it loses is the customers' squared distance from the
        group's mean, frequency, recency and T each on the scale on which a likelihood of the BG/NBD kind
        bends: √(1 + x), (t + c) / (1 + x) and (T + c) / √(1 + x), with c a tenth of the mean T. Those scales
        only steer where groups are fine. The same patterns always make the same groups.

        A likelihood over the groups keeps its shape (with 500 rows standard errors change by about 1 %), but
        its top moves, and over a million customers by several standard errors: whoever looks around a maximum
        found on all patterns adds the difference of the two gradients there, times the distance from it.

        A group's frequency, recency and T are means over its customers, so not whole numbers. Kept to
        rounding: customers, those with frequency 0 (never grouped with others unless `most` is 1), both sums
        of spend, and Σ frequency, Σ recency and Σ T over customers.

        Parameters
        ----------
        most : rows, from 1.
        """
        if len(self) <= most:
            return self
        if most < 2:
            return self._grouped(np.zeros(len(self), dtype=np.intp))
        around = 0.1 * float(np.average(self.T, weights=self.customers)) + 1e-9
        points = np.column_stack([getattr(self, name) for name in AXES])
        never, ever = (np.flatnonzero(self.frequency == 0), np.flatnonzero(self.frequency > 0))
        heap = [self._node(points, rows, around) for rows in (never, ever) if len(rows)]
        heapify(heap)
        while len(heap) < most and heap[0][0] < 0:
            _, _, axis, middle, rows = heappop(heap)
            low = points[rows, axis] <= middle
            for half in (rows[low], rows[~low]):
                heappush(heap, self._node(points, half, around))
        group = np.empty(len(self), dtype=np.intp)
        for number, (*_, rows) in enumerate(heap):
            group[rows] = number
        return self._grouped(group)

    def _node(self, points: Floats, rows: Ints, around: float) -> tuple[float, int, int, float, Ints]:
        """What a group loses (below zero, so that the heap begins with the worst), and where to cut it.

        The first row makes every entry of the heap different from all others before arrays are compared.
        """
        weight, own = self.customers[rows], points[rows]
        mean = weight @ own / weight.sum()
        several = own.max(axis=0) > own.min(axis=0)
        root = np.sqrt(1 + mean[0])
        scale = np.array([root, (mean[1] + around) / root**2, (mean[2] + around) / root])
        loss = np.where(several, weight @ (own - mean) ** 2 / scale**2, 0.0)
        axis = int(loss.argmax())
        # Between the ends even where rounding puts the mean of nearly equal values on one of them.
        middle = float(np.clip(mean[axis], own[:, axis].min(), np.nextafter(own[:, axis].max(), -np.inf)))
        return -float(loss[axis]), int(rows[0]), axis, middle, rows

    def _grouped(self, group: Ints) -> Patterns:
        """Rows of the same group as one: sums, and means over customers."""
        sums = {name: np.bincount(group, getattr(self, name)) for name in SUMS}
        axes = {
            name: np.bincount(group, self.customers * getattr(self, name)) / sums["customers"]
            for name in AXES
        }
        return Patterns.of(pd.DataFrame(axes | sums))
