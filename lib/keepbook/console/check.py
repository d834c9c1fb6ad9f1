"""What `keepbook check` shows of a unit: one page of a terminal, in words a manager understands."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from keepbook.console.answers import adds, answers
from keepbook.console.layout import MAX_NAME, SIGNS, Hide, bullet, line, section, shortened
from keepbook.console.studies import Studies, rows_of
from keepbook.quality import Account, Anomaly, Readiness
from keepbook.tables import NO_AMOUNT, WORTH_A_WARNING, Tables, rule_name
from keepbook.text import MISSING, catalogue, day, interval, money, number, percent
from keepbook.unit import Unit

MAX_DAYS = 3  # of a kind; who sees three looks for more
ONE_TIME = 0.99  # in no shop do so many customers buy but once: these are likely numbers of orders
DEFAULT_DAYS = {"1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "1980-01-01", "2000-01-01"}

COLOURS = {"yes": "green", "care": "yellow", "no": "red"}
KINDS = ("far", "end", "new", "orders", "money", "gap")  # of days that stand out, worst first

say = catalogue("console")


def show(
    found: Readiness,
    tables: Tables,
    unit: Unit,
    hide: Hide = str,
    console: Console | None = None,
    studies: Studies | None = None,
) -> None:
    """Prints the page of one unit; `hide` puts names for secrets in what is said about the sources."""
    stated = [bullet("·", hide(str(one))) for one in dict.fromkeys(tables.stated)]
    looked = [bullet("!", remark) for remark in remarks(found, tables, unit)]
    looked = looked or [bullet("✓", say("nothing"))]
    looked.append(bullet("·", _one_time(found)))
    carried = [
        (line(say(f"{a.analysis}.name")), Text(say(a.carries), COLOURS[a.carries]), line(a.why))
        for a in answers(found, unit)
    ]
    missing = [(line(name), line(what)) for name, what in adds(unit).items()]
    page = Group(
        *_headline(found, unit, studies),
        *section(say("how-read"), stated),
        *section("", [(_ledger(tables, unit, hide),)]),
        *section(say("to-look-at"), looked),
        *section(say("would-carry"), carried),
        *(rows_of(studies, hide) if studies else ()),
        *section(say("missing"), missing),
        Text(),
    )
    (console or Console(highlight=False)).print(page)


def _headline(found: Readiness, unit: Unit, studies: Studies | None) -> Iterator[Text]:
    kind = " " + say("simulated") if unit.simulated else ""
    sign = "✓"
    if studies:
        sign = "✗" if studies.has_errors else "!" if studies.has_doubtful_splits else sign
    yield Text.assemble((f"{sign} ", SIGNS[sign]), (line(unit.title or unit.unit).plain, "bold"), kind)
    amount = money(found.amount, unit.currency)
    yield Text("  ") + line(say("held", customers=found.customers, orders=found.orders, money=amount))
    window, months = found.window, round(found.window.days / 30.44)
    length = {"in": "months", "n": months} if months > 1 else {"in": "days", "n": window.days}
    yield Text("  ") + line(say("covers", start=day(window.start), end=day(window.as_of), **length))


def _ledger(tables: Tables, unit: Unit, hide: Hide) -> Table:
    """Every rule with its lines and money, and below it the first lines it took, where they are known."""
    ledger = tables.ledger
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(say("ledger"))
    table.add_column(say("ledger.lines"), justify="right")
    table.add_column(say("ledger.amount"), justify="right")
    for rule, rows, amount, _matched in ledger.entries.itertuples(index=False):
        if not rows:  # another rule took all its lines
            continue
        known = MISSING if rule == NO_AMOUNT else money(amount, unit.currency)
        table.add_row(line(say("ledger.left-out", rule=rule_name(rule))), number(rows), known)
        for example in tables.examples.get(rule, ()):
            table.add_row(Text("  ") + line(hide(str(example))), style="dim")
    kept, whole = (money(float(amount), unit.currency) for amount in (ledger.amount_kept, ledger.amount_in))
    table.add_row(say("ledger.kept"), number(ledger.rows_kept), kept)
    table.add_row(say("ledger.all"), number(ledger.rows_in), whole)
    return table


# ── what to look at ─────────────────────────────────────────────────────────────────────────────────────


def remarks(found: Readiness, tables: Tables, unit: Unit) -> list[str]:
    """What may be wrong with the data, worst first: each with its numbers, and what to do."""
    unread = tables.unread / tables.ledger.rows_in
    sentences = [say("unread", share=percent(unread))] if unread >= WORTH_A_WARNING else []
    sentences += [say("ahead", n=found.ahead)] if found.ahead else []
    for kind in KINDS:
        odd = sorted((o for o in found.anomalies if o.kind == kind), key=lambda o: -max(o.share, o.usual))
        sentences += [say(kind, **_facts(one, found, unit)) for one in odd[:MAX_DAYS]]
        if odd[MAX_DAYS:]:
            sentences.append(say("more-like-it", n=len(odd) - MAX_DAYS))
    sentences += [_account(account, unit) for account in found.accounts]
    if found.negative:
        customers, total = found.negative
        sentences.append(say("negative", n=customers, money=money(total, unit.currency)))
    if found.one_time[1] > ONE_TIME:
        sentences.append(say("hardly-anybody-twice"))
    if unit.currency is None:
        sentences.append(say("no-currency"))
    if "timezone" not in unit.model_fields_set and any(one.message == "zone" for one in tables.stated):
        sentences.append(say("no-timezone"))
    return sentences


def _facts(odd: Anomaly, found: Readiness, unit: Unit) -> dict[str, Any]:
    """All numbers of some odd days, as a sentence may want them."""
    first, last = odd.first.isoformat(), odd.last.isoformat()  # as the unit file has them
    days = first if first == last else f"{{from: {first}, to: {last}}}"
    exclude = _exclude(say("exclude.wrong-date"), "date", days, unit)
    near = odd.first - dt.timedelta(days=max(odd.apart, 1))
    return {
        "first": day(odd.first),
        "last": day(odd.last),
        "days": odd.days,
        "before": day(near),
        "as-of": near.isoformat(),
        "apart": abs(odd.apart),
        "later": odd.apart > 0,
        "count": round(odd.count),
        "usual": round(odd.usual) if odd.usual >= 1 else 0,
        "amount": money(odd.count, unit.currency),
        "usual-amount": money(odd.usual, unit.currency),
        "share": percent(odd.share),
        "default": bool({first, last} & DEFAULT_DAYS),
        "at-start": odd.first == found.window.start,
        "exclude": exclude,
        "mend": f"`as_of: {near.isoformat()}`" if odd.apart > 0 else exclude,
    }


def _exclude(rule: str, name: str, value: str, unit: Unit) -> str:
    """What to write into the unit file to leave lines out under a rule of one's own."""
    column = unit.transactions.columns.get(name, name)
    column = column if re.fullmatch(r"\w+( \w+)*", column) else json.dumps(column, ensure_ascii=False)
    return say("exclude", setting=f"`exclude: {{{rule}: {{{column}: {value}}}}}`")


def _account(account: Account, unit: Unit) -> str:
    customer, whole = account.customer, len(account.customer) <= MAX_NAME
    own = customer if re.fullmatch(r"-?\d+", customer) else json.dumps(customer, ensure_ascii=False)
    return say(
        "account",
        placeholder=account.placeholder,
        customer=shortened(customer),
        days=account.days,
        share=percent(account.share_of_days),
        money=percent(account.share_of_money),
        exclude=_exclude(say("exclude.no-person"), "customer_id", own, unit) if whole else "`exclude`",
    )


def _one_time(found: Readiness) -> str:
    share, low, high = found.one_time
    return say("one-time", share=percent(share), limits=interval(low, high))
