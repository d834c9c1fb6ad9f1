"""Who stays in several units, in one chart."""

from collections.abc import Mapping
from itertools import cycle

import pandas as pd

from keepbook.cohorts import Choices, Retention
from keepbook.cohorts.page.ages import after_first, ages
from keepbook.cohorts.retention import pvalue_alike
from keepbook.errors import DataError
from keepbook.page.elements import Chart
from keepbook.plotting.axes import percent_axis
from keepbook.plotting.canvas import BLUE, GREEN, INK, ORANGE, canvas, svg_of
from keepbook.plotting.marks import band, short
from keepbook.text import age_name, catalogue, percent

say = catalogue("cohorts")


def compared_curves(units: Mapping[str, Retention]) -> Chart:
    """The average curve of every unit, each in a colour of its own.

    Parameters
    ----------
    units : title of a unit → its retention.

    Raises
    ------
    DataError : the units are not counted alike.
    NotEnoughData : in one of them no period after the first is over yet.
    """
    choices = _counted_alike(units)
    curves = {title: after_first(found.average) for title, found in units.items()}
    with canvas(9.6, 4.0) as (figure, ax):
        for (title, curve), colour in zip(curves.items(), cycle((BLUE, ORANGE, GREEN, INK)), strict=False):
            band(ax, curve, "retention", "ci_lower", "ci_upper", colour, linewidth=2, label=short(title))
        longest = max(units, key=lambda title: len(curves[title]))
        ages(ax, units[longest], curves[longest])
        ax.set_ylim(bottom=0)
        ax.set_ylabel(say("return-axis"))
        percent_axis(ax.yaxis)
        ax.legend(loc="upper right")
        svg = svg_of(figure, "compared-curves")
    title = _title(curves, choices)
    caption = say("compared-curves.caption", level=percent(1 - choices.alpha, 0))
    data = pd.concat(curves, names=["unit"]).reset_index(level=0)
    return Chart("retention_compared", title, caption, title, svg, data)


def _counted_alike(units: Mapping[str, Retention]) -> Choices:
    first, *others = (found.choices for found in units.values())
    for other in others:
        if (other.period, other.clock, other.rule) != (first.period, first.clock, first.rule):
            raise DataError(
                "The units are counted differently, so their curves cannot be compared.",
                expected=f"{first.period}, {first.clock} and {first.rule} in all of them",
                do="Give cohort_period, clock and return_rule to compare() for all of them.",
            )
    return first


def _title(curves: Mapping[str, pd.DataFrame], choices: Choices) -> str:
    first = pd.DataFrame({title: curve.iloc[0] for title, curve in curves.items()}).T
    age = age_name(choices, first["label"].iloc[0])
    if not pvalue_alike(first) < choices.alpha:
        return say("compared-curves", differ=False, age=age)
    shares = first["retention"].astype(float)
    return say(
        "compared-curves",
        differ=True,
        best=str(shares.idxmax()),
        high=percent(shares.max()),
        worst=str(shares.idxmin()),
        low=percent(shares.min()),
        age=age,
    )
