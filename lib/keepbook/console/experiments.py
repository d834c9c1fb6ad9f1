"""What `keepbook check` shows of experiments and changes: who counts, and how the split fell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from keepbook.before_after.checks import UNLIKE
from keepbook.before_after.comparison import taking_part
from keepbook.before_after.periods import WORDS, Periods
from keepbook.console.layout import Hide, Row, indented, line, marked, section, shortened
from keepbook.errors import KeepbookError, NotEnoughData, suggestion
from keepbook.experiments import Randomised, SampleRatio, before_outcomes
from keepbook.experiments.sample_ratio import BROKEN
from keepbook.tables import Tables
from keepbook.tables.intake import COUNTED, Intake, rule_counts
from keepbook.text import _, day, number, p_equals, percent, plural
from keepbook.unit import Change, Experiment, Unit

MOST = 3  # other experiments; who sees three looks for more

Found = TypeVar("Found")


@dataclass(frozen=True)
class Strategies:
    """What is known before any result; or why that is nothing.

    Attributes
    ----------
    changes : None for one that is compared with another unit, which is not open.
    as_of : last day of observation.
    strays : experiment that the assignments table has lines of and the unit file does not name → its lines.
    """

    experiments: tuple[tuple[Experiment, Randomised | KeepbookError], ...]
    changes: tuple[tuple[Change, tuple[Periods, pd.DataFrame] | KeepbookError | None], ...]
    as_of: dt.date
    strays: Mapping[str, int] = field(default_factory=dict)

    @property
    def faulty(self) -> bool:
        """Whether one cannot be read, or says what does not fit; to have too few data is no fault."""
        found = [found for _one, found in (*self.experiments, *self.changes)]
        return any(isinstance(one, KeepbookError) and not isinstance(one, NotEnoughData) for one in found)

    @property
    def unsound(self) -> bool:
        """Whether a split is broken or drifted: it can be read, and its effect will not be believed."""
        ratios = [known.ratio for _one, known in self.experiments if isinstance(known, Randomised)]
        return any(ratio is not None and ratio.failed for ratio in ratios)


def strategies(tables: Tables, unit: Unit) -> Strategies:
    """Looks into the experiments and changes of a unit; a fault in one hides no other.

    Parameters
    ----------
    tables : with those of all experiments read.
    """
    faults = tables.faults
    return Strategies(
        tuple(
            (one, faults[one.name] if one.name in faults else _tried(before_outcomes, tables, one))
            for one in unit.experiments
        ),
        tuple(
            (one, None if one.comparison_unit else _tried(taking_part, tables, one)) for one in unit.changes
        ),
        tables.window.as_of,
        _strays(tables, unit),
    )


def _strays(tables: Tables, unit: Unit) -> dict[str, int]:
    if tables.assignments is None:
        return {}
    lines = tables.assignments.group_by("experiment").agg(n=tables.assignments.count()).to_pandas()
    known = {one.name for one in unit.experiments}
    return {
        str(name): int(n)
        for name, n in zip(lines["experiment"], lines["n"], strict=True)
        if name not in known
    }


def _tried(measure: Callable[..., Found], *args: Any) -> Found | KeepbookError:
    try:
        return measure(*args)
    except KeepbookError as reason:
        return reason


def shown(found: Strategies, hide: Hide = str) -> Iterator[RenderableType]:
    """Two sections of the page."""
    told: set[str] = set()  # what is wrong with the table of all experiments is told once
    for i, (one, known) in enumerate(found.experiments):
        yield Text()
        if not i:
            yield Text(_("Experiments"), "bold")
        yield Padding(_title(one), (0, 0, 0, 2))
        if isinstance(known, Randomised):
            yield Padding(_arms(known), (0, 0, 0, 4))
            rows = [*_split(known), *_notes(known, found.as_of)]
        else:
            again = str(known) in told
            rows = [marked("✗", _("The same is wrong with it."))] if again else _reason(known, hide)
            told.add(str(known))
        yield indented(rows, 4)
    yield from section("", list(_unnamed(found)))
    rows = [row for change, known in found.changes for row in _change(change, known, hide)]
    yield from section(_("Before and after"), rows)


def _reason(known: KeepbookError, hide: Hide, title: str = "") -> list[Row]:
    """Why nothing is known."""
    what = hide(f"{title}: {known.what}" if title else known.what)
    more = [marked(" ", hide(f"{label}: {text}")) for label, text in known.lines()]
    return [marked("!" if isinstance(known, NotEnoughData) else "✗", what), *more]


# ── experiments ─────────────────────────────────────────────────────────────────────────────────────────


def _title(one: Experiment) -> Text:
    return line(one.title) if one.title == one.name else line(f"{one.title} ({one.name})")


def _arms(known: Randomised) -> Table:
    """One row per arm: its name, how many, and its share beside the one that was intended."""
    columns = _counts(known)
    if known.ratio is not None:
        columns |= _shares(known.ratio)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(_("arm"), overflow="fold")
    for title in columns:
        table.add_column(title, justify="right")
    for variant in known.counts:
        table.add_row(line(shortened(variant)), *(cells[variant] for cells in columns.values()))
    return table


def _counts(known: Randomised) -> dict[str, Mapping[str, str]]:
    if known.intake is None:
        return {_("customers"): {variant: number(n) for variant, n in known.counts.items()}}
    days = plural(known.experiment.outcome_days, _("day"), _("days"))
    titles = {"assigned": _("assigned"), "mature": _("followed {days}").format(days=days)}
    if known.intake.clustered:
        titles["clusters"] = _("clusters")
    arms = known.intake.arms.set_index("variant")
    return {title: arms[name].map(number).to_dict() for name, title in titles.items()}


def _shares(ratio: SampleRatio) -> dict[str, Mapping[str, str]]:
    arms = ratio.arms.set_index("variant")
    titles = {"share": _("share"), "expected_share": _("intended")}
    return {title: arms[name].map(percent).to_dict() for name, title in titles.items()}


def _split(known: Randomised) -> Iterator[Row]:
    ratio = known.ratio
    if ratio is None:
        yield marked("·", _("Whether the split is sound cannot be told yet."))
        return
    text = _("The split is sound (p {p}).")
    if ratio.drifted:
        text = _("As a whole the split is as planned (p {p}).")
    if ratio.broken:
        text = _(
            "The split is broken: counts do not fit the planned split (p {p}), so no effect will be stated."
        )
        if not known.experiment.split:
            text += " " + _("`split` is not given, so arms of the same size are supposed.")
    sign = "✗" if ratio.broken else "·" if ratio.drifted else "✓"
    yield marked(sign, text.format(p=p_equals(ratio.srm_pvalue)))
    if ratio.drifted:
        text = _(
            "The arms' shares changed while customers were assigned (p {p}): a season or a trend may look "
            "like an effect, so none will be decided on."
        )
        yield marked("✗", text.format(p=p_equals(ratio.drift_pvalue)))


def _notes(known: Randomised, as_of: dt.date) -> Iterator[Row]:
    if known.lacking is not None:
        yield marked("!", known.lacking.what)
    if known.intake is not None:
        yield marked("·", _lines(known.intake))
        yield marked("·", _days(known.intake, as_of))
        yield from _overlaps(known.intake.overlaps)


def _lines(intake: Intake) -> str:
    """What became of the lines of the assignments table."""
    lines = intake.ledger.set_index("rule")["lines"]
    gone = rule_counts(lines.drop(COUNTED))
    text = _("{used} of {all} lines are used; left out: {gone}.") if gone else _("All {all} lines are used.")
    return text.format(used=number(lines[COUNTED]), all=number(intake.lines), gone=gone)


def _days(intake: Intake, as_of: dt.date) -> str:
    when = _("on {first}") if intake.first == intake.last else _("from {first} to {last}")
    text = _("Assigned {when}; everybody has been followed up since {complete}.")
    if intake.complete_on > as_of:
        text = _("Assigned {when}; everybody so far will be followed up on {complete}.")
    assigned = when.format(first=day(intake.first), last=day(intake.last))
    return text.format(when=assigned, complete=day(intake.complete_on))


def _overlaps(overlaps: pd.DataFrame) -> Iterator[Row]:
    """The other experiments that hold most of the customers; first those that mix into this one."""
    rows = overlaps.assign(mixes=overlaps["pvalue"] < BROKEN).sort_values(
        ["mixes", "customers"], ascending=False
    )
    for row in rows.head(MOST).itertuples():
        text = _("{n} also in '{other}'.")
        if row.pvalue == row.pvalue:
            text = _("{n} also in '{other}', whose arms are spread evenly over these (p {p}).")
        if row.mixes:
            text = _(
                "{n} also in '{other}', whose arms are spread unevenly over these (p {p}): its effect mixes "
                "into this one."
            )
        n = plural(row.customers, _("customer is"), _("customers are"))
        other = shortened(str(row.experiment))
        yield marked("!" if row.mixes else "·", text.format(n=n, other=other, p=p_equals(row.pvalue)))
    if len(rows) > MOST:
        yield marked("·", _("And {n} more like the last.").format(n=number(len(rows) - MOST)))


def _unnamed(found: Strategies) -> Iterator[Row]:
    """Experiments of the assignments table that the unit file does not name; each that may be misspelt."""
    known = [one.name for one, _known in found.experiments if not one.is_ready_made]
    names = sorted(found.strays, key=lambda name: (-found.strays[name], name))
    lines = {name: plural(found.strays[name], _("line"), _("lines")) for name in names}
    meant = {name: suggestion(name, known) for name in names}
    near = [name for name in names if meant[name].name][:MOST]
    for name in near:
        text = _(
            "The assignments table holds {n} of '{other}', which is no experiment of the unit file: {hint}"
        )
        yield marked("!", text.format(n=lines[name], other=shortened(name), hint=meant[name]))
    others = [name for name in names if name not in near]
    if others:
        text = _("The assignments table holds experiments that the unit file does not name: {others}.")
        listed = [f"'{shortened(name)}' ({lines[name]})" for name in others[:MOST]]
        if others[MOST:]:
            listed.append(_("and {n} more").format(n=number(len(others) - MOST)))
        yield marked("·", text.format(others=", ".join(listed)))


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────


def _change(one: Change, known: tuple[Periods, pd.DataFrame] | KeepbookError | None, hide: Hide) -> list[Row]:
    if isinstance(known, KeepbookError):
        return _reason(known, hide, one.title)
    if known is None:
        text = _("{title}: it is compared with the unit {unit}, which is not read here.")
        return [marked("·", text.format(title=one.title, unit=one.comparison_unit))]
    periods, groups = known
    # no sign of approval: whether the groups were alike before is only looked into by the report
    return [marked("·", f"{one.title}: {_groups(groups)}; {_periods(one, periods)}.")]


def _groups(groups: pd.DataFrame) -> str:
    size = groups.set_index("group")["customers"]
    if "all" in size.index:
        text = _("{n} count, with nobody to compare with")
        return text.format(n=plural(size["all"], _("customer"), _("customers")))
    text = _("{treated} treated and {comparison} to compare with")
    said = {name: plural(size[name], _("customer"), _("customers")) for name in ("treated", "comparison")}
    return " ".join([text.format(**said), *_clusters(groups)])


def _clusters(groups: pd.DataFrame) -> Iterator[str]:
    """How many there are, and as how many they count where those are far fewer."""
    sides = groups.set_index("group").loc[["treated", "comparison"]]
    there, counting = sides["clusters"], sides["carrying"]
    if there.isna().any():
        return
    text = _("(clusters: {a} and {b})")
    if (counting < UNLIKE * there).any():
        text = _("(clusters: {a} and {b}, which count as {x} and {y}, for they are of unlike sizes)")
    a, b = there.map(number)
    x, y = (number(n, 1) for n in counting)
    yield text.format(a=a, b=b, x=x, y=y)


def _periods(one: Change, periods: Periods) -> str:
    words = (_(one.period), _(WORDS[one.period]))
    text = _("{before} before {date}, {after} from it on")
    before, after = plural(periods.before, *words), plural(periods.after, *words)
    return text.format(before=before, date=day(one.date), after=after)
