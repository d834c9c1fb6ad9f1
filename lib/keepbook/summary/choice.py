"""What of the records of a unit's pages is told first: decisions, findings and figures; pure."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from keepbook.page.elements import Finding, Tile
from keepbook.page.records import PageRecord

KINDS = ("broken", "bad", "wait", "good")  # of decisions, the worst first
MAX_FINDINGS = 3
FEWEST_TILES, MAX_TILES = 4, 6
# Key figures that a unit is known by, as patterns of their names; others are told where there is room.
KNOWN_BY = ("active_customers", "retention_*_1", "logo_churn", "base_value", "new_customer_value")


class Item(NamedTuple):
    """Something that is to be decided."""

    page: PageRecord
    label: str  # what to do, in a few words, or what warns
    reason: str
    kind: str  # one of KINDS
    stake: float | None  # money a year that hangs on it


def to_decide(pages: Iterable[PageRecord], *more: Item | None) -> list[Item]:
    """Verdicts and warnings that cost money, by the money that hangs on them; the rest, the worst first."""
    items = [item for item in more if item]
    for page in pages:
        if verdict := page.record.get("verdict"):
            label, reason, kind = (str(verdict.get(name, "")) for name in ("label", "reason", "kind"))
            items.append(Item(page, label, reason, kind, verdict.get("stake")))
        else:
            warnings = (one for one in page.findings if one.warns and one.stake)
            items += [Item(page, page.title, one, "bad", one.stake) for one in warnings]
    return sorted(items, key=_urgency)


def _urgency(item: Item) -> tuple[float, int]:
    kind = KINDS.index(item.kind) if item.kind in KINDS else len(KINDS)
    return -abs(item.stake or 0.0), kind


def findings_that_matter(
    pages: Iterable[PageRecord], most: int = MAX_FINDINGS
) -> list[tuple[PageRecord, Finding]]:
    """What most money hangs on, of pages about the whole unit; where none is known, each page's first.

    What warns stands among the decisions, and so do pages that have a verdict.
    """
    whole = [page for page in pages if not page.record.get("verdict")]
    found = [
        (-abs(finding.stake or 0.0), place, order, page, finding)
        for order, page in enumerate(whole)
        for place, finding in enumerate(page.findings)
        if not (finding.warns and finding.stake)
    ]
    ranked = sorted(found, key=lambda one: one[:3])
    return [(page, finding) for *_rank, page, finding in ranked[:most]]


def pick_tiles(tiles: Sequence[Tile]) -> list[Tile]:
    """Four to six of a unit's key figures: those that it is known by, then others of the first rank."""
    known = [tile for pattern in KNOWN_BY for tile in tiles if fnmatchcase(tile.name, pattern)]
    headlines = [tile for tile in tiles if tile.headline and tile not in known]
    return [*known, *headlines][: max(FEWEST_TILES, min(len(known), MAX_TILES))]
