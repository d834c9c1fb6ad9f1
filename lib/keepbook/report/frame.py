"""The frame of every page: nothing is loaded, and one script may run.

A Content-Security-Policy forbids every request and admits the page's one script by its hash, so text from
data that slipped through unescaped can neither run nor phone home.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from keepbook import __version__
from keepbook.errors import printable
from keepbook.text import catalogue, page_tag

ASSETS = Path(__file__).parents[1] / "assets"

say = catalogue("report")


@cache
def _environment() -> Environment:
    """The templates; everything printed is escaped unless it is Markup."""
    return Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _lean_script(source: str) -> str:
    """A script without comments and blanks that a browser does not need; 8 kB are its limit."""
    lines = (re.sub(r" // .*$", "", line).strip() for line in source.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    code = re.sub(r" ?(=>|&&|\|\||[=,;{?:]) ?", r"\1", code)
    code = re.sub(r"(?<=[\w)\]]) ([-+<>*%]) (?=[\w(])", r"\1", code)
    code = re.sub(r"\b(if|for|const|return) (?=[([])", r"\1", code)
    code = re.sub(r" (?=[)}])|(?<=\)) (?=[a-zA-Z])", "", code)
    return re.sub(r"(?<=[{,;(])\n|\n(?=[})])", "", code).replace(";}", "}")


def _lean_sheet(source: str) -> str:
    """A style sheet without comments and indents."""
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL))


def _policy(script: str) -> str:
    """Nothing from anywhere, styles as they stand, and this one script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{digest}'",
        "img-src": "data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def page(template: str, **values: object) -> str:
    """The whole page from a template, without signs that turn text around: titles and names are in it."""
    script = _lean_script(_asset("report.js"))
    frame = {
        "say": say,
        "lang": page_tag(),
        "policy": _policy(script),
        "script": Markup(script),
        "styles": Markup(_lean_sheet(_asset("page.css") + _asset("report.css"))),
        "version": __version__,
    }
    return printable(_environment().get_template(template).render(frame | values))
