"""What changed since the run before, as far as it is more than chance; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from keepbook.page.elements import Tile
from keepbook.page.records import PageRecord, tiles_in
from keepbook.stats.intervals import difference, z_of

Kind = Literal["figure", "verdict", "new", "failed", "back"]


class Move(NamedTuple):
    """One thing that is otherwise than in the run before."""

    kind: Kind
    page: PageRecord
    tile: Tile | None = None  # the figure as it is now
    before: Tile | str = ""  # as it was; of a verdict its words


def moves(pages: Sequence[PageRecord], last_run: Mapping[str, Any], alpha: float = 0.05) -> list[Move]:
    """Verdicts that are new or otherwise, figures that moved beyond chance, pages that failed or are back.

    Parameters
    ----------
    last_run : the summary's record of the run before; empty where there is none.
    """
    failed = set(last_run.get("failed", ()))
    known = {*last_run.get("pages", ()), *failed}
    found = [*_verdicts(pages, known), *_figures(pages, alpha)]
    if last_run:
        found += [Move("failed", page) for page in pages if page.fault and page.name not in failed]
        found += [Move("back", page) for page in pages if page.name in failed and not page.fault]
    return found


def recounted(page: PageRecord) -> bool:
    """Whether settings were changed since the run before, so that its figures may mean something else."""
    return bool(page.before) and page.record.get("settings") != page.before.get("settings")


def _verdicts(pages: Sequence[PageRecord], known: set[str]) -> Iterator[Move]:
    for page in pages:
        now, then = page.record.get("verdict"), page.before.get("verdict")
        if now and then and any(now[name] != then[name] for name in ("kind", "label")):
            yield Move("verdict", page, before=str(then["label"]))
        elif now and not then and known and page.name not in known:
            yield Move("new", page)


def _figures(pages: Sequence[PageRecord], alpha: float) -> Iterator[Move]:
    """Each with its interval against its own past; the level is shared out among all that are compared.

    The data of both runs overlap, so that their errors are alike: as if they were independent, more counts as
    chance than need be.
    """
    pairs = [(page, tile, old) for page in pages if not recounted(page) for tile, old in _matched(page)]
    wider = z_of(alpha / len(pairs)) / z_of(alpha) if pairs else 1.0
    for page, tile, old in pairs:
        lower, upper = difference(_widened(tile, wider), _widened(old, wider))
        if lower > 0 or upper < 0:
            yield Move("figure", page, tile, old)


def _matched(page: PageRecord) -> Iterator[tuple[Tile, Tile]]:
    """Figures of both runs that mean the same, with intervals."""
    before = {tile.name: tile for tile in tiles_in(page.before)}
    for tile in page.tiles:
        old = before.get(tile.name)
        if old and old.kind == tile.kind and _bounded(tile) and _bounded(old):
            yield tile, old


def _bounded(tile: Tile) -> bool:
    return None not in (tile.value, tile.ci_lower, tile.ci_upper)  # as a record has what is not known


def _widened(tile: Tile, times: float) -> tuple[float, float, float]:
    lower, upper = float(tile.ci_lower or 0.0), float(tile.ci_upper or 0.0)
    return tile.value, tile.value - times * (tile.value - lower), tile.value + times * (upper - tile.value)
