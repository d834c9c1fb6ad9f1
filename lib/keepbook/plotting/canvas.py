"""Canvas and colours of the page, and SVG that fits into one."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

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
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "keepbook",
    "text.parse_math": False,  # a name from data may hold dollars
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
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


def svg_of(figure: Figure, name: str) -> str:
    """The figure of a canvas as inline SVG: scalable, with page colours, its ids unlike those of others."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    for colour, variable in PAGE_COLOURS.items():
        text = text.replace(colour, f"var({variable}, {colour})")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", text)


def cell_text(strong: bool) -> str:
    """The colour of a text on a coloured cell, strong or pale, whatever the page's own ink is."""
    return LIGHT_TEXT if strong else DARK_TEXT
