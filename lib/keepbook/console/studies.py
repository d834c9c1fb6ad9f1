"""What `keepbook check` shows of experiments and changes: who counts, and how the split fell."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from keepbook.before_after.checks import UNEVEN_BELOW
from keepbook.before_after.comparison import participants
from keepbook.before_after.periods import Periods
from keepbook.console.layout import Hide, Row, bullet, indented, line, section, shortened
from keepbook.errors import KeepbookError, NotEnoughData, suggestion
from keepbook.experiments import Randomised, SampleRatio, before_outcomes
from keepbook.experiments.sample_ratio import BROKEN
from keepbook.tables import Tables
from keepbook.tables.intake import COUNTED, Intake, rule_counts
from keepbook.text import catalogue, day, error_lines, hint, listed, number, p_equals, percent
from keepbook.unit import Change, Experiment, Unit

MAX_OTHERS = 3  # other experiments; who sees three looks for more

say = catalogue("console")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Studies:
    """What is known of experiments and changes before any result; or why that is nothing."""

    experiments: tuple[tuple[Experiment, Randomised | KeepbookError], ...]
    # A change has periods and groups; None where another unit is compared.
    changes: tuple[tuple[Change, tuple[Periods, pd.DataFrame] | KeepbookError | None], ...]
    as_of: dt.date
    unnamed: Mapping[str, int] = field(default_factory=dict)  # in assignments, not in the unit file → lines

    @property
    def has_errors(self) -> bool:
        """Whether one cannot be read, or says what does not fit; to have too few data is no fault."""
        found = [found for _one, found in (*self.experiments, *self.changes)]
        return any(isinstance(one, KeepbookError) and not isinstance(one, NotEnoughData) for one in found)

    @property
    def has_doubtful_splits(self) -> bool:
        """Whether a split is broken or drifted: it can be read, and its effect will not be believed."""
        ratios = [known.ratio for _one, known in self.experiments if isinstance(known, Randomised)]
        return any(ratio is not None and ratio.failed for ratio in ratios)


def studies(tables: Tables, unit: Unit) -> Studies:
    """Looks into the experiments and changes of a unit; a fault in one hides no other."""
    faults = tables.faults
    known = [
        faults[one.name] if one.name in faults else _or_error(before_outcomes, tables, one)
        for one in unit.experiments
    ]
    experiments = zip(unit.experiments, known, strict=True)
    own = [None if c.comparison_unit else _or_error(participants, tables, c) for c in unit.before_after]
    changes = zip(unit.before_after, own, strict=True)
    return Studies(tuple(experiments), tuple(changes), tables.window.as_of, _unnamed_in(tables, unit))


def _or_error(measure: Callable[..., Found], *args: Any) -> Found | KeepbookError:
    try:
        return measure(*args)
    except KeepbookError as reason:
        return reason


def _unnamed_in(tables: Tables, unit: Unit) -> dict[str, int]:
    if tables.assignments is None:
        return {}
    lines = tables.assignments.group_by("experiment").agg(n=tables.assignments.count()).to_pandas()
    known = {one.name for one in unit.experiments}
    counts = zip(lines["experiment"], lines["n"], strict=True)
    return {str(name): int(n) for name, n in counts if name not in known}


def rows_of(found: Studies, hide: Hide = str) -> Iterator[RenderableType]:
    """Two sections of the page."""
    shown: set[str] = set()  # what is wrong with the table of all experiments is told once
    for i, (one, known) in enumerate(found.experiments):
        yield Text()
        if not i:
            yield Text(say("experiments"), "bold")
        title = one.title if one.title == one.name else f"{one.title} ({one.name})"
        yield Padding(line(title), (0, 0, 0, 2))
        if isinstance(known, Randomised):
            yield Padding(_arms(known), (0, 0, 0, 4))
            rows = [*_split(known), *_notes(known, found.as_of)]
        else:
            again = str(known) in shown
            rows = [bullet("✗", say("same-fault"))] if again else _reason(known, hide)
            shown.add(str(known))
        yield indented(rows, 4)
    yield from section("", list(_unnamed(found)))
    rows = [row for change, known in found.changes for row in _change(change, known, hide)]
    yield from section(say("before-after"), rows)


def _reason(known: KeepbookError, hide: Hide, title: str = "") -> list[Row]:
    """Why nothing is known."""
    what = hide(f"{title}: {known.what}" if title else known.what)
    more = [bullet(" ", hide(line)) for line in error_lines(known)]
    return [bullet("!" if isinstance(known, NotEnoughData) else "✗", what), *more]


# ── experiments ─────────────────────────────────────────────────────────────────────────────────────────


def _arms(known: Randomised) -> Table:
    """One row per arm: its name, how many, and its share beside the one that was intended."""
    columns = _counts(known)
    if known.ratio is not None:
        columns |= _shares(known.ratio)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(say("arm"), overflow="fold")
    for title in columns:
        table.add_column(title, justify="right")
    for variant in known.counts:
        table.add_row(line(shortened(variant)), *(cells[variant] for cells in columns.values()))
    return table


def _counts(known: Randomised) -> dict[str, Mapping[str, str]]:
    if known.intake is None:
        return {say("arm.customers"): {variant: number(n) for variant, n in known.counts.items()}}
    names = ["assigned", "mature", *(["clusters"] if known.intake.clustered else [])]
    arms = known.intake.arms.set_index("variant")
    days = known.experiment.outcome_days
    return {say(f"arm.{name}", n=days): arms[name].map(number).to_dict() for name in names}


def _shares(ratio: SampleRatio) -> dict[str, Mapping[str, str]]:
    arms = ratio.arms.set_index("variant")
    return {say(f"arm.{name}"): arms[name].map(percent).to_dict() for name in ("share", "expected_share")}


def _split(known: Randomised) -> Iterator[Row]:
    ratio = known.ratio
    if ratio is None:
        yield bullet("·", say("split-unknown"))
        return
    p = p_equals(ratio.srm_pvalue)
    if ratio.broken:
        yield bullet("✗", say("split-broken", p=p, given=bool(known.experiment.split)))
    elif ratio.drifted:
        yield bullet("·", say("split-planned", p=p))
    else:
        yield bullet("✓", say("split-sound", p=p))
    if ratio.drifted:
        yield bullet("✗", say("split-drifted", p=p_equals(ratio.drift_pvalue)))


def _notes(known: Randomised, as_of: dt.date) -> Iterator[Row]:
    if known.lacking is not None:
        yield bullet("!", known.lacking.what)
    if known.intake is not None:
        yield bullet("·", _lines(known.intake))
        yield bullet("·", _days(known.intake, as_of))
        yield from _overlaps(known.intake.overlaps)


def _lines(intake: Intake) -> str:
    """What became of the lines of the assignments table."""
    lines = intake.ledger.set_index("rule")["lines"]
    gone = rule_counts(lines.drop(COUNTED)) or None
    return say("lines-used", used=int(lines[COUNTED]), all=intake.lines, gone=gone)


def _days(intake: Intake, as_of: dt.date) -> str:
    return say(
        "assigned",
        days=(intake.last - intake.first).days + 1,
        first=day(intake.first),
        last=day(intake.last),
        complete=intake.complete_on <= as_of,
        on=day(intake.complete_on),
    )


def _overlaps(overlaps: pd.DataFrame) -> Iterator[Row]:
    """The other experiments that hold most of the customers; first those that mix into this one."""
    mixes = overlaps["pvalue"] < BROKEN
    rows = overlaps.assign(mixes=mixes).sort_values(["mixes", "customers"], ascending=False)
    for row in rows.head(MAX_OTHERS).itertuples():
        arms = "uneven" if row.mixes else "even" if row.pvalue == row.pvalue else "unknown"
        other = shortened(str(row.experiment))
        text = say("overlap", n=row.customers, other=other, arms=arms, p=p_equals(row.pvalue))
        yield bullet("!" if row.mixes else "·", text)
    if len(rows) > MAX_OTHERS:
        yield bullet("·", say("more-like-it", n=len(rows) - MAX_OTHERS))


def _unnamed(found: Studies) -> Iterator[Row]:
    """Experiments of the assignments table that the unit file does not name; each that may be misspelt."""
    known = [one.name for one, _known in found.experiments if not one.is_ready_made]
    names = sorted(found.unnamed, key=lambda name: (-found.unnamed[name], name))
    meant = {name: suggestion(name, known) for name in names}
    near = [name for name in names if meant[name].name][:MAX_OTHERS]
    for name in near:
        lines, other = found.unnamed[name], shortened(name)
        yield bullet("!", say("misspelt", n=lines, other=other, hint=hint(meant[name])))
    others = [name for name in names if name not in near]
    if others:
        parts = [say("unnamed.one", other=shortened(n), n=found.unnamed[n]) for n in others[:MAX_OTHERS]]
        if others[MAX_OTHERS:]:
            parts.append(say("unnamed.more", n=len(others) - MAX_OTHERS))
        yield bullet("·", say("unnamed", others=listed(parts)))


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────


def _change(one: Change, known: tuple[Periods, pd.DataFrame] | KeepbookError | None, hide: Hide) -> list[Row]:
    if isinstance(known, KeepbookError):
        return _reason(known, hide, one.title)
    if known is None:
        return [bullet("·", say("other-unit", title=one.title, unit=one.comparison_unit))]
    periods, groups = known
    lengths = {"period": one.period, "before": periods.before, "after": periods.after, "date": day(one.date)}
    size = groups.set_index("group")["customers"]
    # no sign of approval: whether the groups were alike before is only looked into by the report
    if "all" in size.index:
        return [bullet("·", say("alone", title=one.title, n=size["all"], **lengths))]
    sizes = {name: size[name] for name in ("treated", "comparison")}
    return [bullet("·", say("compared", title=one.title, **sizes, **_clusters(groups), **lengths))]


def _clusters(groups: pd.DataFrame) -> dict[str, Any]:
    """How many there are, and as how many they count where those are far fewer."""
    sides = groups.set_index("group").loc[["treated", "comparison"]]
    there, counting = sides["clusters"], sides["effective"]
    if there.isna().any():
        return {"clusters": None}
    facts = {f"{side}-clusters": number(there[side]) for side in sides.index}
    facts |= {f"{side}-counting": number(counting[side], 1) for side in sides.index}
    return {"clusters": "unlike" if (counting < UNEVEN_BELOW * there).any() else "alike", **facts}
