"""What a strategy did, in tables."""

from functools import partial

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.result_table import rows_named
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.segments import Segments, segment_name
from keepbook.experiments.study import Study
from keepbook.page.effects import Row, cell
from keepbook.page.elements import Columns, Table, cash, enough, stacked
from keepbook.tables.intake import rule_name
from keepbook.text import (
    MISSING,
    catalogue,
    chance,
    change_format,
    currency_suffix,
    number,
    p_equals,
    percent,
    pvalue,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("experiments")
three_digits = partial(number, digits=3)


# ── who counts ──────────────────────────────────────────────────────────────────────────────────────────


def split_table(ratio: SampleRatio, study: Study) -> Table:
    """Arms as intended and as found."""
    arms = ratio.arms
    columns: Columns = {
        say("column-arm"): (arms["variant"], str),
        say("split-table.clusters" if study.clustered else "column-customers"): (arms["customers"], number),
        say("column-share"): (arms["share"], percent),
        say("split-table.intended"): (arms["expected_share"], percent),
    }
    if study.intake is not None:
        mature = study.intake.arms.set_index("variant")["mature"].reindex(arms["variant"])
        columns[say("split-table.mature")] = (mature.to_numpy(), number)
    known = ratio.drift_pvalue == ratio.drift_pvalue
    drift = p_equals(ratio.drift_pvalue) if known else None
    return Table(columns, say("split-table.caption", p=p_equals(ratio.srm_pvalue), drift=drift))


def left_out_table(study: Study) -> Table:
    """What became of every line of the assignments table."""
    if study.intake is None:
        raise NotEnoughData(say("no-ledger"))
    ledger = study.intake.ledger
    columns: Columns = {
        say("left-out-table.rule"): (ledger["rule"], rule_name),
        say("column-customers"): (ledger["customers"], number),
        say("left-out-table.lines"): (ledger["lines"], number),
    }
    return Table(columns, say("left-out-table.caption", uncosted=study.intake.uncosted))


def overlaps_table(study: Study) -> Table:
    """Other experiments that hold the same customers."""
    if study.intake is None:
        raise NotEnoughData(say("no-customers-named"))
    overlaps = study.intake.overlaps
    if overlaps.empty:
        raise NotEnoughData(say("no-overlap"))
    columns: Columns = {
        say("overlaps-table.experiment"): (overlaps["experiment"], str),
        say("overlaps-table.customers"): (overlaps["customers"], number),
        say("overlaps-table.p"): (overlaps["pvalue"], pvalue),
    }
    return Table(columns, say("overlaps-table.caption"))


def balance_table(balance: pd.DataFrame, study: Study) -> Table:
    """How alike the arms were before."""
    if balance.empty:
        raise NotEnoughData(say("no-balance"))
    money = currency_suffix(study.unit.currency)
    names = [say(f"balance-table.{c}") + (money if c == "pre_revenue" else "") for c in balance["column"]]
    unknown = balance["difference"].isna()
    alike = {True: say("balance-table.no"), False: say("balance-table.yes")}
    columns: Columns = {
        **rows_named(say("balance-table.what"), names, balance["variant"].tolist()),
        say("column-control"): (balance["control"], three_digits),
        say("balance-table.mean"): (balance["treatment"], three_digits),
        say("balance-table.difference"): (balance["difference"], three_digits),
        say("balance-table.bound"): (balance["bound"], lambda value: f"±{three_digits(value)}"),
        say("balance-table.alike"): (balance["unlike"].map(alike).mask(unknown, MISSING), str),
    }
    caption = say(
        "balance-table.caption",
        known="none" if unknown.all() else "some" if unknown.any() else "all",
        days=study.experiment.pre_days,
        level=percent(1 - study.unit.alpha, 0),
        clustered=study.clustered,
        missing=MISSING,
    )
    return Table(columns, caption)


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def money_table(money: pd.DataFrame, unit: Unit) -> Table:
    """What each treatment earns."""
    rows = enough(money).to_dict("records")
    columns: Columns = {
        say("column-arm"): (money["variant"], str),
        say("money-table.gain"): ([_amount(row, "gain") for row in rows], stacked),
        say("column-cost"): ([cash(row["cost"], None) for row in rows], str),
        say("money-table.profit"): ([_amount(row, "profit") for row in rows], stacked),
        say("money-table.chance"): (money["chance"], chance),
        say("money-table.loss"): ([_loss_of_allowed(row) for row in rows], stacked),
        say("money-table.loss-kept"): ([_loss(row, "loss_kept") for row in rows], str),
        say("money-table.total"): ([_amount(row, "total") for row in rows], stacked),
    }
    level = percent(1 - unit.alpha, 0)
    caption = say("money-table.caption", n=int(money["customers"].iloc[0]), level=level)
    return Table(columns, caption, "money", money)


def _amount(row: Row, name: str, limits: str = "") -> str:
    return cell(row, name, limits or name, value_format("money", None, row[name]))


def _loss(row: Row, name: str) -> str:
    return value_format("money", None, row["max_loss"])(row[name])


def _loss_of_allowed(row: Row) -> str:
    loss, allowed = _loss(row, "loss_rolled_out"), cash(row["max_loss"], None)
    return say("money-table.loss-value", loss=loss, allowed=allowed)


def clv_after_test_table(clv: pd.DataFrame, unit: Unit) -> Table:
    """What the arms' customers are still worth."""
    rows = enough(clv).to_dict("records")
    columns: Columns = {
        say("column-arm"): (clv["variant"], str),
        say("column-control"): ([cash(value, None) for value in clv["control"]], str),
        say("column-treated"): ([cash(value, None) for value in clv["treatment"]], str),
        say("column-difference"): ([_amount(row, "effect", "ci") for row in rows], str),
        say("column-p"): (clv["pvalue"], pvalue),
    }
    caption = say("clv-after-test-table.caption", revenue=unit.margin == 1, months=unit.value_months)
    return Table(columns, caption, "value_ahead", clv)


# ── time and segments ───────────────────────────────────────────────────────────────────────────────────


def time_to_purchase_table(means: pd.DataFrame, alpha: float) -> Table:
    """How much sooner customers came back."""
    rows, one_digit = enough(means).to_dict("records"), partial(number, digits=1)
    differences = [cell(row, "effect", "ci", partial(number, digits=2)) for row in rows]
    columns: Columns = {
        say("column-arm"): (means["variant"], str),
        say("time-to-purchase-table.control"): (means["control"], one_digit),
        say("time-to-purchase-table.treated"): (means["treatment"], one_digit),
        say("column-difference"): (differences, str),
        say("column-p"): (means["pvalue"], pvalue),
        say("time-to-purchase-table.logrank"): (means["logrank_pvalue"], pvalue),
    }
    caption = say("time-to-purchase-table.caption", level=percent(1 - alpha, 0))
    return Table(columns, caption, "waiting", means)


def segments_table(parts: list[Segments], kind: str, alpha: float) -> Table:
    """Effects by segment."""
    rows = [{"part": part, **row} for part in parts for row in part.effects.to_dict("records")]
    show = change_format(kind, None, max(abs(row["effect"]) for row in rows))
    names = [_segment(row["part"].column, row["segment"]) for row in rows]
    columns: Columns = {
        **rows_named(say("segments-table.segment"), names, [row["part"].variant for row in rows]),
        say("column-customers"): ([row["n_control"] + row["n_treatment"] for row in rows], number),
        say("segments-table.measured"): ([cell(row, "effect", "ci", show) for row in rows], stacked),
        say("segments-table.expected"): ([cell(row, "shrunk", "shrunk", show) for row in rows], stacked),
        say("segments-table.p"): ([row["pvalue_adjusted"] for row in rows], pvalue),
        say("segments-table.interaction"): ([row["part"].interaction for row in rows], pvalue),
    }
    reasons = dict.fromkeys(reason for part in parts for reason in part.not_shown)
    caption = say("segments-table.caption", level=percent(1 - alpha, 0))
    return Table(columns, " ".join([caption, *reasons]))


def _segment(column: str, segment: str) -> str:
    return say("segments-table.name", column=column, segment=segment_name(column, segment))
