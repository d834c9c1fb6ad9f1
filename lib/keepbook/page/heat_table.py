"""The retention table: a row a cohort, a column an age; customers, and at a switch their revenue."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from keepbook.page import html
from keepbook.page.age_curves import MOST_COHORTS, Counted
from keepbook.text import (
    age_name,
    catalogue,
    cohort_name,
    estimate,
    interval,
    number,
    percent,
)

say = catalogue("page")
MOST_AGES = 24  # columns that a screen has room for
SHADES = 9  # kb-s0 … kb-s8
LOW = 0.5  # of the highest share: where the palest shade begins at the latest, so that little is not much
SHARE_DIGITS = 3  # decimals of shares that a page carries itself
BAR = "|"  # between the lines of what is read out
FACTS = ("who", "age", "active", "size", "mean", "share", "money", "money_mean", "mark")
FIRST_SIGN = 0xE100  # of those that stand for facts in a pattern
FACT = f"{chr(FIRST_SIGN)}-{chr(FIRST_SIGN + len(FACTS) - 1)}"
ONE_DIGIT_BELOW = 0.1  # if all shares are, whole per cents would tell few of them apart


@dataclass(frozen=True)
class HeatTable:
    """A retention table with what has to be said of it; made on any page from its two saved tables.

    A cell holds both its share of customers and its share of revenue; which of them shows is for the radio
    buttons above it and the style sheet to say. What is read out of a cell stands in `data-t`, a line a part;
    where that begins with a bar, it is what fills in the pattern in `data-say` of the table.

    Parameters
    ----------
    data : cells, as `keepbook.cohorts.Retention` has them: one row per cohort and age. average : one row per
        age. currency : of the revenue.
    """

    name: str  # file name of its data; where on the page it stands
    title: str  # its finding
    caption: str  # what a reader must know of it
    data: pd.DataFrame
    average: pd.DataFrame
    currency: str | None = None

    @cached_property
    def ages(self) -> Counted:
        """How the ages are counted."""
        return Counted.of(self.data)

    @property
    def measure(self) -> str:
        """What is in its cells."""
        return say("heat-measure.customers", **self.ages._asdict())

    @cached_property
    def with_revenue(self) -> bool:
        """Whether any cell has a share of revenue."""
        return bool(self.data.loc[self.data["period"] > 0, "revenue_retention"].notna().any())

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The newest cohorts and the first ages; the data hold all."""
        newest = sorted(self.data["cohort"].unique())[-MOST_COHORTS:]
        return self.data[self.data["cohort"].isin(newest) & (self.data["period"] <= MOST_AGES)]

    @property
    def brief(self) -> pd.DataFrame:
        """The data in as few signs as say the same: shares as on the page, for their counts are exact."""
        shares = self.data.select_dtypes("float").columns.drop(["revenue", "pvalue_adjusted"])
        frame = self.data.round(dict.fromkeys(shares, SHARE_DIGITS) | {"revenue": 2})
        frame = frame.astype(dict.fromkeys(frame.select_dtypes("bool").columns, int))
        return frame.drop(columns="label") if (frame["label"] == frame["period"].astype(str)).all() else frame

    def html(self, foot: str = "") -> str:
        """As it stands on a page; below it its foot."""
        place, group = escape(html.anchor(self.name)), escape(say("heat-switch"))
        picks = "".join(_pick(place, view, not i) for i, view in enumerate(("customers", "revenue")))
        legend = "".join(f"<span>{escape(words)}</span>" for words in self._legend())
        return (
            f'<figure class="kb-figure kb-full" id="{place}">'
            f'<h3 class="kb-figure-title">{html.said(self.title)}</h3>'
            f'<div class="kb-views" role="group" aria-label="{group}">{picks if self.with_revenue else ""}'
            f'<div class="kb-table kb-heat">{self._table()}</div></div>'
            f'<p class="kb-heat-legend">{legend}</p>'
            f'<figcaption class="kb-caption">{html.said(self.caption)}</figcaption>{foot}</figure>'
        )

    def _legend(self) -> Iterator[str]:
        """The signs that occur in it."""
        shown = self.shown
        if shown["mark"].any():
            yield say("heat-legend.marks")
        if not shown.loc[shown["period"] > 0, "complete"].all():
            yield say("heat-legend.open")
        if shown["warm_up"].any():
            yield say("heat-legend.warm-up")

    def _table(self) -> str:
        later = self.shown[self.shown["period"] > 0]
        ages = dict(sorted(set(zip(later["period"], later["label"], strict=True))))
        average = self.average[self.average["period"].isin(ages)].assign(mark=0, complete=True)
        average = average.assign(
            retention_shrunk=average["retention"], revenue_retention_shrunk=average["revenue_retention"]
        )
        both = pd.concat([average, later])
        scales = Scale.of(both["retention_shrunk"]), Scale.of(both["revenue_retention_shrunk"])
        means = average.set_index("period")[["retention", "revenue_retention"]].to_dict("index")
        size = self.data.loc[self.data["period"] == 0, "size"].sum()
        cells = [self._cell(row, None, say("heat-average"), scales) for row in average.itertuples()]
        rows = [_row(say("heat-average"), size, cells, len(ages))]
        for cohort, own in self.shown.groupby("cohort"):
            name, rest = cohort_name(cohort, self.ages.period), own[own["period"] > 0]
            cells = [self._cell(row, means.get(row.period), name, scales) for row in rest.itertuples()]
            size, early = own["size"].iloc[0], bool(own["warm_up"].iloc[0])
            rows.append(_row(name, size, cells, len(ages), early))
        measures = self.measure, say("heat-measure.revenue", **self.ages._asdict())
        pattern = escape(re.sub(f"[{FACT}]", "$", self._pattern))
        texts = [say("heat-cohort"), say("heat-size"), *ages.values()]
        heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in texts)
        return (
            f'<table data-say="{pattern}"><caption>{self._two(*measures)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )

    def _two(self, customers: str, revenue: str) -> str:
        """The one that is shown at either place of the switch."""
        return f"<b>{escape(customers)}</b>" + (f"<i>{escape(revenue)}</i>" if self.with_revenue else "")

    def _cell(self, row: Any, means: dict[str, float] | None, who: str, scales: "tuple[Scale, Scale]") -> str:
        said = escape(self._said(row, means, who))
        if not row.complete:
            return f'<td class="kb-open" data-t="{said}">…</td>'
        shown = zip((row.retention, row.revenue_retention), scales, strict=True)
        customers, revenue = (scale.show(value) for value, scale in shown)
        mark = {1: "▴", -1: "▾"}.get(row.mark, "")
        shades = f"kb-s{scales[0].shade(row.retention_shrunk)}"
        if self.with_revenue and np.isfinite(row.revenue_retention):
            shades += f" kb-r{scales[1].shade(row.revenue_retention_shrunk)}"
        return f'<td class="{shades}" data-t="{said}">{self._two(customers + mark, revenue)}</td>'

    def _said(self, row: Any, means: dict[str, float] | None, who: str) -> str:
        """What is read out of a cell: in full where it is one of a kind, else what fills in the pattern."""
        age, active, size = age_name(self.ages, row.label), number(row.active), number(row.size)
        if not row.complete:
            return BAR.join(
                [say("heat-cell", who=who, age=age), say("heat-cell.open", active=active, size=size)]
            )
        facts = {"who": who, "age": age, "active": active, "size": size, "cohorts": None, "mark": ""}
        facts["share"] = _share(row.retention, row.ci_lower, row.ci_upper)
        paid = self.with_revenue and np.isfinite(row.revenue_retention)
        limits = (row.revenue_ci_lower, row.revenue_ci_upper)
        facts["money"] = _share(row.revenue_retention, *limits) if paid else None
        if means is None:
            return self._lines(facts | {"mean": None, "money_mean": None, "cohorts": number(row.cohorts)})
        facts |= {"mean": percent(means["retention"]), "money_mean": percent(means["revenue_retention"])}
        if row.mark:
            facts["mark"] = say("heat-cell.above" if row.mark > 0 else "heat-cell.below")
        if paid != self.with_revenue or not self._pattern:
            return self._lines(facts)
        order = [FACTS[ord(sign) - FIRST_SIGN] for sign in re.findall(f"[{FACT}]", self._pattern)]
        return (BAR + BAR.join(str(facts[name]) for name in order[2:])).removesuffix(BAR)

    def _lines(self, facts: dict[str, str | None]) -> str:
        """All that is said of a cell that is over, a line each."""
        lines = [say("heat-cell", who=facts["who"], age=facts["age"])]
        lines.append(say("heat-cell.customers", share=facts["share"], rule=self.ages.rule))
        if facts["cohorts"] is None:
            counted = {name: facts[name] for name in ("active", "size", "mean")}
            lines.append(say("heat-cell.counted", **counted))
        else:
            lines.append(say("heat-cell.cohorts", size=facts["size"], cohorts=facts["cohorts"]))
        if facts["money"] is not None:
            lines.append(say("heat-cell.revenue", share=facts["money"], mean=facts["money_mean"]))
        return BAR.join([*lines, str(facts["mark"])] if facts["mark"] else lines)

    @cached_property
    def _pattern(self) -> str:
        """The lines of nearly all cells, with a sign for each fact; the script fills in the heads itself.

        Empty where the language does not begin with the heads of row and column.
        """
        signs = {name: chr(FIRST_SIGN + i) for i, name in enumerate(FACTS)}
        facts: dict[str, str | None] = {**signs, "age": age_name(self.ages, signs["age"]), "cohorts": None}
        lines = self._lines(facts if self.with_revenue else facts | {"money": None})
        return lines if re.match(f"[^{FACT}]*{signs['who']}[^{FACT}]*{signs['age']}", lines) else ""

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return self.title


class Scale(NamedTuple):
    """From which share to which the shades go, and in how many digits shares are written."""

    lowest: float
    highest: float

    @classmethod
    def of(cls, shares: pd.Series) -> Self:
        """The palest shade is no higher than half of the highest share."""
        known = shares[np.isfinite(shares)]
        highest = float(known.max()) if len(known) else 0.0
        return cls(min(float(known.min()), LOW * highest) if len(known) else 0.0, highest)

    def shade(self, share: float) -> int:
        """0, the palest, to 8."""
        room = self.highest - self.lowest
        return int(np.clip((share - self.lowest) / room * SHADES, 0, SHADES - 1)) if room > 0 else 0

    def show(self, share: float) -> str:
        """In per cent, without the sign."""
        return number(100 * share, int(self.highest < ONE_DIGIT_BELOW))


def _share(value: float, lower: float, upper: float) -> str:
    return html.plain(estimate(percent(value), interval(lower, upper)))


def _pick(place: str, view: str, first: bool) -> str:
    """A radio button: which of the numbers below it show is for the style sheet to say."""
    words, own, on = escape(say(f"heat-switch.{view}")), f"{place}-{view}", " checked" if first else ""
    pick = f'<input type="radio" class="kb-pick" name="{place}" id="{own}"{on}>'
    return f'{pick}<label for="{own}">{words}</label>'


def _row(name: str, size: int, cells: list[str], ages: int, early: bool = False) -> str:
    """A row; the star of an early one is the style sheet's, so that its name is its text."""
    rest = f'<td colspan="{ages - len(cells)}"></td>' if len(cells) < ages else ""
    look = ' class="kb-early"' if early else ""
    head = f'<th scope="row"{look}>{escape(name)}</th><td class="kb-size">{number(size)}</td>'
    return f"<tr>{head}{''.join(cells)}{rest}</tr>"
