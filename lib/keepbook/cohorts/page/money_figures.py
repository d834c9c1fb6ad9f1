"""What staying is worth, drawn: revenue retention by cohort and by period, and customers lost."""

import pandas as pd

from keepbook.cohorts import Choices, Retention
from keepbook.cohorts.page.facts import headline_periods, level_of
from keepbook.cohorts.page.figures import after_first, age_axes
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import BLUE, GREEN, INK, ORANGE, canvas, svg_of
from keepbook.plotting.marks import band, percent_axis
from keepbook.text import calendar_name, catalogue, money, percent, period_name, within_sentence

say = catalogue("cohorts")


def revenue_curve(result: Retention, currency: str | None) -> Chart:
    """Revenue of the average cohort per period, as a share of its first period's."""
    average = after_first(result.average)
    with canvas(9.6, 3.8) as (figure, ax):
        band(ax, average, "revenue_retention", "revenue_ci", GREEN, linewidth=2.2, marker="o", markersize=3.5)
        age_axes(ax, result, average, say("revenue-curve.axis"))
        ax.set_ylim(0, 2 * max(average["revenue_retention"].max(), 0.01))  # thin data have bands without end
        svg = svg_of(figure, "revenue-curve")
    last = headline_periods(result).iloc[-1]
    back = money(100 * last.revenue_retention, currency, 1)
    facts = {"hundred": money(100, currency), "back": back, "age": last.label}
    facts |= {"period": period_name(result.choices), "level": level_of(result.choices)}
    return Chart.of(say, "revenue-curve", "revenue_average", svg, result.average, **facts)


def revenue_rates(bridge: pd.DataFrame, choices: Choices) -> Chart:
    """Net and gross revenue retention from one calendar period to the next."""
    rates = enough(bridge).dropna(subset=["nrr"])
    with canvas(9.6, 3.8) as (figure, ax):
        names = {"nrr": say("revenue-rates.net"), "grr": say("revenue-rates.gross")}
        for (rate, name), colour in zip(names.items(), (BLUE, ORANGE), strict=True):
            low, high = rates[f"{rate}_ci_lower"], rates[f"{rate}_ci_upper"]
            ax.fill_between(rates["period_start"], low, high, color=colour, alpha=0.2, linewidth=0)
            ax.plot(rates["period_start"], rates[rate], color=colour, linewidth=2, label=name)
        ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        highest = 1.5 * max(rates["nrr"].max(), 1.0) if len(rates) else 1.0
        ax.set(ylim=(0, highest), ylabel=say("revenue-rates.axis"))
        percent_axis(ax.yaxis)
        ax.legend(loc="upper left", ncols=2)
        svg = svg_of(figure, "revenue-rates")
    facts = {"periods": len(rates), "period": calendar_name(choices.period), "level": level_of(choices)}
    if len(rates):
        last = rates.iloc[-1]
        facts |= {"when": within_sentence(last.period_start, choices.period), "share": percent(last.nrr, 0)}
    return Chart.of(say, "revenue-rates", "revenue_bridge", svg, bridge, **facts)


def churn_rate(churn: pd.DataFrame, choices: Choices, churn_after: int) -> Chart:
    """Customers lost per calendar period, with intervals."""
    last = enough(churn).iloc[-1]
    with canvas(9.6, 3.6) as (figure, ax):
        low, high = churn["churn"] - churn["ci_lower"], churn["ci_upper"] - churn["churn"]
        look = {"color": ORANGE, "elinewidth": 1.2, "marker": "o", "markersize": 4, "linewidth": 1.6}
        ax.errorbar(churn["period_start"], churn["churn"], yerr=[low.clip(0), high.clip(0)], **look)
        ax.set(ylim=(0, None), ylabel=say("churn-rate.axis"))
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "churn-rate")
    facts = {"period": calendar_name(choices.period), "days": churn_after, "level": level_of(choices)}
    facts |= {"share": percent(last.churn), "when": within_sentence(last.period_start, choices.period)}
    return Chart.of(say, "churn-rate", "logo_churn", svg, churn, **facts)
