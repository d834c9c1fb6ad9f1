"""P(alive) of one customer, from the first purchase to the end of observation."""

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.model import CustomerModel
from keepbook.clv.rfm import DAYS, customer_periods
from keepbook.errors import KeepbookError, suggestion
from keepbook.text import catalogue, day

say = catalogue("clv")
MAX_SUGGESTED = 5  # customers whose number is nearest to one that is unknown


def alive_path(purchases: ir.Table, base: Base, model: CustomerModel, customer_id: str) -> pd.DataFrame:
    """What the fitted process says of a customer at the end of every time unit, from what was known then.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`.

    Returns
    -------
    DataFrame : one row per time unit since the first purchase: date (its last day), frequency, recency and T
        (as of then), bought (whether it holds a purchase), p_alive; the last row is that of `score`.

    Raises
    ------
    KeepbookError : no customer of that number has bought by the end of observation.
    """
    as_of, unit = base.window.as_of, base.choices.time_unit
    own = purchases.filter(purchases.customer_id == customer_id, purchases.date <= as_of)
    periods = customer_periods(own, as_of, unit)
    back = periods.filter(periods["first"].notnull()).back.to_pandas().to_numpy()
    if not len(back):
        raise _unknown(base, customer_id)
    T = np.arange(back.max() + 1)
    bought = np.isin(T, back.max() - back)
    frequency, recency = bought.cumsum() - 1, np.maximum.accumulate(np.where(bought, T, 0))
    ago = pd.to_timedelta((back.max() - T) * DAYS[unit], unit="D")
    return pd.DataFrame(
        {
            "date": pd.Timestamp(as_of) - ago,
            "frequency": frequency,
            "recency": recency,
            "T": T,
            "bought": bought,
            "p_alive": model.process.p_alive(model.params, frequency, recency, T),
        }
    )


def _unknown(base: Base, customer_id: str) -> KeepbookError:
    ids = base.rfm.customer_id
    near = base.rfm.order_by([ids.levenshtein(customer_id), ids]).limit(MAX_SUGGESTED).customer_id.to_pandas()
    return KeepbookError(
        say("unknown-customer", customer=customer_id, day=day(base.window.as_of)),
        expected=str(suggestion(customer_id, near)),
        do=say("unknown-customer.do"),
    )
