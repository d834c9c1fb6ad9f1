"""Canvas and colours of the page: each figure drawn for a screen and for a phone, as inline SVG."""

import io
import math
import re
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from keepbook.plotting.lean import TEXT, leaner

INK, MUTED, GRID, PAPER = "#1f2429", "#5c6670", "#d9dee3", "#fffffe"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"
LIGHT_TEXT, DARK_TEXT = "#ffffff", "#10161b"
IN_TEXT = {BLUE: "#00659e", ORANGE: "#b04301", GREEN: "#00705b"}  # of words, dark enough to read
PAGE_COLOURS = {
    INK: "--kb-ink",
    MUTED: "--kb-muted",
    GRID: "--kb-grid",
    PAPER: "--kb-paper",
    IN_TEXT[BLUE]: "--kb-accent",
    IN_TEXT[ORANGE]: "--kb-bad",
    IN_TEXT[GREEN]: "--kb-good",
}
WIDE, NARROW = 7.29, 3.73  # inches: 700 px beside a caption, 358 px on a phone
ACROSS = 3  # panels side by side on a screen; below each other on a phone
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "keepbook",
    "text.parse_math": False,  # a name from data may hold dollars
    "font.family": "sans-serif",
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 6,  # the 0 of the other axis has room
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "legend.fontsize": TEXT,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.grid.axis": "y",
    "axes.spines.left": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "figure.facecolor": "none",
    "hatch.color": MUTED,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
}


class Drawing(NamedTuple):
    """The same data drawn twice, as inline SVG."""

    wide: str
    narrow: str


class Reading(NamedTuple):
    """A point of a drawing that can be read out: where it is, in data of its axes, and what it says."""

    axes: Any
    x: Any
    y: float
    text: str


def draw(
    name: str,
    paint: Callable[[Any, bool], None],
    height: float = 3.3,
    *,
    narrow_height: float | None = None,
    panels: int = 1,
    shared: bool = True,
    across: int = ACROSS,
) -> Drawing:
    """A figure painted for a screen and once more for a phone.

    Parameters
    ----------
    name : of its ids; two figures of a page have two names.
    paint : given the axes (a list of them where there are several panels), and whether it is for a phone.
    height, narrow_height : inches, of one row of panels; the narrow one as the wide one unless given.
    panels : small multiples, `across` side by side on a screen, below each other on a phone.
    shared : all panels have the same axes.
    """
    drawn = []
    for width, narrow in ((WIDE, False), (NARROW, True)):
        columns = 1 if narrow else min(panels, across)
        rows = math.ceil(panels / columns)
        tall = rows * (narrow_height or height if narrow else height)
        with canvas(width, tall, rows, columns, shared) as (figure, axes):
            flat = list(np.ravel(axes))
            for spare in flat[panels:]:
                spare.remove()
            paint(flat[:panels] if panels > 1 else flat[0], narrow)
            drawn.append(svg_of(figure, f"{name}-narrow" if narrow else name))
    return Drawing(*drawn)


@contextmanager
def canvas(
    width: float, height: float, rows: int = 1, columns: int = 1, shared: bool = True
) -> Iterator[tuple[Figure, Any]]:
    """A figure of so many inches with its axes, in the house style; several share theirs by default."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Text stays text in SVG: the reader's own fonts draw what the measuring font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.subplots(rows, columns, sharex=shared, sharey=shared)


def read_out(axes: Any, x: Any, y: Any, texts: Any) -> None:
    """Points of a drawing that a reader can point at or step through, and what is then said of each."""
    readings = axes.figure.__dict__.setdefault("_readings", [])
    readings += [Reading(axes, *point) for point in zip(x, y, texts, strict=True)]


def svg_of(figure: Figure, name: str) -> str:
    """The figure of a canvas as inline SVG: with page colours and fonts, its ids unlike those of others.

    Points that can be read out stand in `data-points`: `x,y,text`, a line each, in units of the view box.
    """
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    for colour, variable in PAGE_COLOURS.items():
        text = text.replace(colour, f"var({variable}, {colour})")
    short = f"k{zlib.crc32(name.encode()) % 16**5:x}"  # ids and classes are written again and again
    text = _with_classes(leaner(text, short), short)
    return text.replace("<svg ", f'<svg data-points="{_points(figure)}" ', 1)


def _points(figure: Figure) -> str:
    height, lines = float(figure.bbox.height), []
    for axes, x, y, said in figure.__dict__.get("_readings", []):
        place = (axes.convert_xunits(x), axes.convert_yunits(y))
        across, up = (72 / figure.dpi * edge for edge in axes.transData.transform(place))
        if math.isfinite(across) and math.isfinite(up):
            lines.append(f"{across:.0f},{72 / figure.dpi * height - up:.0f},{' '.join(str(said).split())}")
    return escape("\n".join(lines)).replace("\n", "&#10;")


def _with_classes(text: str, name: str) -> str:
    """Looks that occur more than once become classes, told once."""
    looks = Counter(re.findall(r' style="([^"]*)"', text))
    named = {look: f"{name}-c{i}" for i, (look, n) in enumerate(looks.most_common()) if n > 1}
    if not named:
        return text
    text = re.sub(r' style="([^"]*)"', lambda m: f' class="{named[m[1]]}"' if m[1] in named else m[0], text)
    rules = "".join(f".{kind}{{{re.sub(r': ', ':', look)}}}" for look, kind in named.items())
    return re.sub(r"(<svg[^>]*>)", lambda m: f"{m[1]}<style>{rules}</style>", text, count=1)


def cell_text(strong: bool) -> str:
    """The colour of a text on a coloured cell, strong or pale, whatever the page's own ink is."""
    return LIGHT_TEXT if strong else DARK_TEXT
