"""A source's lines that belong to the unit, and how they write days and amounts."""

from dataclasses import replace

import ibis.expr.types as ir

from keepbook.errors import UnitFileError
from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import NOBODY, column_of, has_column
from keepbook.reading.conditions import compared, matches
from keepbook.reading.days import ZONE_END, text_of
from keepbook.reading.faults import place
from keepbook.reading.forms import Forms, forms_of
from keepbook.reading.sources import Session, open_source
from keepbook.reading.stated import Stated, first_examples, stated
from keepbook.tables.cleaning import NO_AMOUNT, NO_DATE
from keepbook.tables.costs import COUNTS, with_days
from keepbook.tables.ledger import Ledger
from keepbook.tables.row_checks import numbers_in
from keepbook.unit import Unit

DAYS = ("date", "acquired_on", "period", "assigned_at", "exposed_at")
NUMBERS = ("amount", "quantity", "unit_price", "refund", "acquisition_cost", *COUNTS)
ZONED = rf"{ZONE_END}|^\d{{8}}T?\d{{4,6}}Z$"
MAX_EXAMPLES = 3  # lines that could not be read


def lines_of(name: str, unit: Unit, session: Session) -> tuple[ir.Table, Forms]:
    """The source's lines that belong to the unit, and how they write days and amounts."""
    source = unit.sources[name]
    day = source.columns.get("date", "date")
    if name == "transactions" and day in source.where:
        raise UnitFileError(
            f"`where` filters by the date column '{day}': customers who bought before would look new.",
            where=place(unit, "transactions.where"),
            expected="`as_of` for the last day of observation, and no first day",
            do="Remove it. Name wrong dates, such as 1900-01-01, under `exclude`, where they are counted.",
        )
    lines, facts = open_source(name, unit, session)
    columns, where = source.wanted, source.where
    if name == "costs":
        lines, where = with_days(lines, source)
        columns = {role: source.columns.get(role, role) for role in source.known}  # all but one are optional
    conditions = [where, source.cancelled or {}, *source.exclude.values()]
    days, numbers = compared(conditions)
    own = {name: column for name, column in columns.items() if name in source.known}  # a segment may be text
    days |= {own[name] for name in DAYS if name in own}
    numbers |= {own[name] for name in NUMBERS if name in own} | {columns[name] for name in numbers_in(source)}
    forms = forms_of(lines, sorted(days), sorted(numbers), unit, source)
    moment = columns.get("date", columns.get("assigned_at"))
    forms = replace(forms, stated=facts + forms.stated + _zone_stated(lines, moment, forms))
    if not where:
        return lines, forms
    kept = lines.filter(matches(lines, where, forms))
    here, there = kept.count().to_pandas(), lines.count().to_pandas()
    if here == there:
        return kept, forms
    others = stated("others", others=int(there - here), n=int(there))
    return kept, replace(forms, stated=(*forms.stated, others))


def _zone_stated(lines: ir.Table, day: str | None, forms: Forms) -> tuple[Stated, ...]:
    """Where moments carry a zone, the zone that days are cut in decides on which day they fall."""
    if day is None or day not in lines.columns:
        return ()
    kind, form = lines[day].type(), forms.days.get(day, "iso")
    zoned = bool(kind.is_timestamp() and kind.timezone) or form in ("epoch", "epoch_ms") or "%z" in form
    if not zoned and form in ("ymd", "dmy", "mdy", "named"):
        zoned = bool(len(lines.filter(text_of(lines[day]).re_search(ZONED)).limit(1).to_pandas()))
    return (stated("zone", column=day, zone=forms.unit.timezone),) if zoned else ()


def unread_lines(ledger: Ledger, source: ir.Table, forms: Forms) -> tuple[dict[str, tuple[Stated, ...]], int]:
    """The first lines without a day or an amount, and how many of all have one that cannot be read."""
    found, unread = {}, 0
    for rule, name in ((NO_DATE, "date"), (NO_AMOUNT, "amount")):
        if rule in set(ledger.entries["rule"]) and has_column(source, forms.source, name):
            column = column_of(source, forms.source, name)
            lost = (forms.day(column) if name == "date" else forms.number(column, MONEY)).isnull()
            found[rule] = tuple(
                one.stated for one in first_examples(source, lost, column.get_name(), MAX_EXAMPLES)
            )
            written = ~column.cast("string").fill_null("").strip().lower().isin(("", *NOBODY))
            unread += int(source.filter(lost & written).count().to_pandas())
    return found, unread
