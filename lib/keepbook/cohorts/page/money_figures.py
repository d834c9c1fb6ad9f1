"""What staying is worth, drawn: revenue retention by cohort and by period, and customers lost."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from keepbook.cohorts import Choices, Retention
from keepbook.cohorts.page.facts import level_of, named_periods
from keepbook.cohorts.page.figures import after_first
from keepbook.page.age_curves import FEW_CUSTOMERS, age_axes, few
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import BLUE, INK, MUTED, draw
from keepbook.plotting.marks import band, label_ends, percent_axis, period_axis
from keepbook.text import (
    age_name,
    calendar_name,
    catalogue,
    cohort_name,
    interval,
    number,
    percent,
    period_name,
    within_sentence,
)

say = catalogue("cohorts")
HIGHEST = 1.5  # of the highest rate: where the axis ends


def revenue_curve(result: Retention) -> Chart:
    """Revenue of the average cohort per period, as a share of its first period's."""
    average, choices = after_first(result.average), result.choices
    thin = few(average)
    highest = max(average["revenue_retention"].max(), 0.01)
    limits = average.loc[~thin, "revenue_ci_upper"].max()
    top = min(np.fmax(limits, highest), 2 * highest)  # thin data have bands without end
    texts = [
        say(
            "revenue-curve.reading",
            age=age_name(choices, row.label),
            share=percent(row.revenue_retention),
            limits=interval(row.revenue_ci_lower, row.revenue_ci_upper),
            period=period_name(choices),
        )
        for row in average.itertuples(index=False)
    ]

    def paint(ax: Any, narrow: bool) -> None:
        look: dict[str, Any] = {"linewidth": 2.2, "marker": "o", "markersize": 3.5}
        band(ax, average, "revenue_retention", "revenue_ci", BLUE, texts=texts, few=thin, **look)
        ax.set_ylim(0, top)
        age_axes(ax, average, choices, narrow)

    named = named_periods(result).tail(1)
    facts = {"period": period_name(choices), "level": level_of(choices), "ages": len(named)}
    facts |= {"few": bool(thin.any()), "fewest": FEW_CUSTOMERS}
    for row in named.itertuples():
        facts |= {"share": percent(row.revenue_retention, 0), "age": age_name(choices, row.label)}
    name = "revenue_average"
    columns = [column for column in result.average if not column.startswith(("retention", "ci_"))]
    return Chart.of(say, "revenue-curve", name, draw(name, paint), result.average[columns], **facts)


def revenue_rates(bridge: pd.DataFrame, choices: Choices) -> Chart:
    """Net and gross revenue retention from one calendar period to the next."""
    rates = enough(bridge).dropna(subset=["nrr"])
    highest = HIGHEST * max(rates["nrr"].max(), 1.0) if len(rates) else 1.0
    looks = {"nrr": BLUE, "grr": MUTED}

    def paint(ax: Any, narrow: bool) -> None:
        ends = []
        for rate, colour in looks.items():
            texts = _rates_said(rates, rate, choices)
            band(ax, rates, rate, f"{rate}_ci", colour, texts=texts, linewidth=2)
            for last in rates.tail(1).itertuples():
                ends.append((last.period_start, getattr(last, rate), say(f"revenue-rates.{rate}"), colour))
        ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.set_ylim(0, highest)
        percent_axis(ax.yaxis)
        if len(rates):
            period_axis(ax, list(rates["period_start"]), choices.period, narrow)
            label_ends(ax, [*ends, (rates["period_start"].iloc[-1], 1, say("revenue-rates.unchanged"), INK)])

    facts = {"periods": len(rates), "period": calendar_name(choices.period), "level": level_of(choices)}
    if len(rates):
        last = rates.iloc[-1]
        facts |= {"when": within_sentence(last.period_start, choices.period), "share": percent(last.nrr, 0)}
    return Chart.of(say, "revenue-rates", "revenue_bridge", draw("revenue_bridge", paint), bridge, **facts)


def _rates_said(rates: pd.DataFrame, rate: str, choices: Choices) -> list[str]:
    show = partial(percent, digits=0)
    return [
        say(
            "revenue-rates.reading",
            when=cohort_name(row["period_start"], choices.period),
            name=say(f"revenue-rates.{rate}"),
            share=show(row[rate]),
            limits=interval(row[f"{rate}_ci_lower"], row[f"{rate}_ci_upper"], show),
        )
        for _i, row in rates.iterrows()
    ]


def churn_rate(churn: pd.DataFrame, choices: Choices, churn_after: int) -> Chart:
    """Customers lost per calendar period, with intervals."""
    last = enough(churn).iloc[-1]
    texts = [
        say(
            "churn-rate.reading",
            when=cohort_name(row.period_start, choices.period),
            share=percent(row.churn),
            limits=interval(row.ci_lower, row.ci_upper),
            lost=number(row.lost),
            start=number(row.at_start),
        )
        for row in churn.itertuples(index=False)
    ]

    def paint(ax: Any, narrow: bool) -> None:
        look: dict[str, Any] = {"linewidth": 2.2, "marker": "o", "markersize": 3.5}
        band(ax, churn, "churn", "ci", BLUE, texts=texts, few=churn["at_start"] < FEW_CUSTOMERS, **look)
        ax.set_ylim(0, None)
        percent_axis(ax.yaxis)
        period_axis(ax, list(churn["period_start"]), choices.period, narrow)

    facts = {"period": calendar_name(choices.period), "days": churn_after, "level": level_of(choices)}
    facts |= {"share": percent(last.churn, 0), "when": within_sentence(last.period_start, choices.period)}
    facts |= {"few": int(last.at_start) < FEW_CUSTOMERS, "gained": int(last.gained)}
    return Chart.of(say, "churn-rate", "logo_churn", draw("logo_churn", paint), churn, **facts)
