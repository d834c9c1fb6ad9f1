"""How the model did on the unit's own past, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.axes import number_axis, percent_axis
from keepbook.plotting.canvas import BLUE, INK, ORANGE, canvas, svg_of
from keepbook.plotting.marks import bars, label
from keepbook.text import _, calendar_name, day, number, percent, plural

if TYPE_CHECKING:  # see charts.value
    from keepbook.clv import Choices, CustomerModel, Evaluation, Forecast

TENTHS, GIVEN_UP = 10, 3  # of the probability of being active, and those who are as good as gone
FEW = 30  # of them, to be worth a sentence


def backtest(made: Forecast, choices: Choices) -> Chart:
    """The forecast as it would have been made at the cut, beside what followed.

    Raises
    ------
    NotEnoughData : the history is too short for one.
    """
    if isinstance(made.backtest, NotEnoughData):
        raise made.backtest
    whole = made.backtest[made.backtest["complete"]]
    if whole.empty:
        raise NotEnoughData(
            _("Not shown: no whole {period} lies behind the cut-off.").format(period=made.period)
        )
    x = whole["period_start"]
    with canvas(9.6, 3.6) as (figure, ax):
        ax.fill_between(x, whole["lower"], whole["upper"], color=BLUE, alpha=0.22, linewidth=0)
        ax.plot(x, whole["predicted"], "-", marker="_", color=BLUE, linewidth=2, label=_("forecast"))
        ax.plot(x, whole["actual"], "o-", color=INK, markersize=5, linewidth=0.8, label=_("bought"))
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_("repeat purchases a {period}").format(period=calendar_name(made.period)))
        number_axis(ax.yaxis)
        ax.legend(loc="lower left", ncols=2)
        svg = svg_of(figure, "backtest")
    off = made.backtest["predicted"].sum() / max(made.backtest["actual"].sum(), 1) - 1
    inside = int(whole["actual"].between(whole["lower"], whole["upper"]).sum())
    title = _("A forecast made on {cut} would have been {off} in total").format(
        cut=day(made.cut), off=off_by(off)
    )
    caption = _(
        "The same model fitted to what was known on {cut}, of the customers known then. {inside} of {all} "
        "lie within the {level} band. It holds chance, not seasons: what lies outside says how far those go."
    ).format(
        cut=day(made.cut),
        inside=number(inside),
        all=plural(len(whole), calendar_name(made.period), calendar_name(made.period) + "s"),
        level=percent(1 - choices.alpha, 0),
    )
    return Chart("forecast_backtest", title, caption, title, svg, made.backtest)


def off_by(bias: float, digits: int = 1) -> str:
    """`2.3 % too high`, `right` where it rounds to nothing."""
    if not np.isfinite(bias) or round(abs(bias), digits + 2) == 0:
        return _("right")
    return (_("{n} too high") if bias > 0 else _("{n} too low")).format(n=percent(abs(bias), digits))


def span(low: float, high: float, digits: int = 1) -> str:
    """`94.1 %`, or `92.0 % to 94.1 %` where they differ."""
    least, most = percent(low, digits), percent(high, digits)
    return least if least == most else _("{low} to {high}").format(low=least, high=most)


def _of_model(table: pd.DataFrame, model: CustomerModel) -> pd.DataFrame:
    """The rows about the model that is shown.

    Raises
    ------
    NotEnoughData : it could not be tried on the past.
    """
    rows = table[table["method"] == model.process.label]
    if rows.empty:
        text = _("Not shown: {model} could not be tried on the past.")
        raise NotEnoughData(text.format(model=model.process.label))
    return rows


def calibration(evaluation: Evaluation, model: CustomerModel, choices: Choices) -> Chart:
    """Predicted and actual purchases by how often customers had bought, and by tenth of the prediction."""
    rows = _of_model(evaluation.calibration, model)
    rows = rows[(rows["target"] == "purchases") & (rows["cut"] == rows["cut"].max())]
    kinds = {"frequency": _("repeat purchases before"), "decile": _("tenth of the customers, by prediction")}
    with canvas(9.6, 3.6, columns=2, shared=False) as (figure, axes):
        for ax, (kind, head) in zip(axes, kinds.items(), strict=True):
            _calibrated(ax, rows[rows["kind"] == kind], head)
        axes[0].set_ylabel(_("purchases a customer"))
        axes[0].legend(loc="upper left", fontsize=9)
        svg = svg_of(figure, "calibration")
    tenths = rows[rows["kind"] == "decile"]
    inside = int(tenths["predicted"].between(tenths["lower"], tenths["upper"]).sum())
    title = _("In {inside} of {all} groups customers bought as often as {model} said").format(
        inside=number(inside), all=number(len(tenths)), model=model.process.label
    )
    caption = _(
        "Dots: what customers of a group bought on average after {cut}, with the {level} interval of that "
        "mean; dashes: what the model had said. Right, and in the title: tenths, 1 expected to buy most; "
        "equal predictions stay together."
    ).format(cut=day(rows["cut"].iloc[0]), level=percent(1 - choices.alpha, 0))
    return Chart("calibration", title, caption, title, svg, evaluation.calibration)


def _calibrated(ax: Axes, rows: pd.DataFrame, head: str) -> None:
    if (rows["kind"] == "decile").all():
        rows = rows.assign(order=rows["group"].astype(int)).sort_values("order")
    place = np.arange(len(rows))
    bars(ax, place, rows["actual"], rows["lower"], rows["upper"], INK, label=_("bought"))
    ax.plot(
        place, rows["predicted"], "_", color=BLUE, markersize=16, markeredgewidth=2.5, label=_("predicted")
    )
    ax.set_xticks(place, rows["group"].astype(str))
    ax.set_xlabel(head)
    ax.set_ylim(0, 1.15 * max(float(rows["upper"].max()), float(rows["predicted"].max()), 1e-9))
    ax.grid(axis="x", visible=False)
    number_axis(ax.yaxis, 0 if rows["actual"].max() >= 5 else 1)


def alive(evaluation: Evaluation, model: CustomerModel, choices: Choices) -> Chart:
    """P(alive) at the cut-off against who returned after it."""
    rows = _of_model(evaluation.alive, model)
    rows = rows[rows["cut"] == rows["cut"].max()]
    place = rows["bin"] - 1
    with canvas(9.6, 3.8) as (figure, ax):
        bars(ax, place, rows["returned"], rows["lower"], rows["upper"], INK, label=_("returned"))
        look = {"markersize": 20, "markeredgewidth": 2.5, "label": _("expected to return")}
        ax.plot(place, rows["expected"], "_", color=BLUE, **look)
        sizes = dict(zip(place, map(number, rows["customers"]), strict=True))
        names = [f"{10 * n}–{10 * n + 10}\n{sizes.get(n, number(0))}" for n in range(TENTHS)]
        ax.set_xticks(range(TENTHS), names)
        ax.set_xlim(-0.6, TENTHS - 0.4)
        ax.set_ylim(0, 1.05)
        ax.set_xlabel(_("probability of being active at the cut-off, %; customers"))
        ax.grid(axis="x", visible=False)
        ax.legend(loc="upper left", fontsize=9)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "alive")
    caption = _(
        "Customers by the probability of being active that {model} gave them on {cut}. Dots: the share that "
        "bought in what followed, with its {level} Wilson interval; dashes: the share the model expected, "
        "less than the probability itself, since who is active need not buy that soon."
    ).format(model=model.process.label, cut=day(rows["cut"].iloc[0]), level=percent(1 - choices.alpha, 0))
    return Chart("alive", _alive_title(rows), caption, _alive_title(rows), svg, evaluation.alive)


def _alive_title(rows: pd.DataFrame) -> str:
    """Of those given up, how many came back all the same; of all, where too few were given up."""
    given_up = rows[rows["bin"] <= GIVEN_UP]
    few = given_up["customers"].sum() < FEW
    part = rows if few else given_up
    back, said = (
        float(np.average(part[name], weights=part["customers"])) for name in ("returned", "expected")
    )
    text = _("Of customers under {limit} active, {back} came back; {said} were expected to")
    if few:
        text = _("{back} of the customers came back; {said} were expected to")
    return text.format(limit=percent(GIVEN_UP / TENTHS, 0), back=percent(back, 0), said=percent(said, 0))


def coverage(evaluation: Evaluation, model: CustomerModel, choices: Choices) -> Chart:
    """How often intervals for single customers held what happened, at each cut-off."""
    rows = _of_model(evaluation.coverage, model)
    cuts, levels = sorted(rows["cut"].unique()), sorted(rows["level"].unique())
    with canvas(6.4, 3.6) as (figure, ax):
        for at, level in enumerate(levels):
            ax.plot([at - 0.35, at + 0.35], [level, level], color=ORANGE, linewidth=1.4)
        for nth, cut in enumerate(cuts):
            own = rows[rows["cut"] == cut].sort_values("level")
            place = np.arange(len(own)) + 0.2 * (nth - (len(cuts) - 1) / 2)
            bars(ax, place, own["covered"], own["lower"], own["upper"], BLUE, capsize=0)
        label(ax, _("stated"), (len(levels) - 0.65, levels[-1]), (4, 0), ORANGE, va="center")
        ax.set_xticks(range(len(levels)), [percent(level, 0) for level in levels])
        ax.set_xlim(-0.5, len(levels) - 0.2)
        ax.set_ylim(0, 1.05)
        ax.set_xlabel(_("stated probability of the interval"))
        ax.set_ylabel(_("held what happened"))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "coverage")
    widest = rows[rows["level"] == levels[-1]]["covered"]
    title = _("{level} intervals of a customer's purchases held {held} of what happened").format(
        level=percent(levels[-1], 0), held=span(widest.min(), widest.max())
    )
    caption = _(
        "Each dot is a cut-off ({cuts}), with the {level} interval of its share. A count that lies across an "
        "end of its interval counts for the part of its probability that is inside."
    ).format(cuts=", ".join(day(pd.Timestamp(cut)) for cut in cuts), level=percent(1 - choices.alpha, 0))
    return Chart("coverage", title, caption, title, svg, evaluation.coverage)
