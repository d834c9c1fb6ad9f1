"""A notebook's own words in the reader's language: one message of its subject's catalogue a cell."""

import re
from copy import deepcopy

import nbformat

from keepbook.text import BOLD, ENGLISH, PLAIN, PSEUDO, catalogue, current, marked
from keepbook.text.catalogue import messages

# Of Markdown, what is no text: code, tags, entities, where a link leads, an address.
SYNTAX = re.compile(r"(```.*?```|`[^`]*`|<[^<>]+>|&#?\w+;|\]\([^)]*\)|https?://\S+)", re.DOTALL)


def in_language(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook whose Markdown cells are in the language in force, as far as there are sentences for them.

    English stands in the notebook itself. The other languages have a cell's text as the message `cell-<id>`
    of the catalogue that the notebook names in its metadata: `"keepbook": {"subject": "cohorts"}`. What has
    no message stays as it is.
    """
    tag, subject = current(), notebook.metadata.get("keepbook", {}).get("subject")
    if tag == ENGLISH or not subject:
        return notebook
    known, say = messages(tag, subject), catalogue(subject)
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and tag == PSEUDO:
            cell.source = _marked(cell.source)
        elif cell.cell_type == "markdown" and (message := f"cell-{cell.id}") in known:
            cell.source = say(message).replace(BOLD, "<b>").replace(PLAIN, "</b>")
    return notebook


def _marked(source: str) -> str:
    pieces = SYNTAX.split(source)  # every second one is syntax
    return "".join(piece if i % 2 else marked(piece) for i, piece in enumerate(pieces))
