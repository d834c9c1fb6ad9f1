"""What other pages found, drawn once more from the tables that they saved."""

from dataclasses import replace
from typing import Any

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.age_curves import Counted, age_axes, average_curve, few, readings
from keepbook.page.elements import Chart, enough
from keepbook.page.heat_table import HeatTable
from keepbook.page.order import in_order
from keepbook.plotting.canvas import BLUE, INK, MUTED, draw
from keepbook.plotting.marks import band, label_ends, number_axis, short
from keepbook.text import (
    age_name,
    calendar_name,
    catalogue,
    cohort_name,
    currency_suffix,
    interval,
    number,
    percent,
    short_format,
)
from keepbook.unit import Unit

say = catalogue("summary")
MAX_PANELS, LONGEST_NAME = 6, 18  # segments, signs of the name of one
NAMED_FROM = 0.25  # of all customers behind a share that a title speaks of
STEADY = 0.05  # a change that is not worth a title
HEADROOM = 1.2
LONGEST = {"week": 7, "month": 31}  # days


def counted(frame: pd.DataFrame) -> Counted:
    """How the ages of a saved table are counted; an older one does not say it."""
    try:
        return Counted.of(frame)
    except KeyError:
        raise NotEnoughData(say("no-table", page="cohort_retention")) from None


def retention_table(cells: pd.DataFrame, average: pd.DataFrame, unit: Unit, title: str = "") -> HeatTable:
    """The cohorts that there are, the average on top; under the title of its page, where that is known."""
    ages, after = counted(cells), enough(average[average["period"] > 0])
    first = after.iloc[0]
    facts = {"share": percent(first["retention"], 0), "age": age_name(ages, str(first["label"]))}
    cohorts = cells["cohort"].nunique()
    words = title or say("retention", cohorts=cohorts, **facts), say("retention.caption")
    return HeatTable("retention_cells", *words, cells, average, unit.currency)


def curve(cells: pd.DataFrame, average: pd.DataFrame) -> Chart:
    """The average curve with its interval, the newest cohorts thin behind it."""
    ages, after = counted(cells), enough(average[average["period"] > 0])
    everybody = average.loc[average["period"] == 0, "size"].sum()
    known = after[~few(after) & (after["size"] >= NAMED_FROM * everybody)]
    last = (known if len(known) else after.head(1)).iloc[-1]
    drawing = average_curve(cells, average, ages, "average_curve")
    facts = {"share": percent(last["retention"], 0), "age": age_name(ages, str(last["label"]))}
    return Chart.of(say, "curve", "average_curve", drawing, average, **facts)


def segments(curves: pd.DataFrame, average: pd.DataFrame, title: str = "") -> Chart:
    """One small panel a segment on shared axes, the average of all in grey; under the title of its page."""
    ages, after = counted(average), enough(curves[curves["period"] > 0])
    whole = average[average["period"] > 0]
    first = after[after["period"] == after["period"].min()].set_index("segment")["retention"]
    sizes = curves[curves["period"] == 0].set_index("segment")["size"]
    largest = sizes.sort_values(ascending=False).index[:MAX_PANELS]
    names = [name for name in in_order(first.to_dict()) if name in largest]
    own = {name: after[after["segment"] == name] for name in names}
    highest = max(max(one["retention"].max() for one in own.values()), whole["retention"].max(), 0.01)

    def paint(axes: Any, narrow: bool) -> None:
        for ax, (name, line) in zip([axes] if len(own) == 1 else axes, own.items(), strict=True):
            ax.plot(whole["period"], whole["retention"], color=MUTED, linewidth=1)
            said = readings(line, ages, str(name))
            band(ax, line, "retention", "ci", BLUE, linewidth=2, texts=said, few=few(line))
            ax.set_title(f"{short(name, LONGEST_NAME)} ({number(sizes[name])})", loc="left", color=INK)
            ax.set_ylim(0, min(1.0, HEADROOM * highest))
            age_axes(ax, whole, ages, True)

    ranked = first[names].sort_values(ascending=False)
    facts = {
        "best": short(ranked.index[0], LONGEST_NAME),
        "worst": short(ranked.index[-1], LONGEST_NAME),
        "hidden": len(first) - len(names),
        "age": age_name(ages, str(after["label"].iloc[0])),
        "apart": _apart(after[after["period"] == after["period"].min()], ranked.index[0], ranked.index[-1]),
    }
    drawing = draw("segments", paint, 2.0, panels=len(own))
    made = Chart.of(say, "segments", "segments", drawing, curves, **facts)
    return replace(made, title=title or made.title)


def _apart(first: pd.DataFrame, best: Any, worst: Any) -> bool:
    """Whether the intervals of two segments leave a gap between them."""
    rows = first.set_index("segment")
    return best != worst and bool(rows.loc[best, "ci_lower"] > rows.loc[worst, "ci_upper"])


def value_ahead(ahead: pd.DataFrame, currency: str | None) -> Chart:
    """What today's customers will bring, period by period, and new ones on top if they keep coming."""
    whole = enough(ahead[ahead["complete"]])
    period = _period_of(whole)
    both = whole["revenue"] + whole["new_revenue"]
    more = bool((whole["new_customers"] > 0).any())

    def paint(ax: Any, narrow: bool) -> None:
        band(ax, whole, "revenue", "revenue", BLUE, linewidth=2.2, texts=_said(whole, period, currency))
        last = whole["period_start"].iloc[-1]
        ends = [(last, float(whole["revenue"].iloc[-1]), say("value-ahead.today"), BLUE)]
        if more:
            ax.plot(whole["period_start"], both, color=BLUE, linewidth=1.6, linestyle=(0, (4, 2)))
            ends.append((last, float(both.iloc[-1]), say("value-ahead.with-new"), BLUE))
        ax.set(ylim=(0, None))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis)
        dates = [whole["period_start"].iloc[0], last] if len(whole) > 1 else [last]
        ax.set_xticks(dates, [cohort_name(date, period) for date in dates])
        label_ends(ax, ends)

    start, end = (float(whole["revenue"].iloc[at]) for at in (0, -1))
    moved = end / start - 1 if start > 0 else 0.0
    facts = {
        "change": "steady" if abs(moved) < STEADY else "fall" if moved < 0 else "rise",
        "share": percent(abs(moved), 0),
        "period": calendar_name(period),
        "suffix": currency_suffix(currency),
        "when": cohort_name(whole["period_start"].iloc[-1], period),
        "more": more,
    }
    return Chart.of(say, "value-ahead", "value_ahead", draw("value_ahead", paint, 2.8), ahead, **facts)


def _period_of(rows: pd.DataFrame) -> str:
    days = (rows["period_end"] - rows["period_start"]).dt.days.max() + 1
    return next((name for name, longest in LONGEST.items() if days <= longest), "quarter")


def _said(rows: pd.DataFrame, period: str, currency: str | None) -> list[str]:
    said = []
    for row in rows.itertuples():
        show = short_format("money", currency, row.revenue, row.revenue_lower, row.revenue_upper)
        limits = interval(row.revenue_lower, row.revenue_upper, show)
        when = cohort_name(row.period_start, period)
        said.append(say("value-ahead.reading", when=when, amount=show(row.revenue), limits=limits))
    return said
