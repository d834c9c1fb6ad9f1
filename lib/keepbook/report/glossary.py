"""The words that pages use, explained on a page of their own."""

from keepbook.report.frame import page
from keepbook.text import ENGLISH, catalogue
from keepbook.text.catalogue import messages

GLOSSARY = "glossary.html"

say = catalogue("glossary")


def render_glossary(home_link: str) -> str:
    """Every term with what it means; in English by the alphabet, elsewhere in that order, too.

    Parameters
    ----------
    home_link : href of the page over all units.
    """
    terms = [
        {"id": name, "name": say(name), "means": say(f"{name}.means")}
        for name in messages(ENGLISH, "glossary")
    ]
    return page("glossary.html.j2", terms=terms, home_link=home_link)
