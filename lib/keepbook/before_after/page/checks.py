"""How far to trust it, in sentences: each check, the claim, and what is to be known of who was counted."""

from collections.abc import Iterator

import pandas as pd

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import LEVEL_TOLERANCE, Row, least_clusters, uneven
from keepbook.before_after.panel import OUTSIDE
from keepbook.text import catalogue, day, interval, number, p_equals, percent

say = catalogue("before_after")


def check_sentence(result: BeforeAfter, check: str, metric: str = "") -> str:
    """What a check found; empty where it was not made.

    Parameters
    ----------
    metric : empty for `clusters`, which is of all metrics.
    """
    rows = result.checks[(result.checks["check"] == check) & (result.checks["metric"] == metric)]
    if rows.empty:
        return ""
    row = rows.iloc[0].to_dict()
    if check == "clusters":
        return _clusters(row, result)
    if check == "levels":
        return _levels(row)
    tried = int(row["dates"]) if pd.notna(row["dates"]) else 0
    return say(
        f"check-{check.replace('_', '-')}",
        holds=row["holds"],
        metric=metric,
        p=p_equals(row["pvalue"]) if pd.notna(row["pvalue"]) else None,
        compared=result.compared,
        dates=tried,
        date=day(row["date"]) if tried else None,
    )


def _levels(row: Row) -> str:
    return say(
        "check-levels",
        holds="unknown" if pd.isna(row["lower"]) else row["holds"],
        metric=row["metric"],
        tolerance=percent(LEVEL_TOLERANCE, 0),
        share=percent(abs(row["share"]), 0),
        above=row["share"] > 0,
        limits=interval(row["lower"], row["upper"], signed_percent),
    )


def signed_percent(share: float, digits: int = 0) -> str:
    """`+4 %`, `−12 %`."""
    return f"{'+' if share > 0 else ''}{percent(share, digits)}"


def _clusters(row: Row, result: BeforeAfter) -> str:
    """Of the group whose clusters count least."""
    least = least_clusters(result.groups)
    assert least is not None
    return say(
        "check-clusters",
        holds=row["holds"],
        uneven=uneven(least),
        column=result.change.cluster,
        n=int(least["clusters"]),
        largest=percent(least["largest"], 0),
        effective=number(least["effective"], 1),
    )


def claim(result: BeforeAfter) -> str:
    """What may be said of a finding, and what not."""
    others = "group" if result.compared else "none"
    others = "unit" if result.compared and result.change.comparison_unit else others
    return say("claim", others=others, year_before=result.year_before)


# ── what is to be known ─────────────────────────────────────────────────────────────────────────────────


def notes(result: BeforeAfter) -> list[str]:
    """How customers and periods were chosen, whom that leaves out, and what is missing."""
    asked, ages = result.change, result.ages
    first = day(result.periods["start"].iloc[0])
    said = [
        say("note-who", ages=ages, period=asked.period, first=first),
        *_left_out(result),
        *_dropped(result),
    ]
    if asked.treated:
        said.append(say("note-groups-today"))
    if asked.cluster and ages:
        said.append(say("note-no-clusters"))
    said += [say("note-last-line", last=day(last)) for last in result.last_lines]
    if asked.period == "month" and ages:
        said.append(say("note-month", days=number(result.periods["days"].mean(), 1)))
    if asked.cost is None:
        said.append(say("note-no-cost"))
    return said


def _left_out(result: BeforeAfter) -> Iterator[str]:
    """A sentence for every kind of customer who takes no part."""
    size = result.groups.set_index("group")
    late = result.periods["start"].iloc[-1 if result.ages else 0]
    counts = {"newer": size["newer"].sum()}
    counts |= {group: size.loc[group, "customers"] for group in OUTSIDE if group in size.index}
    for group, n in counts.items():
        if n:
            yield say("note-left-out", n=int(n), group=group, first=day(late))


def _dropped(result: BeforeAfter) -> Iterator[str]:
    """Periods that were asked for and are not there."""
    asked, after = result.change, int(result.periods["is_after"].sum())
    before, facts = len(result.periods) - after, {"period": asked.period, "date": day(asked.date)}
    if before < asked.periods_before:
        alone = asked.is_alone
        yield say("note-fewer-before", asked=asked.periods_before, used=before, alone=alone, **facts)
    if after < asked.after:
        yield say("note-fewer-after", asked=asked.after, used=after, **facts)
