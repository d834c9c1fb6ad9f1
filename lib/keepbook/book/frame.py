"""How every report begins and ends: whose it is, what became of the data; what it was made of."""

import datetime as dt
import platform
from collections.abc import Mapping
from html import escape
from importlib.metadata import version

from keepbook.errors import printable
from keepbook.page import html
from keepbook.page.html import Html
from keepbook.tables import NO_AMOUNT, WORTH_A_WARNING, Tables, rule_name
from keepbook.text import MISSING, catalogue, day, money, number, percent
from keepbook.unit import Change, Experiment, Unit

say = catalogue("page")
VERSIONS = ("keepbook", "pandas", "numpy", "scipy", "duckdb", "ibis-framework", "lifetimes", "seaborn")
LONG_SILENCE = 31  # days without a line before `as_of` that a reader should know of


def opening(unit: Unit, tables: Tables) -> Html:
    """Whose page this is and what it covers, and what must be known before the first number."""
    window = tables.window
    covers = say("opening", start=day(window.start), end=day(window.as_of))
    title = unit.title or unit.unit
    parts = [f"<bdi>{escape(title)}</bdi>"]
    parts += [f'<span class="kb-simulated">{say("simulated")}</span>'] if unit.simulated else []
    parts += [escape(covers)]
    head = f'<p class="kb-sub">{" · ".join(parts)}</p>'
    if window.last and (gap := (window.as_of - window.last).days) > LONG_SILENCE:
        head += html.note(say("data-end", last=day(window.last), days=gap)).html
    if tables.ledger.rows_in and tables.unread / tables.ledger.rows_in >= WORTH_A_WARNING:
        head += html.note(say("unread", share=percent(tables.unread / tables.ledger.rows_in))).html
    simulated = say("simulated") if unit.simulated else ""
    return Html(html.style() + head, f"{title}: {covers} {simulated}".strip())


def _subject(entry: Experiment | Change | None) -> str:
    """The question of the experiment or change that the page is about."""
    if entry is None:
        return ""
    return f'<p class="kb-about">{escape(entry.question or entry.title)}</p>'


def closing(
    unit: Unit,
    tables: Tables,
    others: Mapping[str, tuple[Unit, Tables]],
    seconds: float,
    entry: Experiment | Change | None = None,
) -> str:
    """The foot of a page: what became of the lines, and what it was made of."""
    about = f'<p class="kb-about">{escape(unit.about)}</p>' if unit.about else ""
    return _subject(entry) + about + _ledger(unit, tables) + provenance(unit, tables, others, seconds)


def _ledger(unit: Unit, tables: Tables) -> str:
    ledger, currency = tables.ledger, unit.currency
    rows = []
    for rule, count, amount, matched in ledger.entries.itertuples(index=False):
        known = MISSING if rule == NO_AMOUNT else money(amount, currency)
        rows.append((rule_name(rule), number(count), known, number(matched)))
    totals = (("kept", ledger.rows_kept, ledger.amount_kept), ("all", ledger.rows_in, ledger.amount_in))
    for name, n, amount in totals:
        rows.append((say(f"lines-used.{name}"), number(n), money(float(amount), currency), ""))
    used = say(
        "lines-used",
        kept=ledger.rows_kept,
        all=ledger.rows_in,
        share=percent(ledger.rows_kept / ledger.rows_in),
        returns=ledger.returns_rows,
        returned=money(float(ledger.returns_amount), currency),
    )
    heads = [say(f"lines-used.{name}") for name in ("rule", "lines", "amount", "matched")]
    body = html.table(heads, rows, numeric=[1, 2, 3]) + _reading(tables)
    return f'<details class="kb-ledger"><summary>{escape(used)}</summary>{body}</details>'


def _reading(tables: Tables) -> str:
    """How the sources were read, and the first lines that could not be."""
    stated = [str(one) for one in dict.fromkeys(tables.stated)]
    for rule, lines in tables.examples.items():
        stated += [f"{rule_name(rule)}: {', '.join(map(str, lines))}"] if lines else []
    items = "".join(f"<li><bdi>{escape(printable(words))}</bdi></li>" for words in stated)
    return f'<p>{say("how-read")}:</p><ul class="kb-reading">{items}</ul>' if stated else ""


def provenance(unit: Unit, tables: Tables, others: Mapping[str, tuple[Unit, Tables]], seconds: float) -> str:
    """The fold at a page's foot; `others` are units that this one is compared with."""
    database = say("made.database")
    beside = {
        say("made.sister", unit=name): f"{_file_of(other)}, {its.fingerprint or database}"
        for name, (other, its) in others.items()
    }
    facts = {
        say("made.unit-file"): _file_of(unit),
        say("made.data"): tables.fingerprint or database,
        **beside,
        say("made.seed"): str(unit.seed),
        say("made.took"): f"{number(seconds, 1)} s",
        say("made.written"): f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
        "Python": platform.python_version(),
        **{name: version(name) for name in VERSIONS},
    }
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts.items())
    return f'<details class="kb-provenance"><summary>{say("made")}</summary><dl>{rows}</dl></details>'


def _file_of(unit: Unit) -> str:
    return f"{unit.path.name} ({unit.file_hash[:12]})"
