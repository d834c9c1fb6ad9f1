"""The optional costs table: what was spent on winning and serving customers, by period and channel."""

import re
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.errors import DataError
from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import column_of, has_column
from keepbook.reading.days import is_blank, text_of
from keepbook.reading.forms import Forms
from keepbook.reading.stated import Stated, first_examples, stated
from keepbook.unit import Source

SPENT = ("marketing_cost", "sales_cost", "servicing_cost")
COUNTS = (*SPENT, "leads")
MAX_EXAMPLES = 3  # lines in a message
YEAR = "((?:19|20)[0-9]{2})"
MONTH = "(0?[1-9]|1[0-2])"
FIRST_DAYS = {  # a month or quarter without a day → its first day; forms no other column of days has
    rf"^{YEAR}[-/.]{MONTH}$": r"\1-\2-01",
    rf"^{YEAR} ?年 ?{MONTH} ?月$": r"\1-\2-01",
    rf"^{YEAR}(0[1-9]|1[0-2])(?:\.0)?$": r"\1-\2-01",
    rf"^{MONTH}[-/.]{YEAR}$": r"\2-\1-01",
    r"^([A-Za-z]{3,9})\.?[- ,]+((?:19|20)?[0-9]{2})$": r"1 \1 \2",
    **{rf"^{YEAR}[-/ ]?[Qq]{quarter}$": rf"\1-{3 * quarter - 2}-01" for quarter in (1, 2, 3, 4)},
    **{rf"^[Qq]{quarter}[-/ ]?{YEAR}$": rf"\1-{3 * quarter - 2}-01" for quarter in (1, 2, 3, 4)},
}


def with_days(lines: ir.Table, source: Source) -> tuple[ir.Table, dict[str, Any]]:
    """The lines, and `where`, with first days in place of months and quarters that name no day."""
    period = column_of(lines, source, "period")
    if not (period.type().is_string() or period.type().is_integer()):
        return lines, source.where
    text = text_of(period)
    for pattern, day in FIRST_DAYS.items():
        text = text.re_replace(pattern, day)  # what does not match stays as it is
    own = period.get_name()
    where = {name: _in_days(one) if name == own else one for name, one in source.where.items()}
    return lines.mutate(**{own: text}), where


def _in_days(condition: Any) -> Any:
    """A condition on the period, its months and quarters as their first days."""
    match condition:
        case dict():
            return {key: one if key == "like" else _in_days(one) for key, one in condition.items()}
        case list() | tuple():
            return tuple(map(_in_days, condition))
        case str() | int():
            found = (re.sub(pattern, day, str(condition)) for pattern, day in FIRST_DAYS.items())
            return next((day for day in found if day != str(condition)), condition)
        case _:
            return condition


def costs_of(lines: ir.Table, forms: Forms) -> tuple[pd.DataFrame, tuple[Stated, ...]]:
    """What was spent, line by line; lines without a period and without a number are left out.

    Returns
    -------
    DataFrame : one row per period and channel, by both: period (its first day), last_day (of the period),
        channel (text, missing where the line names none), marketing_cost, sales_cost and servicing_cost
        (money; 0 where it is blank or there is no such column), leads (missing where it is blank or there is
        no such column). Periods are months where no month has two different days, and quarters where they
        lie three months apart; else weeks that begin on the day, where days lie whole weeks apart; else days.
    tuple : how the table was read.
    """
    source = forms.source
    made: dict[str, ir.Column] = {"period": forms.day(column_of(lines, source, "period"))}
    there = [name for name in COUNTS if has_column(lines, source, name)]
    if not set(there) & set(SPENT):
        raise DataError(
            "The costs table has no column of costs.",
            expected=f"at least one of {', '.join(SPENT)}",
            do="Map one under `columns:` in the unit file.",
        )
    for name in there:
        made[name] = forms.number(column_of(lines, source, name), MONEY)
    if has_column(lines, source, "channel"):
        made["channel"] = text_of(column_of(lines, source, "channel")).nullif("")
    _check(lines, source, made)
    frame = lines.select(**made).filter(lambda t: t.period.notnull()).to_pandas()
    if frame.empty:
        raise DataError(
            "The costs table holds no line.",
            expected="a line per period, or per period and channel",
            do="Check `source:` and `where:` of costs, or remove the key costs.",
        )
    frame, kind = _in_periods(frame)
    _check_once(frame, kind)
    first, last = frame["period"].min().date(), frame["last_day"].max().date()
    known = stated("periods", n=int(frame["period"].nunique()), kind=kind, first=first, last=last)
    return frame, tuple(one.of("costs") for one in (*forms.stated, known))


def _check(lines: ir.Table, source: Source, made: dict[str, ir.Column]) -> None:
    """Every line has a readable period, and numbers that can be what was spent."""

    def refuse(column: str, which: ir.BooleanValue, what: str, expected: str) -> None:
        if shown := first_examples(lines, which.fill_null(False), column, MAX_EXAMPLES):
            raise DataError(
                f"{what}: {', '.join(map(str, shown))}.",
                expected=expected,
                do="Correct them, or leave lines out that are no costs, such as totals, with `where:`.",
            )

    blank = {name: is_blank(text_of(column_of(lines, source, name))) for name in made}
    empty = ibis.and_(*(blank[name] for name in made if name != "channel"))
    for name, value in made.items():
        own = source.columns.get(name, name)
        unread = value.isnull() & ~blank[name]
        if name == "period":
            month = "a day, a month such as 2024-01, or a quarter such as 2024-Q1"
            refuse(own, blank[name] & ~empty, f"Lines of costs have no period in '{own}'", month)
            refuse(own, unread, f"Periods in '{own}' cannot be read", month)
        elif name != "channel":
            spent = "what was spent, as a number from 0" if name in SPENT else "a count from 0"
            refuse(own, unread, f"Numbers in '{own}' cannot be read", spent)
            refuse(own, value < 0, f"Numbers in '{own}' are below zero", spent)


def _in_periods(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Days → first and last days of the periods they stand for."""
    day = pd.to_datetime(frame["period"]).astype("datetime64[s]")
    kind = _kind(pd.DatetimeIndex(np.sort(day.unique())))
    if kind in ("month", "quarter"):
        period = day.dt.to_period({"month": "M", "quarter": "Q"}[kind])
        first, last = period.dt.start_time, period.dt.end_time.dt.normalize()
    else:
        first, last = day, day + pd.Timedelta(days=6 if kind == "week" else 0)
    made = frame.assign(period=first.astype("datetime64[s]"), last_day=last.astype("datetime64[s]"))
    for name in COUNTS:
        number = made[name].astype(float) if name in made else np.nan
        made[name] = pd.Series(number, index=made.index).fillna(0.0 if name in SPENT else np.nan)
    if "channel" not in made:
        made["channel"] = None
    made["channel"] = made["channel"].astype("str")
    ordered = made.sort_values(["period", "channel"], kind="stable", na_position="last", ignore_index=True)
    return ordered[["period", "last_day", "channel", *COUNTS]], kind


def _kind(days: pd.DatetimeIndex) -> str:
    """How long the periods are of which these are days, all different and ascending."""
    months = np.asarray(days.year * 12 + days.month)
    if len(days) == len(np.unique(months)):
        gaps = np.diff(months)
        return "quarter" if (gaps == 3).any() and not (gaps % 3).any() else "month"
    return "day" if (np.diff(days.asi8 // 86_400) % 7).any() else "week"


def _check_once(frame: pd.DataFrame, kind: str) -> None:
    twice = frame[frame.duplicated(["period", "channel"])]
    if len(twice):
        day, channel = twice.iloc[0][["period", "channel"]]
        of = "" if pd.isna(channel) else f" and the channel {channel!r:.60}"
        raise DataError(
            f"Several lines give the costs of the {kind} of {day:%Y-%m-%d}{of}.",
            expected="one line per period, or per period and channel",
            do="Map `channel` if they are of different ones, or add them up with a `query:`.",
        )
