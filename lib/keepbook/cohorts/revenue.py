"""Where revenue and customers went from one period to the next: NRR, GRR and logo churn."""

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.cohorts.triangle import PANDAS, Period, index_of, since_first
from keepbook.stats import intervals
from keepbook.tables import Window

HELPERS = [
    *("rated", "old", "kept", "old_squares", "kept_squares"),
    *("before_squares", "old_products", "kept_products"),
]


def revenue_bridge(
    purchases: ir.Table, window: Window, *, period: Period = "month", alpha: float = 0.05
) -> pd.DataFrame:
    """Revenue from period to period: starting, lost, gained, ending.

    Per customer, `before` and `now` are the money of two consecutive periods, each not below zero: what
    returns exceed purchases by within a period stands in `refunds`, in the period of the return. Then

        starting − churned − contraction + expansion + reactivation + new = ending
        GRR = (starting − churned − contraction) / starting
        NRR = (starting − churned − contraction + expansion + reactivation) / starting

    so that NRR = 1 − net and GRR = 1 − gross revenue churn.

    One row per period after the first: period_start, complete, starting, churned, contraction, expansion,
    reactivation, new, ending, refunds (money), nrr, nrr_ci_lower, nrr_ci_upper, grr, grr_ci_lower,
    grr_ci_upper. Rates are missing where the period is not over, where there was no revenue before, and in
    the second period when the data begin within the first: part of a period is no base. Intervals take
    customers as independent (`intervals.ratio`); those of two neighbouring periods are not independent of
    each other, since one's ending is the next one's starting.

    Examples
    --------
    Of 100 in January, 10 are gone in February, 10 fewer and 10 more are spent: gross 80 %, net 90 %.

    >>> import datetime as dt
    >>> january = {"gone": 10.0, "less": 30.0, "more": 20.0, "same": 40.0}
    >>> february = {"less": 20.0, "more": 30.0, "same": 40.0}
    >>> purchases = ibis.memtable(
    ...     {
    ...         "customer_id": [*january, *february],
    ...         "date": [dt.date(2024, 1, 1)] * 4 + [dt.date(2024, 2, 9)] * 3,
    ...         "amount": [*january.values(), *february.values()],
    ...         "is_purchase": True,
    ...     }
    ... )
    >>> found = revenue_bridge(purchases, Window(dt.date(2024, 1, 1), dt.date(2024, 2, 29)))
    >>> found[["starting", "churned", "contraction", "expansion", "ending"]].to_numpy().tolist()
    [[100.0, 10.0, 10.0, 10.0, 90.0]]
    >>> found[["grr", "nrr"]].round(4).to_numpy().tolist()
    [[0.8, 0.9]]
    """
    spans = _customer_periods(purchases, window, period)
    nothing, not_first = ibis.literal(0.0), ibis.null("int64")
    now = spans.mutate(now=spans.money, before=nothing)
    before = spans.mutate(index=spans.index + 1, now=nothing, before=spans.money, first_index=not_first)
    both = (
        ibis.union(now, before)
        .group_by("customer_id", "index")
        .agg(now=lambda t: t.now.sum(), before=lambda t: t.before.sum(), first=lambda t: t.first_index.min())
    )
    old = (both.first != both.index).ifelse(both.now, 0.0)
    stayed = both.mutate(kept=ibis.least(both.now, both.before), old=old)
    lost, back, is_new = stayed.now <= 0, stayed.before <= 0, stayed.first == stayed.index
    sums = stayed.group_by("index").agg(
        starting=stayed.before.sum(),
        churned=lost.ifelse(stayed.before, 0.0).sum(),
        contraction=lost.ifelse(0.0, stayed.before - stayed.kept).sum(),
        expansion=back.ifelse(0.0, stayed.now - stayed.kept).sum(),
        reactivation=(back & ~is_new).ifelse(stayed.now, 0.0).sum(),
        new=is_new.ifelse(stayed.now, 0.0).sum(),
        ending=stayed.now.sum(),
        old=stayed.old.sum(),
        kept=stayed.kept.sum(),
        old_squares=(stayed.old**2).sum(),
        kept_squares=(stayed.kept**2).sum(),
        before_squares=(stayed.before**2).sum(),
        old_products=(stayed.old * stayed.before).sum(),
        kept_products=(stayed.kept * stayed.before).sum(),
    )
    refunds = spans.group_by("index").agg(refunds=spans.refunds.sum())
    frame = sums.left_join(refunds, "index").drop("index_right").to_pandas()
    return _with_revenue_rates(_dated(frame, window, period), alpha)


def _customer_periods(purchases: ir.Table, window: Window, period: Period) -> ir.Table:
    """customer_id, index, money (≥ 0), refunds (≤ 0), first_index: one row per customer and active period.

    Periods count from 0, in which the data begin.
    """
    seen, begin = since_first(purchases, window.as_of), index_of(ibis.literal(window.start), period)
    indexed = seen.select(
        "customer_id",
        index=(index_of(seen.date, period) - begin).cast("int64"),
        first_index=(index_of(seen["first"], period) - begin).cast("int64"),
        amount=seen.amount.cast("float64"),
    )
    sums = indexed.group_by("customer_id", "index", "first_index").agg(amount=indexed.amount.sum())
    money, refunds = ibis.greatest(sums.amount, 0.0), ibis.least(sums.amount, 0.0)
    return sums.select("customer_id", "index", "first_index", money=money, refunds=refunds)


def _dated(frame: pd.DataFrame, window: Window, period: Period) -> pd.DataFrame:
    """Every period after the first: its first day, whether it is over, whether its rates mean anything."""
    periods = pd.period_range(window.start, window.as_of, freq=PANDAS[period])
    dated = pd.DataFrame({"index": range(len(periods)), "period_start": periods.start_time})
    dated["complete"] = periods.end_time.normalize() <= pd.Timestamp(window.as_of)
    cut = pd.Timestamp(window.start) > periods.start_time[0]
    dated["rated"] = dated["complete"] & ~((dated.index == 1) & cut)
    merged = dated.merge(frame, on="index", how="left").fillna(0.0)
    return merged.iloc[1:].drop(columns="index").reset_index(drop=True)


def _with_revenue_rates(frame: pd.DataFrame, alpha: float) -> pd.DataFrame:
    starting = frame["starting"].where(frame["rated"] & (frame["starting"] > 0))
    for rate, part, most in (("nrr", "old", np.inf), ("grr", "kept", 1.0)):
        squares, products = frame[f"{part}_squares"], frame[f"{part}_products"]
        low, high = intervals.ratio(frame[part], starting, squares, frame["before_squares"], products, alpha)
        frame[rate], frame[f"{rate}_ci_lower"] = frame[part] / starting, low
        frame[f"{rate}_ci_upper"] = np.minimum(high, most)
    return frame.drop(columns=HELPERS)


def logo_churn(
    purchases: ir.Table,
    window: Window,
    *,
    period: Period = "month",
    churn_after: int = 90,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Customers at the start of each period who are gone at its end.

    Without a contract "gone" needs a rule: a customer counts as one from the day after a purchase until
    `churn_after` days after the last one, both inclusive. Who lapses and returns within a period is not lost.

    One row per period that is over and whose start the rule can judge (at least `churn_after` days into the
    data): period_start, period_end, at_start, lost, gained (new or back), at_end, churn, ci_lower, ci_upper
    (Wilson). at_start and at_end are counted at the beginning of the first day and at the end of the last:
    at_start − lost + gained = at_end, the next row's at_start. churn is a share, missing where nobody was
    there. No row when the data are too short.

    Examples
    --------
    Gone after 30 days: who last bought on 10 January is a customer until 9 February, so lost in February.

    >>> import datetime as dt
    >>> days = [dt.date(2023, 12, 1), dt.date(2024, 1, 10), dt.date(2024, 1, 2), dt.date(2024, 2, 20)]
    >>> purchases = ibis.memtable(
    ...     {"customer_id": ["old", "a", "b", "b"], "date": days, "amount": 5.0, "is_purchase": True}
    ... )
    >>> found = logo_churn(purchases, Window(dt.date(2023, 12, 1), dt.date(2024, 2, 29)), churn_after=30)
    >>> found[["at_start", "lost", "gained", "at_end"]].to_numpy().tolist()[-1]
    [2, 1, 0, 1]
    """
    bought = purchases.filter(purchases.is_purchase & (purchases.date <= window.as_of))
    end, judged = window.as_of + pd.Timedelta(days=1), window.start + pd.Timedelta(days=churn_after)
    starts = pd.period_range(window.start, end, freq=PANDAS[period]).start_time
    spells, edges = _spells(bought, churn_after), starts[starts >= pd.Timestamp(judged)]
    frame = pd.DataFrame({"edge": edges[:-1], "next_edge": edges[1:]})
    if frame.empty:
        return _with_churn(frame.assign(at_start=0, ended=0, back=0), 0, alpha)
    bounds = ibis.memtable(pd.DataFrame({"edge": edges[:-1].date, "next_edge": edges[1:].date}))
    alive = spells.inner_join(bounds, [spells.begin < bounds.edge, spells.end >= bounds.edge])
    # Gone at the end: this spell ended inside the period, and no later one covers the period's end.
    ended = alive.filter(alive.end < alive.next_edge).select("customer_id", "edge", "next_edge")
    later = spells.view()
    covers = [later.begin < ended.next_edge, later.end >= ended.next_edge]
    returned = ended.semi_join(later, [ended.customer_id == later.customer_id, *covers])
    for rows, name in ((alive, "at_start"), (ended, "ended"), (returned, "back")):
        count = rows.group_by("edge").agg(**{name: rows.count()}).to_pandas()
        frame = frame.merge(count.assign(edge=pd.to_datetime(count["edge"])), how="left")
    last = edges[-1].date()
    ends = spells.filter(spells.begin < last, spells.end >= last).count().to_pandas()
    return _with_churn(frame.fillna(0), int(ends), alpha)


def _spells(bought: ir.Table, churn_after: int) -> ir.Table:
    """customer_id, begin, end: stretches in which no gap between purchases exceeds `churn_after` days."""
    window = ibis.window(group_by="customer_id", order_by="date")
    gap = bought.date.epoch_days() - bought.date.lag().over(window).epoch_days()
    marked = bought.select("customer_id", "date", opens=(gap.isnull() | (gap > churn_after)).cast("int64"))
    so_far = ibis.cumulative_window(group_by="customer_id", order_by="date")
    numbered = marked.mutate(spell=marked.opens.sum().over(so_far))
    spells = numbered.group_by("customer_id", "spell").agg(
        begin=numbered.date.min(), last=numbered.date.max()
    )
    return spells.select("customer_id", "begin", end=spells.last + ibis.interval(days=churn_after))


def _with_churn(frame: pd.DataFrame, at_last_end: int, alpha: float) -> pd.DataFrame:
    counts = frame[["at_start", "ended", "back"]].astype(int)
    at_start, lost = counts["at_start"], counts["ended"] - counts["back"]
    at_end = at_start.shift(-1, fill_value=at_last_end)
    low, high = intervals.wilson(lost, at_start, alpha)
    return pd.DataFrame(
        {
            "period_start": frame["edge"],
            "period_end": frame["next_edge"] - pd.Timedelta(days=1),
            "at_start": at_start,
            "lost": lost,
            "gained": at_end - at_start + lost,
            "at_end": at_end,
            "churn": lost / at_start.where(at_start > 0),
            "ci_lower": low,
            "ci_upper": high,
        }
    )
