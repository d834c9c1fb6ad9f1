"""The page that stands where a report would have been."""

from collections.abc import Iterable

from markupsafe import Markup
from nbconvert.filters import Highlight2HTML, ansi2html

from keepbook.report.frame import page, say


def render_error(
    *,
    unit: str,
    notebook: str,
    error: str,
    where: Iterable[tuple[str, str]] = (),
    cell: str | None = None,
    traceback: str | None = None,
    previous: str | None = None,
    home_link: str | None = None,
) -> str:
    """The page that stands where a report would have been.

    Parameters
    ----------
    unit, notebook : what was run, as the reader knows them.
    error : what is wrong, in a sentence.
    where : labelled lines as `KeepbookError.lines()` gives them: where, expected, do.
    cell : source of the cell that failed.
    traceback : folded away; ANSI colours are understood.
    previous : href of the last good report.
    home_link : href of the index.
    """
    return page(
        "error.html.j2",
        heading=say("not-made", notebook=notebook, unit=unit),
        unit=unit,
        notebook=notebook,
        error=error,
        where=[{"key": key, "label": say(f"label-{key}"), "text": text} for key, text in where],
        cell=Markup(Highlight2HTML(pygments_lexer="ipython3")(cell)) if cell else None,
        traceback=Markup(ansi2html(traceback)) if traceback else None,
        previous=previous,
        home_link=home_link,
    )
