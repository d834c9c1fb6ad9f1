"""A unit in short: the facts that its cards, tiles and tables state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.cards import Card, Cards
from keepbook.page.elements import Finding, Table, Tile
from keepbook.page.records import PageRecord
from keepbook.plotting.marks import short
from keepbook.summary.activity import Activity
from keepbook.summary.changes import Move, recounted
from keepbook.summary.choice import Item, pick_tiles, to_decide
from keepbook.tables import WORTH_A_WARNING, Tables, rule_name
from keepbook.text import catalogue, day, interval, listed, number, percent, short_format
from keepbook.unit import Unit

say = catalogue("summary")
PAGE = "index.html"
LONGEST_LABEL, LONGEST_FAULT = 90, 160  # signs
DAYS_A_YEAR = 365.25
MAX_RULES = 3  # of the ledger; the foot has all


def link_to(page: PageRecord, anchor: str = "") -> str:
    """A page of the unit, as a link of the unit's own page."""
    return f"{page.name}/{PAGE}{anchor}"


def linked(page: PageRecord, finding: Finding) -> Finding:
    """A finding of a page with the link to it."""
    return Finding(finding, finding.stake, finding.warns, (page.title, link_to(page)))


# ── decisions ───────────────────────────────────────────────────────────────────────────────────────────────


def decisions(pages: Sequence[PageRecord]) -> list[Item]:
    """Verdicts and warnings of all pages, and that of lines that cannot be read, most money first."""
    return to_decide(pages, unread_item(pages))


def unread_item(pages: Sequence[PageRecord]) -> Item | None:
    """That so many lines cannot be read, and what money a year they may hold; None where they are few."""
    page = next((one for one in pages if one.record.get("lines")), None)
    if page is None:
        return None
    record, total = page.record, page.record["lines"]["in"]
    share = record.get("unread", 0) / total if total else 0.0
    if share < WORTH_A_WARNING:
        return None
    days = (pd.Timestamp(record["as_of"]) - pd.Timestamp(record["start"])).days + 1
    stake = record["amount"]["kept"] / days * DAYS_A_YEAR * share / (1 - share) if share < 1 else None
    facts = {"share": percent(share, 0)}
    return Item(page, say("unread", **facts), say("unread.reason", **facts), "bad", stake)


def cards(pages: Sequence[PageRecord], items: Sequence[Item], unit: Unit) -> Cards:
    """What failed, then what is to be decided, most money first."""
    made = [*(_failed(page) for page in pages if page.fault), *(_card(item, unit) for item in items)]
    if not made:
        raise NotEnoughData(say("nothing-to-decide"))
    return Cards(tuple(made))


def _failed(page: PageRecord) -> Card:
    last = page.record.get("as_of")
    note = say("failed.stands", day=_day(last)) if last else ""
    where = link_to(page).replace(PAGE, "error.html")
    label = say("failed", page=short(page.title, LONGEST_LABEL))
    return Card(label, short(page.fault, LONGEST_FAULT), "broken", note, where)


def _card(item: Item, unit: Unit) -> Card:
    note = stake_of(item.stake, unit.currency)
    if item.page.fault:
        note = listed(filter(None, [note, say("old-verdict")]))
    return Card(short(item.label, LONGEST_LABEL), item.reason, item.kind, note, link_to(item.page))


def stake_of(stake: float | None, currency: str | None) -> str:
    """The money that hangs on a decision, in two digits."""
    if not stake:
        return ""
    amount = abs(stake)
    return say("stake", amount=short_format("money", currency, amount, amount / 2, amount * 2)(amount))


def _day(text: Any) -> str:
    return day(pd.Timestamp(str(text)).date())


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(pages: Sequence[PageRecord], found: Activity | None) -> list[Tile]:
    """Active customers, and of the figures of pages about the whole unit those that it is known by."""
    own = [active_tile(found)] if found else []
    others = [_on_this_page(tile, page) for page in pages if page.entry is None for tile in page.tiles]
    return pick_tiles([*own, *others])


def _on_this_page(tile: Tile, page: PageRecord) -> Tile:
    """It leads to its page, which also says against what it hardly changed."""
    lower, upper = tile.change_lower, tile.change_upper
    unclear = lower is not None and upper is not None and lower <= 0 <= upper
    return replace(tile, page=link_to(page), compared="" if unclear else tile.compared)


def active_tile(found: Activity) -> Tile:
    """Customers who bought lately, and whether they became more or fewer."""
    facts = {"days": found.days, "apart": found.apart}
    return Tile(
        "active_customers",
        say("tile-active"),
        found.customers,
        say("tile-active.definition", **facts),
        basis=say("tile-active.basis", days=found.days),
        kind="number",
        compared=say("tile-active.compared", apart=found.apart),
        change=found.customers - found.before,
        change_lower=found.change_lower,
        change_upper=found.change_upper,
        headline=True,
    )


# ── what changed ────────────────────────────────────────────────────────────────────────────────────────


def changes_table(
    pages: Sequence[PageRecord], moves: Sequence[Move], last_run: Mapping[str, Any], unit: Unit
) -> Table:
    """What is otherwise than in the last report, a row each."""
    days = [str(one["as_of"]) for one in (last_run, *(page.before for page in pages)) if one.get("as_of")]
    if not days:
        raise NotEnoughData(say("first-report"))
    last = _day(max(days))
    if not moves:
        raise NotEnoughData(say("nothing-changed", day=last))
    rows = pd.DataFrame([_row(move, unit) for move in moves], columns=["what", "before", "now"])
    facts = {"day": last, "recounted": any(recounted(page) for page in pages)}
    return Table.of(say, "changes", rows, dict.fromkeys(rows.columns, str), "changes", **facts)


def _row(move: Move, unit: Unit) -> tuple[str, str, str]:
    title = short(move.page.title, LONGEST_LABEL)
    if move.tile and isinstance(move.before, Tile):
        then, now = (_written(tile, unit) for tile in (move.before, move.tile))
        return move.tile.label, then, now
    label = short(move.page.record.get("verdict", {}).get("label", ""), LONGEST_LABEL)
    before = short(move.before, LONGEST_LABEL) if move.before else ""
    texts = (("was", before), ("is", label))
    was, now = (say(f"changes.{when}", kind=move.kind, label=text) for when, text in texts)
    return title, was, now


def _written(tile: Tile, unit: Unit) -> str:
    show = tile.show(unit.currency)
    if tile.ci_lower is None or tile.ci_upper is None:
        return show(tile.value)
    return say("with-range", value=show(tile.value), limits=interval(tile.ci_lower, tile.ci_upper, show))


# ── health ──────────────────────────────────────────────────────────────────────────────────────────────


def health_table(pages: Sequence[PageRecord], tables: Tables, unit: Unit) -> Table:
    """Lines used and why others are not, lines that cannot be read, the last days, checks that agreed."""
    rows = pd.DataFrame(_health(pages, tables), columns=["what", "found"])
    return Table.of(say, "health", rows, dict.fromkeys(rows.columns, str), "health")


def _health(pages: Sequence[PageRecord], tables: Tables) -> Iterator[tuple[str, str]]:
    ledger, window = tables.ledger, tables.window
    used = {"n": ledger.rows_kept, "all": ledger.rows_in, "share": _share(ledger.rows_kept, ledger.rows_in)}
    yield say("health.lines"), say("health.of", **used)
    most = ledger.entries[ledger.entries["rows"] > 0].sort_values("rows", ascending=False).head(MAX_RULES)
    rules = zip(most["rule"], most["rows"], strict=True)
    told = [say("health.rule", rule=rule_name(rule), n=int(rows)) for rule, rows in rules]
    yield say("health.left-out"), listed(told) or say("health.none")
    unread = {"n": tables.unread, "share": _share(tables.unread, ledger.rows_in)}
    yield say("health.unread"), say("health.unread-share", **unread)
    if window.last and (gap := (window.as_of - window.last).days):
        yield say("health.last-line"), say("health.gap", day=day(window.last), days=gap)
    sums = sum(len(page.record.get("identities", ())) for page in pages)
    if sums:
        yield say("health.sums"), say("health.agree", n=sums, pages=sum(bool(page.record) for page in pages))


def _share(part: float, whole: float) -> str:
    return percent(part / whole) if whole else number(part)
