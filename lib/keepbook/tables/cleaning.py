"""Turns a source's lines into customer-days, and counts every line left out under a named rule.

Each line carries a bit mask of the rules it breaks. Grouping by that mask together with customer and day
makes one pass over the source yield both the clean days and the ledger. What can be told only by comparing
lines with each other, repeated lines and returned orders, is rare: it is found aside and taken off the days.
"""

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import COPY, HASH, TOTAL, WEIGHT, amount_of, column_of, has_column, key_of
from keepbook.reading.conditions import matches
from keepbook.reading.files import PART
from keepbook.reading.forms import Forms
from keepbook.text import catalogue
from keepbook.unit import Unit

say = catalogue("tables")

OVERLAP = "in several files"
DUPLICATE = "exact duplicate"
COPIES = (OVERLAP, DUPLICATE)
NO_CUSTOMER = "no customer"
NO_DATE = "no readable date"
NO_AMOUNT = "no readable amount"
CANCELLED = "cancelled order"
AFTER = "after as_of"
ZERO = "zero amount"
RETURN = "return"
FULLY_RETURNED = "order fully returned"
BUILT_IN_RULES = (*COPIES, NO_CUSTOMER, NO_DATE, NO_AMOUNT, CANCELLED, AFTER, ZERO, RETURN, FULLY_RETURNED)
SUMS = ("rows", "amount", "returns", "refunds")  # returns: negative lines; refunds: their money


def rule_name(rule: str) -> str:
    """What a rule is called: one of the unit file as it is there, a built-in one in the reader's language."""
    return say(f"rule-{rule.replace(' ', '-').replace('_', '-')}") if rule in BUILT_IN_RULES else rule


def rules_of(unit: Unit) -> list[str]:
    """The unit's ledger rules in the order in which a line is charged to them.

    Duplicates are counted before all of these, orders fully returned after them.
    """
    own = list(unit.transactions.exclude)
    cancelled = [CANCELLED] if unit.transactions.cancelled else []
    after = [AFTER] if unit.as_of else []
    zero = [ZERO] if unit.zero_amounts == "drop" else []
    returned = [RETURN] if unit.returns == "gross" else []
    return [*own, NO_CUSTOMER, NO_DATE, NO_AMOUNT, *cancelled, *after, *zero, *returned]


def materialised(table: ir.Table) -> ir.Table:
    """The same rows, computed once and held by the engine."""
    return table.get_backend().create_table(gen_name("keepbook"), table, temp=True)


def masked(lines: ir.Table, forms: Forms, more: Mapping[str, ir.Column] | None = None) -> ir.Table:
    """Lines → canonical types.

    Returns
    -------
    Table : customer_id, date, amount, order_id (each missing where it cannot be read), rules (bit i set:
        `rules_of(unit)[i]` is broken; 0 = clean), weight (how often the line counts), copy (the rule under
        which copies of a line are taken off), and the columns of `more`.
    """
    source, more = forms.source, more or {}
    numbered = has_column(lines, source, "order_id")
    ready = lines.select(
        customer_id=key_of(column_of(lines, source, "customer_id")),
        date=forms.day(column_of(lines, source, "date")),
        amount=amount_of(lines, forms),
        order_id=key_of(column_of(lines, source, "order_id")) if numbered else ibis.null("string"),
        weight=lines[WEIGHT] if WEIGHT in lines.columns else ibis.literal(1, type="int64"),
        copy=lines[COPY] if COPY in lines.columns else ibis.null("string"),
        **{f"own_{i}": matches(lines, rule, forms) for i, rule in enumerate(source.exclude.values())},
        cancelled=matches(lines, source.cancelled, forms) if source.cancelled else ibis.literal(False),
        **more,
    )
    names = ("customer_id", "date", "amount", "order_id", "weight", "copy", *more)
    return ready.select(*names, rules=_mask(ready, forms.unit))


def days_of(lines: ir.Table) -> ir.Table:
    """Masked lines, each counted once → one row per mask × customer × day.

    Returns
    -------
    Table : rules, customer_id, date (both missing where rules ≠ 0), rows, amount, returns (negative lines),
        refunds (their money). Money is missing where there is none.
    """
    clean, negative = lines.rules == 0, lines.amount < 0
    return lines.group_by(
        rules=lines.rules,
        customer_id=clean.ifelse(lines.customer_id, ibis.null(lines.customer_id.type())),
        date=clean.ifelse(lines.date, ibis.null("date")),
    ).agg(
        rows=lines.count(),
        amount=lines.amount.sum().cast(MONEY),
        returns=lines.count(where=negative),
        refunds=lines.amount.sum(where=negative).cast(MONEY),
    )


def repeats_of(lines: ir.Table, unit: Unit) -> ir.Table:
    """Lines of the source that stand more than once, with the negative number of those too many.

    A line that stands in several files or sheets is one line in exports that overlap: it counts as often as
    in the file that has it most often. What is left above one are exact duplicates.

    Whole lines are compared only where their hashes are equal: a hash takes a fraction of a line's memory.
    """
    own = [name for name in lines.columns if name != PART]
    marked = lines.mutate(**{HASH: ibis.struct({name: lines[name] for name in own}).hash()})
    equal = marked.group_by(HASH).agg(n=marked.count()).filter(lambda t: t.n > 1)
    alike = marked.semi_join(equal, HASH)
    split = [*own, *([PART] if PART in lines.columns and unit.overlaps == "drop" else [])]
    counts = alike.group_by(split).agg(keepbook_n=alike.count())
    each = counts.group_by(own).agg(keepbook_n=counts.keepbook_n.sum(), keepbook_most=counts.keepbook_n.max())
    most = each.keepbook_most
    left = most if unit.duplicates == "keep" else ibis.least(1, most)
    off = {OVERLAP: most - each.keepbook_n, DUPLICATE: left - most}
    taken = [each.select(*own, **{WEIGHT: many, COPY: ibis.literal(rule)}) for rule, many in off.items()]
    both = ibis.union(*taken)
    return both.filter(both[WEIGHT] < 0)


def weighed(lines: ir.Table) -> dict[str, ir.Scalar]:
    """As the sums of `days_of`, over lines with weights."""
    money = (lines.amount.fill_null(0) * lines.weight).cast(TOTAL)
    negative = lines.amount < 0
    return {
        "rows": lines.weight.sum(),
        "amount": money.sum(),
        "returns": lines.weight.sum(where=negative).fill_null(0),
        "refunds": money.sum(where=negative).fill_null(0),
    }


def returned_orders(lines: ir.Table, repeats: ir.Table | None) -> ir.Table:
    """The masked lines of orders (customer × number) whose purchases and returns cancel out.

    Repeats count against the lines they repeat.
    """
    order = ["customer_id", "order_id"]
    clean = lines.filter(lines.rules == 0, lines.order_id.notnull())
    touched = clean.filter(clean.amount < 0).select(order).distinct()
    theirs = clean.semi_join(touched, order)
    if repeats is not None:
        theirs = ibis.union(theirs, repeats.filter(repeats.rules == 0).semi_join(touched, order))
    totals = theirs.group_by(order).agg(**weighed(theirs))
    void = totals.filter(totals.amount <= 0, totals["rows"] > totals.returns)
    return theirs.semi_join(void, order)


def purchases_of(days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None) -> ir.Table:
    """The clean days, less repeated lines and returned orders; all as for `ledger_of`."""
    clean = days.filter(days.rules == 0)
    left = clean.select("customer_id", "date", **{name: clean[name].fill_null(0) for name in SUMS})
    gone = []
    if repeats is not None:
        gone.append(repeats.filter(repeats.rules == 0))
    if returned is not None:
        gone.append(returned.mutate(weight=-returned.weight))
    if gone:
        lines = ibis.union(*gone) if len(gone) > 1 else gone[0]
        taken = lines.group_by("customer_id", "date").agg(**weighed(lines))
        both = left.left_join(taken, ["customer_id", "date"])
        rest = {name: left[name] + taken[name].fill_null(0) for name in SUMS}
        left = both.select(left.customer_id, left.date, **rest).filter(lambda t: t["rows"] > 0)
    purchases = left.select(
        "customer_id",
        "date",
        amount=left.amount.cast(MONEY),
        gross=(left.amount - left.refunds).cast(MONEY),
        is_purchase=left["rows"] > left.returns,
    )
    return materialised(purchases) if gone else purchases


def _mask(ready: ir.Table, unit: Unit) -> ir.IntegerColumn:
    broken = {
        NO_CUSTOMER: ready.customer_id.isnull(),
        NO_DATE: ready.date.isnull(),
        NO_AMOUNT: ready.amount.isnull(),
        # Net of returns, a cancellation with a negative amount stays as money; its order is no purchase.
        CANCELLED: ready.cancelled & ((ready.amount >= 0) if unit.returns == "net" else ibis.literal(True)),
        AFTER: ready.date > ibis.literal(unit.as_of or dt.date.max),
        ZERO: ready.amount == 0,
        RETURN: ready.amount < 0,
    }
    own = len(unit.transactions.exclude)
    verdicts = [ready[f"own_{i}"] for i in range(own)] + [broken[name] for name in rules_of(unit)[own:]]
    mask = ibis.literal(0, type="int64")
    for bit, verdict in enumerate(verdicts):
        mask = mask + verdict.fill_null(False).ifelse(1 << bit, 0).cast("int64")
    return mask
