"""How every report begins: whose it is, what it covers, and what became of the data."""

from __future__ import annotations

from html import escape

from keepbook.errors import printable
from keepbook.page import html as fragments
from keepbook.page.html import Html
from keepbook.tables import NO_AMOUNT, WORTH_A_WARNING, Tables
from keepbook.text import MISSING, _, day, money, number, percent
from keepbook.unit import Change, Experiment, Unit

LONG_SILENCE = 31  # days without a line before `as_of` that a reader should know of


def opening(unit: Unit, tables: Tables, entry: Experiment | Change | None = None) -> Html:
    """The banner, the ledger of all lines, and what a reader should know before the first number."""
    window = tables.window
    simulated = _("simulated data") if unit.simulated else ""
    badge = f'<span class="kb-simulated">{simulated}</span>' if simulated else ""
    covers = _("{start} to {end}").format(start=day(window.start), end=day(window.as_of))
    facts = {_("Period"): covers, _("Data as of"): day(window.as_of), _("Unit"): unit.unit}
    items = "".join(f"<span>{key} <b>{escape(value)}</b></span>" for key, value in facts.items())
    title = f"<bdi>{escape(unit.title or unit.unit)}</bdi> {badge}"
    head = (
        f'<div class="kb-banner"><p class="kb-banner-title">{title}</p>'
        f'<p class="kb-banner-about">{escape(unit.about or "")}</p>'
        f'<p class="kb-banner-facts">{items}</p>{_subject(entry)}</div>'
    )
    if window.last and (gap := (window.as_of - window.last).days) > LONG_SILENCE:
        text = _(
            "The data end on {last}, {days} days before `as_of`: if they are not complete, all that "
            "follows counts missing days as days without purchases."
        )
        head += fragments.note(text.format(last=day(window.last), days=number(gap))).html
    return Html(
        fragments.style() + head + _ledger(unit, tables),
        f"{unit.title or unit.unit}: {covers} {simulated}".strip(),
    )


def _subject(entry: Experiment | Change | None) -> str:
    """The experiment or change that the page is about."""
    if entry is None:
        return ""
    question = f'<p class="kb-banner-question">{escape(entry.question)}</p>' if entry.question else ""
    return f'<p class="kb-banner-subject"><bdi>{escape(entry.title)}</bdi></p>{question}'


def _ledger(unit: Unit, tables: Tables) -> str:
    ledger, currency = tables.ledger, unit.currency
    rows = [
        (rule, number(count), MISSING if rule == NO_AMOUNT else money(amount, currency), number(matched))
        for rule, count, amount, matched in ledger.entries.itertuples(index=False)
    ]
    kept = _("Lines used: {kept} of {all} ({share})").format(
        kept=number(ledger.rows_kept),
        all=number(ledger.rows_in),
        share=percent(ledger.rows_kept / ledger.rows_in),
    )
    if ledger.returns_rows:
        kept += ", " + _("{count} of them returns, {money}, which lower revenue and are no purchase").format(
            count=number(ledger.returns_rows), money=money(float(ledger.returns_amount), currency)
        )
    rows.append((_("kept"), number(ledger.rows_kept), money(float(ledger.amount_kept), currency), ""))
    rows.append((_("all lines"), number(ledger.rows_in), money(float(ledger.amount_in), currency), ""))
    heads = [_("rule"), _("lines"), _("amount"), _("lines that break it")]
    body = fragments.table(heads, rows, numeric=[1, 2, 3]) + _reading(tables)
    unread = tables.unread / ledger.rows_in
    warning = ""
    if unread >= WORTH_A_WARNING:
        text = _(
            "{share} of the lines have a date or an amount that cannot be read; their money is missing here."
        )
        warning = fragments.note(text.format(share=percent(unread))).html
    return f'<details class="kb-ledger"><summary>{escape(kept)}</summary>{body}</details>{warning}'


def _reading(tables: Tables) -> str:
    """How the sources were read, and the first lines that could not be."""
    said = [*dict.fromkeys(tables.stated)]
    said += [f"{rule}: {', '.join(lines)}" for rule, lines in tables.examples.items() if lines]
    items = "".join(f"<li><bdi>{escape(printable(words))}</bdi></li>" for words in said)
    return f'<p>{_("How it was read")}:</p><ul class="kb-reading">{items}</ul>' if said else ""
