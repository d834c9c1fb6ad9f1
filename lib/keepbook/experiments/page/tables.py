"""The tables behind what a retention strategy did: frames with their formats and captions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.findings import earned_of, level, level_of, limits_of
from keepbook.page.elements import Columns, Shown, stacked, table_of
from keepbook.page.elements import OldTable as Table
from keepbook.text import (
    MISSING,
    _,
    chance,
    change_format,
    currency_suffix,
    interval,
    metric_name,
    number,
    p_equals,
    percent,
    plural,
    pvalue,
    value_format,
)
from keepbook.unit import Unit

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.experiments import SampleRatio, Segments, Study

BEFORE = {
    "pre_retained": _("bought before"),
    "pre_orders": _("orders before"),
    "pre_revenue": _("revenue before"),
}
MONEY = ("pre_revenue",)  # of them
HOLDS = {"yes": _("unharmed"), "no": _("harmed"), "open": _("open")}
OF = " · "  # between what a row is about and its arm
FEW = 100  # units that carry a metric, below which their number stands beside that of customers
folded = partial(fill, width=20)  # words, in a column as narrow as those of numbers


def split_table(ratio: SampleRatio | NotEnoughData, study: Study | NotEnoughData) -> Table:
    """Arms as intended and as found."""
    if isinstance(ratio, NotEnoughData) or isinstance(study, NotEnoughData):
        return ratio if isinstance(ratio, NotEnoughData) else study, {}, ""
    arms = ratio.arms
    columns: Columns = {
        _("arm"): (arms["variant"], str),
        _("clusters") if study.clustered else _("customers"): (arms["customers"], number),
        _("share"): (arms["share"], percent),
        _("intended"): (arms["expected_share"], percent),
    }
    if study.intake is not None:
        mature = study.intake.arms.set_index("variant")["mature"].reindex(arms["variant"])
        columns[_("followed to the end")] = (mature.to_numpy(), number)
    caption = _("Sample-ratio check: χ² test, p {p}; below 0.001 the split counts as broken.")
    if ratio.drift_pvalue == ratio.drift_pvalue:
        caption += " " + _("That the shares were the same from the first assignment to the last: p {drift}.")
    return table_of(columns, caption.format(p=p_equals(ratio.srm_pvalue), drift=p_equals(ratio.drift_pvalue)))


def left_out_table(study: Study | NotEnoughData) -> Table:
    """What became of every line of the assignments table."""
    if isinstance(study, NotEnoughData):
        return study, {}, ""
    if study.intake is None:
        return NotEnoughData(_("Not shown: who was left out. The table holds outcomes alone.")), {}, ""
    ledger = study.intake.ledger
    columns: Columns = {
        _("rule"): (ledger["rule"], str),
        _("customers"): (ledger["customers"], number),
        _("lines"): (ledger["lines"], number),
    }
    caption = _("Lines of the assignments table; of several to one arm the first counts.")
    if study.intake.uncosted:
        n = plural(study.intake.uncosted, _("treated customer"), _("treated customers"))
        caption += " " + _("The cost of {n} is blank and counts as 0.").format(n=n)
    return table_of(columns, caption)


def overlaps_table(study: Study | NotEnoughData) -> Table:
    """Other experiments that hold the same customers."""
    if isinstance(study, NotEnoughData):
        return study, {}, ""
    if study.intake is None:
        return NotEnoughData(_("Not shown: other experiments. The table names no customers.")), {}, ""
    if study.intake.overlaps.empty:
        return NotEnoughData(_("No customer of this experiment is in another one.")), {}, ""
    found = study.intake.overlaps
    columns: Columns = {
        _("experiment"): (found["experiment"], str),
        _("customers in both"): (found["customers"], number),
        _("p that its arms are spread evenly"): (found["pvalue"], pvalue),
    }
    caption = _(
        "Where the arms of the other are spread unevenly (small p), its effect mixes into this one; spread "
        "evenly it only adds noise."
    )
    return table_of(columns, caption)


def balance_table(
    balance: pd.DataFrame | NotEnoughData, alpha: float, study: Study | NotEnoughData | None = None
) -> Table:
    """How alike the arms were before; `study` tells of how many days, in which currency, of what units."""
    if isinstance(balance, NotEnoughData):
        return balance, {}, ""
    if balance.empty:
        return (
            NotEnoughData(_("Not shown: how alike the arms were. Nothing is known of the time before.")),
            {},
            "",
        )
    known = None if isinstance(study, NotEnoughData) else study
    names = balance["column"].map(BEFORE)
    if known:
        names += [currency_suffix(known.unit.currency) if name in MONEY else "" for name in balance["column"]]
    silent = balance["difference"].isna()
    alike = balance["unlike"].map({True: _("no"), False: _("yes")}).mask(silent, MISSING)
    columns: Columns = {
        **_named(_("what"), names, balance["variant"]),
        _("control"): (balance["control"], lambda value: number(value, 3)),
        _("arm's mean"): (balance["treatment"], lambda value: number(value, 3)),
        _("standardised difference"): (balance["difference"], lambda value: number(value, 3)),
        _("chance goes up to"): (balance["bound"], lambda value: f"±{number(value, 3)}"),
        _("alike"): (alike, str),
    }
    return table_of(columns, _balance_caption(silent, alpha, known))


def _balance_caption(silent: pd.Series, alpha: float, study: Study | None) -> str:
    before = _("the time before the assignment")
    if study:
        days = plural(study.experiment.pre_days, _("day"), _("days"))
        before = _("the {days} before the assignment").format(days=days)
    if silent.all():
        text = _("Nobody bought in {before}, so it says nothing; a longer `pre_days` would.")
        return text.format(before=before)
    text = _(
        "Means per customer in {before}. Beyond what chance does in {level} of experiments and beyond 0.1 "
        "the arms are called unlike."
    )
    if study and study.clustered:
        text += " " + _("Differences are in standard deviations of the clusters' means.")
    if silent.any():
        text += " " + _("{missing}: 0 in both arms, which says nothing.")
    return text.format(before=before, level=percent(1 - alpha, 0), missing=MISSING)


def effects_table(
    effects: pd.DataFrame | NotEnoughData, unit: Unit, truth: dict[str, float] | NotEnoughData | None
) -> Table:
    """Every metric of every treatment: what a reader needs."""
    if isinstance(effects, NotEnoughData):
        return effects, {}, ""
    rows, known = effects.to_dict("records"), truth if isinstance(truth, dict) else {}
    columns: Columns = {
        **_measured(rows, unit),
        _("role"): ([_role(row) for row in rows], folded),
        _("control"): ([_value(row, "control") for row in rows], str),
        _("treated"): ([_value(row, "treatment") for row in rows], str),
        _("effect"): ([_change(row, "effect", "ci") for row in rows], stacked),
        _("in truth"): ([_true(row, known) for row in rows], str),
        _("p"): (effects["pvalue_adjusted"].fillna(effects["pvalue"]), pvalue),
    }
    if not known:
        del columns[_("in truth")]
    caption = _(
        "Control, treated: as they were. Effect: treated less control, adjusted by what customers did before "
        "where that is known (CUPED). p: of goals corrected over metrics and arms (Holm), of diagnostics by "
        "false discoveries, of guardrails uncorrected. Brackets: {level}, of one look at the planned end."
    )
    return table_of(columns, caption.format(level=percent(1 - unit.alpha, 0)))


def details_table(effects: pd.DataFrame | NotEnoughData, unit: Unit) -> Table:
    """Every metric of every treatment: what an analyst checks."""
    if isinstance(effects, NotEnoughData):
        return effects, {}, ""
    rows = effects.to_dict("records")
    columns: Columns = {
        **_measured(rows, unit),
        _("lift"): ([_lift(row) for row in rows], stacked),
        _("looking any time"): ([_any(row) for row in rows], stacked),
        _("without the pre-period"): ([_plain(row) for row in rows], stacked),
        _("variance less"): (effects["reduction"], lambda value: percent(value, 0)),
        _("n"): ([_n(row) for row in rows], stacked),
    }
    caption = _(
        "Lift: the effect in per cent of control, with Fieller's interval: of means it excludes zero when "
        "the effect's does, of shares the two may differ at the margin. Looking any time: the interval that "
        "holds however often one looks, tightest at as many customers as were `planned`. Variance less: what "
        "the pre-period took away (CUPED). n: customers of control and treatment; in brackets, where below "
        "{few}: how many alike would carry the metric in the smaller arm. The data of the figure also hold p "
        "uncorrected, standard errors and the chance that it is better."
    )
    return table_of(columns, caption.format(few=number(FEW)))


def _measured(rows: list[dict], unit: Unit) -> Columns:
    """The metric of every row, with its currency, and its arm where there are several."""
    names = [
        metric_name(r["metric"]) + currency_suffix(unit.currency if r["kind"] == "money" else None)
        for r in rows
    ]
    return _named(_("metric"), names, [row["variant"] for row in rows])


def _named(head: str, names: Iterable[str], variants: Iterable[str]) -> Columns:
    """What every row is about: with its arm, in one column that stays in sight, where there are several."""
    names, variants = list(names), list(variants)
    if len(set(variants)) < 2:
        return {head: (names, str)}
    both = [f"{name}{OF}{variant}" for name, variant in zip(names, variants, strict=True)]
    return {f"{head}{OF}{_('arm')}": (both, lambda text: text.replace(OF, "\n"))}


def _role(row: dict) -> str:
    """`goal`, or `guardrail 15 %: unharmed`; where looking at any time says otherwise, that too."""
    if row["role"] != "guardrail":
        return str(row["role"])
    text = _("guardrail {margin}: {state}")
    if row["holds_any"] != row["holds"]:
        text = _("guardrail {margin}: {state}, looking any time {any}")
    state, looking = HOLDS[row["holds"]], HOLDS[row["holds_any"]]
    return text.format(margin=level(row["margin"]), state=state, any=looking)


def _n(row: dict) -> str:
    """`1,536 : 1,469`, and below it `(31)` where so few carry the metric."""
    text = f"{number(row['n_control'])} : {number(row['n_treatment'])}"
    return f"{text}\n({number(row['carriers'])})" if row["carriers"] < FEW else text


def _plain(row: dict) -> str:
    return MISSING if row["plain_effect"] != row["plain_effect"] else _change(row, "plain_effect", "plain")


def _value(row: dict, name: str) -> str:
    return value_format(row["kind"], None, row["control"])(level_of(row, name))


def _change(row: dict, name: str, limits: str) -> str:
    show = change_format(row["kind"], None, row["effect"])
    return _limits(row, name, limits, show)


def _any(row: dict) -> str:
    show = change_format(row["kind"], None, row["effect"])
    return (
        interval(row["any_lower"], row["any_upper"], show) if row["any_lower"] < row["any_upper"] else MISSING
    )


def _true(row: dict, truth: dict[str, float]) -> str:
    value = truth.get(row["metric"])
    return MISSING if value is None else change_format(row["kind"], None, row["effect"])(value)


def _lift(row: dict) -> str:
    if row["lift"] != row["lift"]:
        return MISSING
    return _limits(row, "lift", "lift", percent)


def money_table(earned: pd.DataFrame | NotEnoughData, unit: Unit) -> Table:
    """What each treatment earns."""
    if isinstance(earned, NotEnoughData):
        return earned, {}, ""
    rows = earned.to_dict("records")
    cash = {name: [_money(row, name, unit) for row in rows] for name in ("gain", "profit", "total")}
    columns: Columns = {
        _("arm"): (earned["variant"], str),
        _("added = break-even cost"): (cash["gain"], stacked),
        _("cost"): ([_cell(row["cost"], unit) for row in rows], str),
        _("profit a customer"): (cash["profit"], stacked),
        _("pays with"): (earned["chance"], chance),
        _("loss if rolled out, of allowed"): ([_risk(row, unit) for row in rows], stacked),
        _("loss if not"): ([_loss(row, "loss_kept") for row in rows], str),
        _("of all"): (cash["total"], stacked),
    }
    caption = _(
        "Per customer, against the control; of all: {n} customers. Loss: what the decision may lose, weighed "
        "by how likely that is; of allowed (`max_loss`): the most that may be for a roll-out. "
        "Brackets: {level} intervals."
    )
    n = number(earned["customers"].iloc[0])
    return table_of(columns, caption.format(n=n, level=percent(1 - unit.alpha, 0)))


def _money(row: dict, name: str, unit: Unit) -> str:
    if row[name] != row[name]:
        return MISSING
    return f"{_cell(row[name], unit)}{limits_of(row, name)}"


def _risk(row: dict, unit: Unit) -> str:
    allowed = _cell(row["max_loss"], unit)
    return _("{loss} of {allowed}").format(loss=_loss(row, "loss_rolled_out"), allowed=allowed)


def _loss(row: dict, name: str) -> str:
    return MISSING if row[name] != row[name] else value_format("money", None, row["max_loss"])(row[name])


def _cell(value: float, unit: Unit) -> str:
    return MISSING if value != value else value_format("money", None, value)(value)


def ahead_table(ahead: pd.DataFrame | NotEnoughData, unit: Unit) -> Table:
    """What the arms' customers are still worth."""
    if isinstance(ahead, NotEnoughData):
        return ahead, {}, ""
    rows = ahead.to_dict("records")
    columns: Columns = {
        _("arm"): (ahead["variant"], str),
        _("control"): ([_cell(row["control"], unit) for row in rows], str),
        _("treated"): ([_cell(row["treatment"], unit) for row in rows], str),
        _("difference"): (
            [_limits(row, "effect", "ci", value_format("money", None, row["effect"])) for row in rows],
            str,
        ),
        _("p"): (ahead["pvalue"], pvalue),
    }
    caption = _(
        "Expected {earned} of a customer in the {months} after the end of the data. The model takes an order "
        "that the strategy brought for a habit of the customer's own: read the difference as the most that "
        "may last. It is not in the decision."
    )
    months = plural(unit.value_months, _("month"), _("months"))
    return table_of(columns, caption.format(earned=earned_of(unit), months=months))


def waiting_table(waiting: pd.DataFrame | NotEnoughData, alpha: float) -> Table:
    """How much sooner customers came back."""
    if isinstance(waiting, NotEnoughData):
        return waiting, {}, ""
    columns: Columns = {
        _("arm"): (waiting["variant"], str),
        _("days, control"): (waiting["control"], lambda value: number(value, 1)),
        _("days, treated"): (waiting["treatment"], lambda value: number(value, 1)),
        _("difference"): (
            [_limits(row, "effect", "ci", lambda v: number(v, 2)) for row in waiting.to_dict("records")],
            str,
        ),
        _("p"): (waiting["pvalue"], pvalue),
        _("log-rank p"): (waiting["logrank_pvalue"], pvalue),
    }
    caption = _(
        "Mean days without a purchase, counted up to the last outcome day (restricted mean of the curve "
        "above); below zero: sooner. Log-rank: whether the curves differ at all. Brackets: {level}."
    )
    return table_of(columns, caption.format(level=percent(1 - alpha, 0)))


def segments_table(parts: list[Segments] | NotEnoughData, kind: str, alpha: float) -> Table:
    """Effects by segment."""
    if isinstance(parts, NotEnoughData):
        return parts, {}, ""
    rows = [{"part": part, **row} for part in parts for row in part.effects.to_dict("records")]
    show = change_format(kind, None, max(abs(row["effect"]) for row in rows))
    names = [f"{row['part'].column}: {row['segment']}" for row in rows]
    columns: Columns = {
        **_named(_("segment"), names, [row["part"].variant for row in rows]),
        _("customers"): ([row["n_control"] + row["n_treatment"] for row in rows], number),
        _("as measured"): ([_limits(row, "effect", "ci", show) for row in rows], stacked),
        _("to be expected"): ([_limits(row, "shrunk", "shrunk", show) for row in rows], stacked),
        _("p corrected"): ([row["pvalue_adjusted"] for row in rows], pvalue),
        _("same in all, p"): ([row["part"].interaction for row in rows], pvalue),
    }
    caption = _(
        "To be expected: drawn towards the mean of all segments, as far as chance alone explains their "
        "differences. Same in all: interaction test (Cochran's Q). Both p corrected for all that this table "
        "looks at (Holm). Brackets: {level}."
    )
    reasons = dict.fromkeys(reason for part in parts for reason in part.not_shown)
    return table_of(columns, " ".join([caption.format(level=percent(1 - alpha, 0)), *reasons]))


def _limits(row: dict, name: str, limits: str, show: Shown) -> str:
    """A value with its interval, where there is one."""
    lower, upper = row[f"{limits}_lower"], row[f"{limits}_upper"]
    return f"{show(row[name])} {interval(lower, upper, show)}" if lower == lower else show(row[name])
