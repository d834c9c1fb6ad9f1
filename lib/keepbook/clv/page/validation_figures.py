"""How the model did on the unit's own past, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.clv.page.terms import off_by, span
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import BLUE, INK, ORANGE, canvas, svg_of
from keepbook.plotting.marks import bars, label, number_axis, percent_axis
from keepbook.text import calendar_name, catalogue, day, listed, number, percent

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Backtest, Choices, CustomerModel, Evaluation

say = catalogue("clv")
TENTHS, LOW_TENTHS = 10, 3  # of the probability of being active, and those of customers as good as gone
MIN_CUSTOMERS = 30  # of them, to be worth a sentence


def backtest(made: Backtest, choices: Choices) -> Chart:
    """The forecast as it would have been made at the cut, beside what followed."""
    whole, period = made.periods[made.periods["complete"]], calendar_name(made.period)
    if whole.empty:
        raise NotEnoughData(say("no-whole-period", period=period))
    x = whole["period_start"]
    with canvas(9.6, 3.6) as (figure, ax):
        ax.fill_between(x, whole["lower"], whole["upper"], color=BLUE, alpha=0.22, linewidth=0)
        forecast, bought = say("backtest.forecast"), say("backtest.bought")
        ax.plot(x, whole["predicted"], "-", marker="_", color=BLUE, linewidth=2, label=forecast)
        ax.plot(x, whole["actual"], "o-", color=INK, markersize=5, linewidth=0.8, label=bought)
        ax.set(ylim=(0, None), ylabel=say("forecast.axis", period=period))
        number_axis(ax.yaxis)
        ax.legend(loc="lower left", ncols=2)
        svg = svg_of(figure, "backtest")
    off = made.periods["predicted"].sum() / max(made.periods["actual"].sum(), 1) - 1
    facts = {"cut": day(made.cut), "off": off_by(off), "level": percent(1 - choices.alpha, 0)}
    counts = {"inside": _inside(whole, "actual"), "periods": len(whole), "period": period}
    return Chart.of(say, "backtest", "forecast_backtest", svg, made.periods, **facts, **counts)


def _inside(rows: pd.DataFrame, name: str) -> int:
    return int(rows[name].between(rows["lower"], rows["upper"]).sum())


def _of_model(table: pd.DataFrame, model: CustomerModel) -> pd.DataFrame:
    """The rows about the model that is shown; NotEnoughData where it could not be tried on the past."""
    rows = table[table["method"] == model.process.label]
    if rows.empty:
        raise NotEnoughData(say("model-untried", model=model.process.label))
    return rows


def _latest(
    rows: pd.DataFrame, model: CustomerModel, choices: Choices
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The rows of the model's latest cut-off, and what figures say of them."""
    rows = _of_model(rows, model)
    cut, level = rows["cut"].max(), percent(1 - choices.alpha, 0)
    return rows[rows["cut"] == cut], {"model": model.process.label, "cut": day(cut), "level": level}


def calibration(evaluation: Evaluation, model: CustomerModel, choices: Choices) -> Chart:
    """Predicted and actual purchases by how often customers had bought, and by tenth of the prediction."""
    table = evaluation.calibration
    rows, facts = _latest(table[table["target"] == "purchases"], model, choices)
    often, tenths = (rows[rows["kind"] == kind] for kind in ("frequency", "decile"))
    tenths = tenths.sort_values("group", key=lambda group: group.astype(int))
    with canvas(9.6, 3.6, columns=2, shared=False) as (figure, axes):
        _calibrated(axes[0], often, say("calibration.frequency"))
        _calibrated(axes[1], tenths, say("calibration.decile"))
        axes[0].set_ylabel(say("calibration.axis"))
        axes[0].legend(loc="upper left", fontsize=9)
        svg = svg_of(figure, "calibration")
    counts = {"inside": _inside(tenths, "predicted"), "groups": len(tenths)}
    return Chart.of(say, "calibration", "calibration", svg, table, **facts, **counts)


def _calibrated(ax: Axes, rows: pd.DataFrame, head: str) -> None:
    place = np.arange(len(rows))
    bars(ax, place, rows["actual"], rows["lower"], rows["upper"], INK, label=say("calibration.bought"))
    ax.plot(place, rows["predicted"], "_", color=BLUE, label=say("calibration.predicted"), ms=16, mew=2.5)
    ax.set_xticks(place, rows["group"].astype(str))
    highest = max(float(rows["upper"].max()), float(rows["predicted"].max()), 1e-9)
    ax.set(ylim=(0, 1.15 * highest), xlabel=head)
    ax.grid(axis="x", visible=False)
    number_axis(ax.yaxis, 0 if rows["actual"].max() >= 5 else 1)


def alive(evaluation: Evaluation, model: CustomerModel, choices: Choices) -> Chart:
    """P(alive) at the cut-off against who returned after it."""
    rows, facts = _latest(evaluation.alive, model, choices)
    place = rows["bin"] - 1
    with canvas(9.6, 3.8) as (figure, ax):
        bars(ax, place, rows["returned"], rows["lower"], rows["upper"], INK, label=say("alive.returned"))
        ax.plot(place, rows["expected"], "_", color=BLUE, label=say("alive.expected"), ms=20, mew=2.5)
        sizes = dict(zip(place, map(number, rows["customers"]), strict=True))
        names = [f"{10 * n}–{10 * n + 10}\n{sizes.get(n, number(0))}" for n in range(TENTHS)]
        ax.set_xticks(range(TENTHS), names)
        ax.set(xlim=(-0.6, TENTHS - 0.4), ylim=(0, 1.05), xlabel=say("alive.axis"))
        ax.grid(axis="x", visible=False)
        ax.legend(loc="upper left", fontsize=9)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "alive")
    return Chart.of(say, "alive", "alive", svg, evaluation.alive, **facts, **_returned(rows))


def _returned(rows: pd.DataFrame) -> dict[str, str | None]:
    """Of those as good as gone, how many came back all the same; of all, where they are too few."""
    low = rows[rows["bin"] <= LOW_TENTHS]
    few = low["customers"].sum() < MIN_CUSTOMERS
    part = rows if few else low
    back, expected = (np.average(part[name], weights=part["customers"]) for name in ("returned", "expected"))
    limit = None if few else percent(LOW_TENTHS / TENTHS, 0)
    return {"limit": limit, "back": percent(back, 0), "expected": percent(expected, 0)}


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
        label(ax, say("coverage.stated"), (len(levels) - 0.65, levels[-1]), (4, 0), ORANGE, va="center")
        ax.set_xticks(range(len(levels)), [percent(level, 0) for level in levels])
        ax.set(xlim=(-0.5, len(levels) - 0.2), ylim=(0, 1.05))
        ax.set(xlabel=say("coverage.axis"), ylabel=say("coverage.held"))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "coverage")
    widest = rows[rows["level"] == levels[-1]]["covered"]
    facts = {
        "widest": percent(levels[-1], 0),
        "held": span(widest.min(), widest.max()),
        "cuts": listed(day(pd.Timestamp(cut)) for cut in cuts),
        "level": percent(1 - choices.alpha, 0),
    }
    return Chart.of(say, "coverage", "coverage", svg, evaluation.coverage, **facts)
