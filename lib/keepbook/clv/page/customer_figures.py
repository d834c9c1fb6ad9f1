"""Who the customers are that hold the value, drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.clv.page.terms import terms_of
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import BLUE, INK, MUTED, draw, read_out
from keepbook.plotting.marks import bars, label, number_axis, percent_axis, short
from keepbook.stats.intervals import z_of
from keepbook.text import (
    calendar_name,
    catalogue,
    chance,
    cohort_name,
    currency_suffix,
    day,
    estimate,
    interval,
    money,
    number,
    percent,
    within_sentence,
)

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Choices, CustomerModel, Reckoned

say = catalogue("clv")
TENTHS = 10
FEW = 100  # customers, of whom a figure draws less boldly and no title speaks
SPACED = 5  # ticks of money, at most


def concentration(curve: pd.DataFrame, top: Reckoned, lower_half: float, choices: Choices) -> Chart:
    """What each tenth of the customers holds, the most valuable first."""
    edges = np.linspace(0, 1, TENTHS + 1)
    held = np.nan_to_num(np.diff(np.interp(edges, curve["customers_share"], curve["value_share"])))

    def paint(ax: Axes, narrow: bool) -> None:
        place = np.arange(1, TENTHS + 1)
        ax.bar(place, held, width=0.72, color=[BLUE, *[MUTED] * (TENTHS - 1)])
        texts = [
            say("concentration.reading", n=int(n), share=percent(one, 0))
            for n, one in zip(place, held, strict=True)
        ]
        read_out(ax, place, held, texts)
        for n in (1, 2):
            label(
                ax, percent(held[n - 1], 0), (n, held[n - 1]), (0, 3), BLUE if n == 1 else MUTED, ha="center"
            )
        ax.set(ylim=(0, 1.15 * max(float(held.max()), 1e-9)), xlabel=say("concentration.tenths"))
        ax.set_xticks([1, 5, 10], [number(n) for n in (1, 5, 10)])
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)

    facts = {
        "top": _share(top),
        "low": percent(lower_half, 0),
        "tested": bool(np.isfinite(top.lower)),
    }
    drawing = draw("concentration", paint, 2.8)
    return Chart.of(say, "concentration", "concentration", drawing, curve, **facts, **terms_of(choices))


def _share(tenth: Reckoned) -> str:
    """`66 % (48–66 %)`; without a range where none was tried."""
    show = partial(percent, digits=0)
    if not np.isfinite(tenth.lower):
        return show(tenth.value)
    return estimate(show(tenth.value), interval(tenth.lower, tenth.upper, show))


def value_distribution(frame: pd.DataFrame, choices: Choices, currency: str | None) -> Chart:
    """How many customers are worth how much, and what they hold together."""
    place = np.arange(len(enough(frame)))
    edges = [*frame["lower"], frame["upper"].iloc[-1]]
    shows = [number(edge, _edge_digits(edge)) for edge in edges]

    def paint(ax: Axes, narrow: bool) -> None:
        of_customers, of_value = say("value-distribution.customers"), say("value-distribution.value")
        sides = [
            (-0.2, MUTED, of_customers, frame["customers_share"]),
            (0.2, BLUE, of_value, frame["clv_share"]),
        ]
        peaks = [int(shares.to_numpy().argmax()) + shift for shift, _colour, _text, shares in sides]
        for (shift, colour, text, shares), peak in zip(sides, peaks, strict=True):
            ax.bar(place + shift, shares, width=0.38, color=colour)
            first = peak == min(peaks)  # its name goes to the left, the other's to the right
            align = {"ha": "right" if first else "left"}
            label(ax, text, (peak + (0.19 if first else -0.19), float(shares.max())), (0, 4), colour, **align)
            texts = [
                say(
                    "value-distribution.reading",
                    low=shows[i],
                    high=shows[i + 1],
                    what=text,
                    share=percent(one),
                )
                for i, one in enumerate(shares)
            ]
            read_out(ax, place + shift, shares, texts)
        step = max(1, -(-len(edges) // (SPACED if narrow else 2 * SPACED)))
        ax.set_xticks(np.arange(len(edges))[::step] - 0.5, shows[::step])
        highest = float(frame[["customers_share", "clv_share"]].to_numpy().max())
        ax.set(xlim=(-0.6, len(frame) - 0.4), ylim=(0, 1.15 * max(highest, 1e-9)))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)

    middle = int(np.searchsorted(frame["customers_share"].cumsum(), 0.5))
    most = frame["upper"].iloc[min(middle, len(frame) - 1)]
    share = frame.loc[frame["upper"] <= most, "customers_share"].sum()
    facts = {"share": percent(share, 0), "amount": money(most, currency, _edge_digits(most))}
    facts |= {"suffix": currency_suffix(currency), **terms_of(choices)}
    drawing = draw("clv-spread", paint, 2.8)
    return Chart.of(say, "value-distribution", "clv_spread", drawing, frame, **facts)


def cohort_value(
    frame: pd.DataFrame, choices: Choices, period: str, currency: str | None, worst: float | None = None
) -> Chart:
    """What a customer is worth from now on, by when they first bought.

    Parameters
    ----------
    worst : largest error of a total forecast on the past, which the intervals do not hold.
    """
    drawn = frame.dropna(subset=["each_lower"]).reset_index(drop=True)
    mean, few = float(frame["clv"].sum() / frame["customers"].sum()), drawn["customers"] < FEW

    def paint(ax: Axes, narrow: bool) -> None:
        for mask, alpha in ((few, 0.45), (~few, 1.0)):
            own = drawn[mask]
            texts = [_cohort_reading(row, period, currency) for row in own.itertuples()]
            bars(
                ax,
                own.index,
                own["each"],
                own["each_lower"],
                own["each_upper"],
                BLUE,
                texts=texts,
                alpha=alpha,
                capsize=0,
            )
        ax.axhline(mean, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        at = (len(drawn) - 0.5, mean)
        label(ax, say("cohort-value.all"), at, (4, 0), MUTED, va="center", annotation_clip=False)
        ticks = sorted({0, len(drawn) // 2, len(drawn) - 1}) if len(drawn) > 1 else [0]
        ax.set_xticks(ticks, [cohort_name(drawn["cohort"][at], period) for at in ticks])
        highest = max(float(min(drawn["each_upper"].max(), 4 * drawn["each"].max())), mean)
        ax.set(xlim=(-0.6, len(drawn) - 0.4), ylim=(0, 1.1 * max(highest, 1e-9)))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis, 0 if mean >= 5 else 1)

    found = {"case": "one"} if len(frame) == 1 else _extremes(drawn[~few], mean, period, choices.alpha)
    facts = found | {
        "hidden": len(drawn) < len(frame),
        "drawn": len(drawn),
        "cohorts": len(frame),
        "few": FEW if few.any() else None,
        "worst": percent(worst, 0) if worst else None,
        "period": calendar_name(period),
        "suffix": currency_suffix(currency),
        **terms_of(choices),
    }
    return Chart.of(say, "cohort-value", "clv_by_cohort", draw("cohort-value", paint, 3.0), frame, **facts)


def _cohort_reading(row: Any, period: str, currency: str | None) -> str:
    show = partial(number, digits=_digits(row.each))
    amount = estimate(
        money(row.each, currency, _digits(row.each)), interval(row.each_lower, row.each_upper, show)
    )
    return say(
        "cohort-value.reading", when=cohort_name(row.cohort, period), n=int(row.customers), amount=amount
    )


def _extremes(drawn: pd.DataFrame, mean: float, period: str, alpha: float) -> dict[str, Any]:
    """Least and most; where the interval of every cohort holds the mean of all, there is none to speak of.

    Of many cohorts some lie outside by chance: the intervals are as wide as so many take (Bonferroni).
    """
    if drawn.empty:
        return {"case": "few"}
    wider = z_of(alpha / len(drawn)) / z_of(alpha)
    lower = drawn["each"] - wider * (drawn["each"] - drawn["each_lower"])
    upper = drawn["each"] + wider * (drawn["each_upper"] - drawn["each"])
    if lower.le(mean).all() and upper.ge(mean).all():
        return {"case": "same"}
    low, high = drawn.loc[drawn["each"].idxmin()], drawn.loc[drawn["each"].idxmax()]
    return {
        "case": "apart",
        "low": within_sentence(low.cohort, period),
        "high": within_sentence(high.cohort, period),
    }


def _edge_digits(value: float) -> int:
    return 0 if value >= 1 or value == 0 else int(np.ceil(-np.log10(value)))


def _digits(value: float) -> int:
    return 0 if value >= 10 else 2


def alive_path(path: pd.DataFrame, customer_id: str, model: CustomerModel, choices: Choices) -> Chart:
    """P(alive) of one customer since the first purchase, purchases marked."""
    bought, last = path[path["bought"]], path.iloc[-1]

    def paint(ax: Axes, narrow: bool) -> None:
        ax.plot(path["date"], path["p_alive"], color=BLUE, linewidth=1.6)
        ax.plot(bought["date"], bought["p_alive"], "o", color=INK, markersize=5)
        texts = [
            say("alive-path.reading", day=day(row.date), chance=chance(row.p_alive))
            for row in bought.itertuples()
        ]
        read_out(ax, bought["date"], bought["p_alive"], texts)
        ax.set(ylim=(0, 1.05))
        ends = [path["date"].iloc[0], last.date][: len(path)]
        ax.set_xticks(ends, [day(one) for one in ends], ha="center")
        percent_axis(ax.yaxis)

    facts = {
        "day": day(last.date),
        "unit": choices.time_unit,
        "customer": short(customer_id),
        "chance": chance(last.p_alive),
        "purchases": len(bought),
        "model": model.process.label,
        "once_active": model.process.key == "bg_nbd",
    }
    return Chart.of(say, "alive-path", "alive_path", draw("alive-path", paint, 2.8), path, **facts)
