"""What is to be known of who and what was counted, in sentences."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from keepbook.before_after.panel import OUTSIDE
from keepbook.before_after.periods import WORDS, Periods
from keepbook.tables import Window
from keepbook.text import _, day, number, plural
from keepbook.unit import Change


def notes_of(
    change: Change, periods: Periods, groups: pd.DataFrame, windows: list[Window], ages: int = 0
) -> tuple[str, ...]:
    """How customers and periods were chosen, whom that leaves out, and what is missing.

    Parameters
    ----------
    ages : as `Series.ages`; 0 where there is a comparison group.
    """
    said = [_who(change, periods, ages), *_left_out(groups, periods), *_dropped(change, periods)]
    if change.treated:
        said.append(
            _(
                "Groups are as the customers table has them now: a column that follows what customers buy, "
                "such as a tier, would sort them by the outcome itself."
            )
        )
    if change.cluster and ages:
        said.append(_("Errors are those of a series of periods; clusters play no part in it."))
    said += [_quiet(window.last) for window in windows if window.last and window.last < _last(periods)]
    if change.period == "month" and ages:
        text = _("Months differ in length: means are those of a month of {days} days.")
        said.append(text.format(days=number(periods.days.mean(), 1)))
    if change.cost is None:
        said.append(_("The unit file states no cost: what the change earns is before it."))
    return tuple(said)


def _who(change: Change, periods: Periods, ages: int) -> str:
    if ages:
        text = _(
            "In each period customers count who first bought {ages} before: in every period others, of the "
            "same ages, for a fixed group would buy less and less by itself. An age has the same weight in "
            "every period, by all who count at that age in any of them. How many ages count follows from how "
            "far the data reach back, not from `before`."
        )
        return text.format(ages=ages_in_words(ages, change.period))
    text = _(
        "Customers take part who had bought before {first}; who came later would enter with a purchase, and "
        "perhaps because of the change. In periods without a purchase they count as 0."
    )
    return text.format(first=day(periods.edges[0]))


def ages_in_words(ages: int, period: str) -> str:
    """`1 to 3 months`: the ages that count, as `Series.ages`."""
    if ages == 1:
        return _("1 month") if period == "month" else _("1 week")
    return _("1 to {ages} {periods}").format(ages=number(ages), periods=_(WORDS[period]))


def _left_out(groups: pd.DataFrame, periods: Periods) -> list[str]:
    """A sentence for every kind of customer who takes no part."""
    size = groups.set_index("group")
    late = periods.edges[-2] if "all" in size.index else periods.edges[0]
    came = _("who first bought on {first} or later").format(first=day(late))
    kinds = [(int(size["newer"].sum()), came)]
    kinds += [
        (int(size.loc[group, "customers"]), _(words))
        for group, words in OUTSIDE.items()
        if group in size.index
    ]
    return [
        _("Left out: {n} {words}.").format(n=plural(n, _("customer"), _("customers")), words=words)
        for n, words in kinds
        if n
    ]


def _dropped(change: Change, periods: Periods) -> list[str]:
    before = _(
        "Of {asked} {periods} asked for before {date} only {used} begin within the data, after its first day."
    )
    if change.is_alone:
        before = _(
            "Of {asked} {periods} asked for before {date} only {used} are used: those before them tell who "
            "is how old a customer."
        )
    after = _("Of {asked} {periods} asked for from {date} on only {used} are over within the data.")
    pairs = ((before, change.periods_before, periods.before), (after, change.after, periods.after))
    words = {"periods": _(WORDS[change.period]), "date": day(change.date)}
    return [
        text.format(asked=number(asked), used=number(used), **words)
        for text, asked, used in pairs
        if used < asked
    ]


def _last(periods: Periods) -> dt.date:
    return periods.edges[-1] - dt.timedelta(days=1)


def _quiet(last: dt.date) -> str:
    return _("No line is dated later than {last}: the periods after it look empty.").format(last=day(last))
