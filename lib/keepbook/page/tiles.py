"""Key figures as tiles: the number, its interval, its change, its course, its definition."""

from html import escape

from keepbook.page.elements import Tile, tile_format
from keepbook.plotting.marks import sparkline
from keepbook.text import catalogue, interval, percent, points
from keepbook.unit import Unit

say = catalogue("page")


def tiles_of(tiles: list[Tile], unit: Unit) -> str:
    """Key figures side by side."""
    return f'<div class="kb-tiles">{"".join(tile_of(tile, unit) for tile in tiles)}</div>'


def tile_of(tile: Tile, unit: Unit) -> str:
    """One key figure, in the unit's currency and at its level of confidence."""
    show = tile_format(tile.kind, None, tile.value)
    currency = f"<small>{escape(unit.currency)}</small>" if tile.kind == "money" and unit.currency else ""
    lines = [
        f'<p class="kb-tile-label">{escape(tile.label)}</p>',
        f'<p class="kb-tile-value">{show(tile.value)} {currency}</p>',
    ]
    if tile.ci_lower is not None and tile.ci_upper is not None:
        limits, level = interval(tile.ci_lower, tile.ci_upper, show), percent(1 - unit.alpha, 0)
        lines.append(f'<p class="kb-tile-interval">{limits} <span>· {level}</span></p>')
    if tile.change is not None:
        lines.append(_change(tile, tile.change))
    lines.append(sparkline(tile.history))
    lines.append(f'<p class="kb-tile-note">{escape(f"{tile.definition} {tile.caveat}".strip())}</p>')
    return f'<div class="kb-tile">{"".join(lines)}</div>'


def _change(tile: Tile, change: float) -> str:
    """The change, in colour only where its interval leaves no doubt about its direction."""
    kind = doubt = ""
    if tile.change_lower is not None and tile.change_upper is not None:
        if tile.change_lower > 0 or tile.change_upper < 0:
            kind = "kb-good" if (change > 0) == tile.rising_is_good else "kb-bad"
        else:
            doubt = f" {say('may-be-chance')}"
    arrow = "▲" if change > 0 else "▼" if change < 0 else "="
    amount = points(change) if tile.kind == "percent" else tile_format(tile.kind)(change)
    against = f"<span>{escape(tile.compared)}</span>"
    return f'<p class="kb-tile-change {kind}">{arrow} {amount}{doubt} {against}</p>'
