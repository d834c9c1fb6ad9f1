"""What `keepbook check` shows of a unit: one page of a terminal, in words a manager understands."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from keepbook.console.answers import adds, answers
from keepbook.console.experiments import Strategies, shown
from keepbook.console.layout import LONGEST, SIGNS, Hide, line, marked, section, shortened
from keepbook.quality import Account, Odd, Readiness
from keepbook.tables import NO_AMOUNT, WORTH_A_WARNING, Tables
from keepbook.text import MISSING, _, day, interval, money, number, percent, plural
from keepbook.unit import Unit

MOST = 3  # days of a kind; who sees three looks for more
ONE_TIME = 0.99  # in no shop do so many customers buy but once: these are likely numbers of orders
DEFAULTS = {"1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "1980-01-01", "2000-01-01"}
ZONED = re.compile(r"^(?!.*\b(no|none|without)\b).*\b(carr\w+|with|has|have|own)\b.*\b(zone|offset)", re.I)

COLOURS = {"yes": "green", "with care": "yellow", "no": "red"}


def show(
    found: Readiness,
    tables: Tables,
    unit: Unit,
    hide: Hide = str,
    console: Console | None = None,
    strategies: Strategies | None = None,
) -> None:
    """Prints the page of one unit; `hide` puts names for secrets in what is said about the sources."""
    stated = [marked("·", hide(sentence)) for sentence in dict.fromkeys(tables.stated)]
    looked = [marked("!", remark) for remark in remarks(found, tables, unit)]
    looked = looked or [marked("✓", _("Nothing stands out."))]
    looked.append(marked("·", _one_time(found)))
    carried = [
        (line(answer.analysis), Text(_(answer.carries), COLOURS[answer.carries]), line(answer.why))
        for answer in answers(found, unit)
    ]
    missing = [(line(name), line(what)) for name, what in adds(unit).items()]
    page = Group(
        *_headline(found, unit, strategies),
        *section(_("How it was read"), stated),
        *section("", [(_ledger(tables, unit, hide),)]),
        *section(_("To look at"), looked),
        *section(_("What the data would carry"), carried),
        *(shown(strategies, hide) if strategies else ()),
        *section(_("Tables that are missing, and what each would add"), missing),
        Text(),
    )
    (console or Console(highlight=False)).print(page)


def _headline(found: Readiness, unit: Unit, strategies: Strategies | None) -> Iterator[Text]:
    kind = " " + _("(simulated data)") if unit.simulated else ""
    sign = "✓"
    if strategies:
        sign = "✗" if strategies.faulty else "!" if strategies.unsound else sign
    yield Text.assemble((f"{sign} ", SIGNS[sign]), (line(unit.title or unit.unit).plain, "bold"), kind)
    yield Text("  ") + line(
        _("{customers}, {orders} (one per customer and day), {money}").format(
            customers=plural(found.customers, _("customer"), _("customers")),
            orders=plural(found.orders, _("order"), _("orders")),
            money=money(found.amount, unit.currency),
        )
    )
    window, months = found.window, round(found.window.days / 30.44)
    span = plural(months, _("month"), _("months")) if months > 1 else plural(window.days, _("day"), _("days"))
    yield Text("  ") + line(
        _("{start} to {end} ({span})").format(start=day(window.start), end=day(window.as_of), span=span)
    )


def _ledger(tables: Tables, unit: Unit, hide: Hide) -> Table:
    """Every rule with its lines and money, and below it the first lines it took, where they are known."""
    ledger = tables.ledger
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(_("Lines of the source"))
    table.add_column(_("lines"), justify="right")
    table.add_column(_("amount"), justify="right")
    for rule, rows, amount, _matched in ledger.entries.itertuples(index=False):
        if not rows:  # another rule took all its lines
            continue
        known = MISSING if rule == NO_AMOUNT else money(amount, unit.currency)
        table.add_row(line(_("left out: {rule}").format(rule=rule)), number(rows), known)
        for example in tables.examples.get(rule, ()):
            table.add_row(Text("  ") + line(hide(example)), style="dim")
    table.add_row(_("kept"), number(ledger.rows_kept), money(float(ledger.amount_kept), unit.currency))
    table.add_row(_("all"), number(ledger.rows_in), money(float(ledger.amount_in), unit.currency))
    return table


# ── what to look at ─────────────────────────────────────────────────────────────────────────────────────


def remarks(found: Readiness, tables: Tables, unit: Unit) -> list[str]:
    """What may be wrong with the data, worst first: each with its numbers, and what to do."""
    unread = tables.unread / tables.ledger.rows_in
    sentences = [_unread(unread)] if unread >= WORTH_A_WARNING else []
    sentences += [_ahead(found)] if found.ahead else []
    for kind, text in _words().items():
        odd = sorted((o for o in found.odd if o.kind == kind), key=lambda o: -max(o.share, o.usual))
        sentences += [text.format(**_facts(one, found, unit)) for one in odd[:MOST]]
        if odd[MOST:]:
            sentences.append(_("And {n} more like the last.").format(n=number(len(odd) - MOST)))
    sentences += [_account(account, unit) for account in found.accounts]
    if found.negative:
        sentences.append(_negative(*found.negative, unit))
    if found.one_time[1] > ONE_TIME:
        sentences.append(_("Hardly anybody buys twice: is `customer_id` perhaps the number of the order?"))
    if unit.currency is None:
        sentences.append(_("No currency is set. Add it to the unit file, e.g. `currency: EUR`."))
    if "timezone" not in unit.model_fields_set and any(ZONED.search(line) for line in tables.stated):
        text = _("Times carry a zone, and days are cut in UTC. Set `timezone` to the shop's own.")
        sentences.append(text)
    return sentences


def _unread(share: float) -> str:
    text = _(
        "{share} of the lines have a date or an amount that cannot be read: they are missing in all that "
        "follows. Look at the lines shown above, and say `date_format` or `decimal`, or export them again."
    )
    return text.format(share=percent(share))


def _words() -> dict[str, str]:
    """Kind of odd days → the sentence on them; worst kind first."""
    return {
        "far": _(
            "{lie} on {when}, {apart} {side} all others: the time between looks empty. {default}If that "
            "is wrong, {mend} leaves it out."
        ),
        "end": _(
            "{seen} after {before}, though the data count up to {last}; {usual} would be usual. If the "
            "export stopped there, or more is to come, set `as_of: {before}`; else customers look lost."
        ),
        "new": _(
            "{count} customers ({share}) first appear on {when}; around it {usual} a day. {default}{older}"
        ),
        "orders": _(
            "{count} customers bought on {when} ({share} of all orders); around it {usual} a day. "
            "{default}If it was no sale, the date may be wrong; {exclude} leaves it out."
        ),
        "money": _(
            "{money} ({share} of all money) came in on {when}; around it a day brings {usual_money}. Look "
            "for amounts that are mistyped or in another currency."
        ),
        "gap": _(
            "No purchase from {when} ({days}), where {usual} orders would be usual. If the business was not "
            "closed, lines are missing and customers look lost: export them again."
        ),
    }


def _facts(odd: Odd, found: Readiness, unit: Unit) -> dict[str, str]:
    """All numbers of some odd days, as a sentence may want them."""
    first, last = day(odd.first), day(odd.last)
    exclude = _exclude(
        "wrong date", "date", first if first == last else f"{{from: {first}, to: {last}}}", unit
    )
    near = day(odd.first - dt.timedelta(days=max(odd.apart, 1)))
    older = _("If customers were moved into a new system then, they are older: add their earlier purchases.")
    if odd.first == found.window.start:
        older = _(
            "They may be older than the data: `warm_up_cohorts: exclude` keeps them out of the cohorts."
        )
    orders = plural(round(odd.count), _("order"), _("orders"))
    return {
        "when": first if first == last else _("{first} to {last}").format(first=first, last=last),
        "last": last,
        "before": near,
        "days": plural(odd.days, _("day"), _("days")),
        "apart": plural(abs(odd.apart), _("day"), _("days")),
        "side": _("after") if odd.apart > 0 else _("before"),
        "count": number(odd.count),
        "lie": plural(round(odd.count), _("order lies"), _("orders lie")),
        "seen": _("Only {orders}").format(orders=orders) if odd.count else _("No order"),
        "usual": number(odd.usual) if odd.usual >= 1 else _("less than 1"),
        "money": money(odd.count, unit.currency),
        "usual_money": money(odd.usual, unit.currency),
        "share": percent(odd.share),
        "default": _("Programs write this day where they know none.") + " "
        if {first, last} & DEFAULTS
        else "",
        "older": older,
        "exclude": exclude,
        "mend": f"`as_of: {near}`" if odd.apart > 0 else exclude,
    }


def _exclude(rule: str, name: str, value: str, unit: Unit) -> str:
    """What to write into the unit file to leave lines out under a rule of one's own."""
    column = unit.transactions.columns.get(name, name)
    shown = column if re.fullmatch(r"\w+( \w+)*", column) else json.dumps(column, ensure_ascii=False)
    return f"`exclude: {{{rule}: {{{shown}: {value}}}}}` under `transactions`"


def _account(account: Account, unit: Unit) -> str:
    customer, whole = account.customer, len(account.customer) <= LONGEST
    own = customer if re.fullmatch(r"-?\d+", customer) else json.dumps(customer, ensure_ascii=False)
    text = _(
        "Customer '{customer}' bought on {days} ({share} of all days) and holds {money} of the money. If "
        "many people stand behind it, {exclude} leaves it out."
    )
    if account.placeholder:
        text = _(
            "Customer '{customer}' looks like a placeholder, not a person: {days} with a purchase, {money} "
            "of the money. {exclude} leaves it out."
        )
    return text.format(
        customer=shortened(customer),
        days=plural(account.days, _("day"), _("days")),
        share=percent(account.share_of_days),
        money=percent(account.share_of_money),
        exclude=_exclude("no person", "customer_id", own, unit) if whole else "`exclude`",
    )


def _ahead(found: Readiness) -> str:
    text = _("{orders} dated after today. If deliveries are planned, set `as_of` to the last true day.")
    return text.format(orders=plural(found.ahead, _("order is"), _("orders are")))


def _negative(count: int, total: float, unit: Unit) -> str:
    text = _(
        "{customers} gave back more than they paid, together {money}. If these are no returns of what was "
        "bought before the data begin, look at the signs of the amounts."
    )
    return text.format(
        customers=plural(count, _("customer"), _("customers")), money=money(total, unit.currency)
    )


def _one_time(found: Readiness) -> str:
    share, low, high = found.one_time
    text = _(
        "{share} {interval} of the customers are one-time buyers: they bought on one day, be it the last."
    )
    return text.format(share=percent(share), interval=interval(low, high))
