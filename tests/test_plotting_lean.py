"""A drawing in fewer bytes shows what it showed."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup

from keepbook.plotting.canvas import BLUE, INK, canvas, draw
from keepbook.plotting.lean import leaner

LINE = '<path d="M 1 2 L 3 4" style="fill: none; stroke: #0072b2"/>'


def test_lines_of_one_look_become_one_path_and_others_stay() -> None:
    other = '<path d="M 5 6 L 7 8" style="fill: none; stroke: #000000"/>'
    joined = leaner(f"<svg><g>{LINE}{LINE.replace('1 2', '9 2')}{other}</g></svg>", "a")
    paths = BeautifulSoup(joined, "html.parser").find_all("path")
    drawn = [path["d"] for path in paths]
    assert drawn == ["M1 2 3 4 M9 2 3 4", "M5 6 7 8"], "SVG takes further points of a move for a line's"


def test_a_filled_shape_is_not_joined_and_a_paper_that_cannot_be_seen_goes() -> None:
    shape = '<path d="M 1 2 L 3 4 z" style="fill: #0072b2"/>'
    paper = '<path d="M 0 0 L 9 9 z" style="fill: none"/>'
    paths = BeautifulSoup(leaner(f"<svg>{paper}{shape}{shape}</svg>", "a"), "html.parser").find_all("path")
    assert len(paths) == 2


def test_marks_of_one_look_take_it_from_their_group() -> None:
    marks = [f'<use xlink:href="#m" x="{x}" y="1" style="fill: red"/>' for x in (1, 2)]
    framed = '<svg><path id="m" d="M 0 0"/><g clip-path="url(#c)">{}</g><clipPath id="c"/></svg>'
    told = BeautifulSoup(leaner(framed.format("".join(marks)), "a"), "html.parser")
    group = told.find("g")
    assert group is not None and group["style"] == "fill: red"
    assert not [use for use in told.find_all("use") if use.has_attr("style")]
    unlike = leaner(framed.format(marks[0] + marks[1].replace("red", "blue")), "a")
    assert unlike.count("style=") == 2


def test_what_is_referred_to_has_an_id_of_its_own_figure_and_nothing_else_has_one() -> None:
    def paint(ax: Any, narrow: bool) -> None:
        ax.plot([1, 2], [1, 2], "o-", color=BLUE, label="seen")
        ax.fill_between([1, 2], [0, 1], [2, 3], color=BLUE, alpha=0.2)
        ax.errorbar([1, 2], [1, 2], yerr=[1, 1], color=INK, capsize=3)
        ax.legend()

    wide, narrow = (set(re.findall(r'\bid="([^"]+)"', one)) for one in draw("seen", paint))
    assert wide and narrow and not wide & narrow
    for drawn in draw("seen", paint):
        ids = set(re.findall(r'\bid="([^"]+)"', drawn))
        assert ids == set(re.findall(r'(?:url\(#|href="#)([^")]+)', drawn))
        soup = BeautifulSoup(drawn, "html.parser")
        assert "seen" in [text.get_text() for text in soup.find_all("text")]
        assert not [group for group in soup.find_all("g") if not group.attrs or not group.find_all()]


def test_it_is_well_formed_and_smaller() -> None:
    import io
    from xml.etree import ElementTree

    with canvas(6, 3) as (figure, ax):
        ax.errorbar(range(24), range(24), yerr=[1] * 24, fmt="o", color=BLUE)
        file = io.StringIO()
        figure.savefig(file, format="svg")
    raw = file.getvalue()[file.getvalue().index("<svg") :]
    raw = re.sub(r"<metadata>.*?</metadata>", "", raw, flags=re.S)
    lean = leaner(raw, "bars")
    assert ElementTree.fromstring(lean).tag == "svg"
    assert len(lean) < 0.5 * len(raw)
