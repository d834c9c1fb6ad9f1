"""How the model did on the unit's own past, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.clv.page.terms import direction, off_by, span
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import BLUE, INK, MUTED, draw, read_out
from keepbook.plotting.marks import bars, label, number_axis, percent_axis
from keepbook.text import (
    calendar_name,
    catalogue,
    cohort_name,
    day,
    estimate,
    interval,
    listed,
    number,
    percent,
)

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Backtest, Choices, CustomerModel, Evaluation, PastErrors

say = catalogue("clv")
TENTHS, LOW_TENTHS = 10, 3  # of the probability of being active, and those of customers as good as gone
MIN_CUSTOMERS = 30  # of them, to be worth a sentence
LEAST_EDGE = 0.1  # of the axis of errors, that small ones look small
MONTH = 365.25 / 12  # days


def past_forecasts(errors: PastErrors, choices: Choices) -> Chart:
    """How far forecasts of the past were off, one row each, the newest first."""
    cuts, factor = errors.cuts, errors.money_factor
    names = [_tried_span(row) for row in cuts.itertuples()]
    told = [off_by(one, 0) for one in cuts["money_error"]]

    def paint(ax: Axes, narrow: bool) -> None:
        rows = np.arange(len(cuts))[::-1]
        edge = 1.25 * max(float(cuts["money_error"].abs().max()), LEAST_EDGE)
        if np.isfinite(factor):
            ax.axvspan(max(1 / factor - 1, -edge), min(factor - 1, edge), color=BLUE, alpha=0.12, linewidth=0)
        ax.axvline(0, color=MUTED, linewidth=0.9)
        ax.hlines(rows, 0, cuts["money_error"], color=BLUE, linewidth=2)
        ax.plot(cuts["money_error"], rows, "o", color=BLUE, markersize=7)
        read_out(
            ax, cuts["money_error"], rows, [f"{when} | {off}" for when, off in zip(names, told, strict=True)]
        )
        for y, when, off in zip(rows, names, told, strict=True):
            label(ax, say("past-forecasts.row", when=when, off=off), (-edge, y), (0, 9))
        ax.set_yticks([])
        ax.set(xlim=(-edge, edge), ylim=(-0.4, len(cuts) - 0.2))
        ax.grid(axis="y", visible=False)
        percent_axis(ax.xaxis)

    ahead = round(choices.months * MONTH)
    facts: dict[str, Any] = {
        "way": direction(errors.worst, 0),
        "worst": percent(errors.worst, 0),
        "days": errors.days,
        "shorter": errors.days < ahead,
        "purchases": listed(off_by(one, 0) for one in cuts["purchases_error"]),
        "months": choices.months,
    }
    drawing = draw("past-forecasts", paint, 0.75 + 0.55 * len(cuts))
    return Chart.of(say, "past-forecasts", "past_forecasts", drawing, cuts, **facts)


def _tried_span(row: Any) -> str:
    """`2024-05 to 2024-12`"""
    first = row.cut + pd.Timedelta(days=1)
    return say("span", low=cohort_name(first, "month"), high=cohort_name(row.end, "month"))


def backtest(made: Backtest, choices: Choices) -> Chart:
    """The forecast as it would have been made at the cut, beside what followed."""
    whole, period = made.periods[made.periods["complete"]].reset_index(drop=True), calendar_name(made.period)
    if whole.empty:
        raise NotEnoughData(say("no-whole-period", period=period))
    x = whole["period_start"]
    names = [cohort_name(start, made.period) for start in x]

    def paint(ax: Axes, narrow: bool) -> None:
        ax.fill_between(x, whole["lower"], whole["upper"], color=BLUE, alpha=0.22, linewidth=0)
        ax.plot(x, whole["predicted"], "-", color=BLUE, linewidth=2)
        ax.plot(x, whole["actual"], "o-", color=INK, markersize=5, linewidth=0.8)
        texts = [
            say(
                "backtest.reading",
                when=name,
                n=number(row.actual),
                model=_limits(row.predicted, row.lower, row.upper),
            )
            for name, row in zip(names, whole.itertuples(), strict=True)
        ]
        read_out(ax, x, whole["actual"], texts)
        ticks = sorted({0, len(whole) - 1})
        ax.set_xticks(x.iloc[ticks], [names[at] for at in ticks])
        ax.set(ylim=(0, None))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis)

    off = made.periods["predicted"].sum() / max(made.periods["actual"].sum(), 1) - 1
    facts = {"cut": day(made.cut), "off": off_by(off, 0), "level": percent(1 - choices.alpha, 0)}
    counts = {"inside": _inside(whole, "actual"), "periods": len(whole), "period": period}
    drawing = draw("backtest", paint, 2.8)
    return Chart.of(say, "backtest", "forecast_backtest", drawing, made.periods, **facts, **counts)


def _limits(value: float, lower: float, upper: float) -> str:
    return estimate(number(value), interval(lower, upper, number))


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
    counted = table[table["target"] == "purchases"]
    rows, facts = _latest(counted, model, choices)
    often, tenths = (rows[rows["kind"] == kind] for kind in ("frequency", "decile"))
    tenths = tenths.sort_values("group", key=lambda group: group.astype(int))

    def paint(axes: Any, narrow: bool) -> None:
        heads = (say("calibration.frequency"), say("calibration.decile"))
        for ax, part, head in zip(axes, (often, tenths), heads, strict=True):
            _calibrated(ax, part, head)

    counts = {"inside": _inside(tenths, "predicted"), "groups": len(tenths)}
    drawing = draw("calibration", paint, 2.8, panels=2, shared=False)
    own = _of_model(counted, model)  # of money and of other methods the evaluation tells
    return Chart.of(say, "calibration", "calibration", drawing, own, **facts, **counts)


def _calibrated(ax: Axes, rows: pd.DataFrame, head: str) -> None:
    place, digits = np.arange(len(rows)), 0 if rows["actual"].max() >= 5 else 1
    groups = rows["group"].astype(str).tolist()
    texts = [
        say(
            "calibration.reading",
            group=row.group,
            bought=number(row.actual, 2),
            model=number(row.predicted, 2),
        )
        for row in rows.itertuples()
    ]
    bars(ax, place, rows["actual"], rows["lower"], rows["upper"], INK, texts=texts, capsize=0)
    ax.plot(place, rows["predicted"], "_", color=BLUE, ms=16, mew=2.5)
    ax.set_xticks(place, groups)
    highest = max(float(rows["upper"].max()), float(rows["predicted"].max()), 1e-9)
    ax.set(ylim=(0, 1.15 * highest), xlabel=head)
    ax.grid(axis="x", visible=False)
    number_axis(ax.yaxis, digits)


def alive(evaluation: Evaluation, model: CustomerModel, choices: Choices) -> Chart:
    """P(alive) at the cut-off against who returned after it."""
    rows, facts = _latest(evaluation.alive, model, choices)
    place = rows["bin"] - 1

    def paint(ax: Axes, narrow: bool) -> None:
        texts = [
            say(
                "alive.reading",
                n=int(row.customers),
                span=_tenth(row.bin - 1),
                back=percent(row.returned, 0),
                expected=percent(row.expected, 0),
            )
            for row in rows.itertuples()
        ]
        bars(ax, place, rows["returned"], rows["lower"], rows["upper"], INK, texts=texts, capsize=0)
        ax.plot(place, rows["expected"], "_", color=BLUE, ms=18, mew=2.5)
        shown = range(0, TENTHS, 3)
        ax.set_xticks(shown, [_tenth(n) for n in shown])
        ax.set(xlim=(-0.6, TENTHS - 0.4), ylim=(0, 1.05), xlabel=say("alive.axis"))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)

    own = _of_model(evaluation.alive, model)
    return Chart.of(say, "alive", "alive", draw("alive", paint, 2.8), own, **facts, **_returned(rows))


def _tenth(n: int) -> str:
    """`30–40 %`"""
    return interval(n / TENTHS, (n + 1) / TENTHS, lambda share: percent(share, 0))


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

    def paint(ax: Axes, narrow: bool) -> None:
        for at, level in enumerate(levels):
            ax.plot([at - 0.35, at + 0.35], [level, level], color=MUTED, linewidth=1.4)
        for nth, cut in enumerate(cuts):
            own = rows[rows["cut"] == cut].sort_values("level")
            place = np.arange(len(own)) + 0.2 * (nth - (len(cuts) - 1) / 2)
            texts = [
                say(
                    "coverage.reading",
                    level=percent(row.level, 0),
                    cut=day(pd.Timestamp(cut)),
                    held=percent(row.covered),
                )
                for row in own.itertuples()
            ]
            bars(ax, place, own["covered"], own["lower"], own["upper"], BLUE, texts=texts, capsize=0)
        ax.set_xticks(range(len(levels)), [percent(level, 0) for level in levels])
        ax.set(xlim=(-0.5, len(levels) - 0.4), ylim=(0, 1.05), xlabel=say("coverage.axis"))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)

    widest = rows[rows["level"] == levels[-1]]["covered"]
    facts = {
        "widest": percent(levels[-1], 0),
        "held": span(widest.min(), widest.max()),
        "cuts": listed(day(pd.Timestamp(cut)) for cut in cuts),
        "level": percent(1 - choices.alpha, 0),
    }
    return Chart.of(say, "coverage", "coverage", draw("coverage", paint, 2.6), rows, **facts)
