"""What staying is worth, drawn: revenue retention by cohort and by period, and customers lost."""

import pandas as pd

from keepbook.cohorts import Choices, Retention
from keepbook.cohorts.page.ages import after_first, ages
from keepbook.cohorts.page.figures import headline_periods
from keepbook.page.elements import Chart, enough
from keepbook.plotting.axes import percent_axis
from keepbook.plotting.canvas import BLUE, GREEN, INK, ORANGE, canvas, svg_of
from keepbook.plotting.marks import band
from keepbook.text import calendar_name, catalogue, money, percent, period_name, within_sentence

say = catalogue("cohorts")


def revenue_curve(result: Retention, currency: str | None) -> Chart:
    """Revenue of the average cohort per period, as a share of its first period's."""
    average = after_first(result.average)
    with canvas(9.6, 3.8) as (figure, ax):
        columns = ("revenue_retention", "revenue_ci_lower", "revenue_ci_upper")
        band(ax, average, *columns, GREEN, linewidth=2.2, marker="o", markersize=3.5)
        ax.set_ylim(0, 2 * max(average["revenue_retention"].max(), 0.01))  # thin data have bands without end
        ages(ax, result, average)
        ax.set_ylabel(say("revenue-curve.axis"))
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "revenue-curve")
    last = headline_periods(result).iloc[-1]
    title = say(
        "revenue-curve",
        hundred=money(100, currency),
        back=money(100 * last.revenue_retention, currency, 1),
        period=period_name(result.choices),
        age=last.label,
    )
    caption = say("revenue-curve.caption", level=percent(1 - result.choices.alpha, 0))
    return Chart("revenue_average", title, caption, title, svg, result.average)


def revenue_rates(bridge: pd.DataFrame, choices: Choices) -> Chart:
    """Net and gross revenue retention from one calendar period to the next."""
    enough(bridge)
    rates, period = bridge.dropna(subset=["nrr"]), calendar_name(choices.period)
    with canvas(9.6, 3.8) as (figure, ax):
        for rate, colour, name in (
            ("nrr", BLUE, "net"),
            ("grr", ORANGE, "gross"),
        ):
            low, high = rates[f"{rate}_ci_lower"], rates[f"{rate}_ci_upper"]
            ax.fill_between(rates["period_start"], low, high, color=colour, alpha=0.2, linewidth=0)
            ax.plot(
                rates["period_start"],
                rates[rate],
                color=colour,
                linewidth=2,
                label=say(f"revenue-rates.{name}"),
            )
        ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.set_ylim(0, 1.5 * max(rates["nrr"].max(), 1.0) if len(rates) else 1.0)
        ax.set_ylabel(say("revenue-rates.axis"))
        percent_axis(ax.yaxis)
        ax.legend(loc="upper left", ncols=2)
        svg = svg_of(figure, "revenue-rates")
    last = rates.iloc[-1] if len(rates) else None
    title = say(
        "revenue-rates",
        periods=len(rates),
        when=None if last is None else within_sentence(last.period_start, choices.period),
        share=None if last is None else percent(last.nrr, 0),
        period=period,
    )
    caption = say("revenue-rates.caption", period=period, level=percent(1 - choices.alpha, 0))
    return Chart("revenue_bridge", title, caption, title, svg, bridge)


def churn_rate(churn: pd.DataFrame, choices: Choices, churn_after: int) -> Chart:
    """Customers lost per calendar period, with intervals."""
    enough(churn)
    with canvas(9.6, 3.6) as (figure, ax):
        low, high = churn["churn"] - churn["ci_lower"], churn["ci_upper"] - churn["churn"]
        look = {"color": ORANGE, "elinewidth": 1.2, "marker": "o", "markersize": 4, "linewidth": 1.6}
        ax.errorbar(churn["period_start"], churn["churn"], yerr=[low.clip(0), high.clip(0)], **look)
        ax.set_ylim(bottom=0)
        ax.set_ylabel(say("churn-rate.axis"))
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "churn-rate")
    last = churn.iloc[-1]
    when = within_sentence(last.period_start, choices.period)
    title = say("churn-rate", share=percent(last.churn), when=when)
    caption = say(
        "churn-rate.caption",
        period=calendar_name(choices.period),
        days=churn_after,
        level=percent(1 - choices.alpha, 0),
    )
    return Chart("logo_churn", title, caption, title, svg, churn)
