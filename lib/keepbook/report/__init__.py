"""Executed notebook → one HTML file that needs nothing else; the index over all units; the page of a failure.

`frame` is what all pages have, `disarm` takes out what would run or load, `prose` puts the notebook's own
words into the reader's language.
"""

from keepbook.report.cells import BarLink, render, render_error
from keepbook.report.frame import ASSETS
from keepbook.report.glossary import GLOSSARY, render_glossary
from keepbook.report.index import IndexRow, Key, Link, ToDecide, render_index
from keepbook.report.prose import in_language
