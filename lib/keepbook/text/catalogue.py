"""Sentences by name: facts in, a whole sentence of the reader's language out (Project Fluent)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast, visitor

from keepbook.text.language import ENGLISH, FOLDER, PSEUDO, current

SHARED = ("formats", "shared")  # what every subject may refer to
BOLD, PLAIN = "\ue000", "\ue001"  # stand for <b> and </b> of a catalogue; no text from data holds them
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹ",
)
Say = Callable[..., str]


def catalogue(subject: str) -> Say:
    """The sentences of one subject, in whatever language is in force when one is asked for.

    Parameters
    ----------
    subject : name of the file `<language>/<subject>.ftl`; nothing is read before the first sentence.

    Returns
    -------
    A function: name of a message, or `name.attribute`, and its facts → the sentence. Facts are text, whole
    numbers (written with separators, and right for plurals), truth values (`yes`, `no`) and None (`none`).
    A message that the language lacks is said in English.

    Raises (the function)
    ------
    KeyError : there is no such message, or it speaks of a fact that is not given.

    Examples
    --------
    >>> say = catalogue("shared")
    >>> say("customers", n=1), say("customers", n=1234)
    ('1 customer', '1,234 customers')
    """

    def say(message: str, **facts: Any) -> str:
        tag = current()
        return _said(_bundle(tag, subject), message, facts, f"{tag}/{subject}.ftl")

    return say


def messages(tag: str, subject: str) -> dict[str, Any]:
    """Name → message of one file, shared ones not among them; empty where there is no such file."""
    path = FOLDER / tag / f"{subject}.ftl"
    if not path.is_file():
        return {}
    body = FluentResource(path.read_text(encoding="utf-8")).body
    junk = [entry for entry in body if isinstance(entry, ast.Junk)]
    if junk:
        raise KeyError(f"{tag}/{subject}.ftl cannot be read near: {str(junk[0].content)[:80]!r}")
    return {
        ("-" * isinstance(e, ast.Term)) + e.id.name: e for e in body if isinstance(e, ast.Message | ast.Term)
    }


def marked(text: str) -> str:
    """English as the pseudo-language has it: every letter with an accent, but for those in `names`."""
    pieces = text.split("`")
    return "`".join(piece if i % 2 else piece.translate(ACCENTS) for i, piece in enumerate(pieces))


@cache
def _bundle(tag: str, subject: str) -> FluentBundle:
    """The language's messages over the English ones, so that none is missing."""
    spoken = ENGLISH if tag == PSEUDO else tag
    bundle = FluentBundle([spoken.replace("-", "_")], use_isolating=False)
    for language in dict.fromkeys((ENGLISH, spoken)):
        for name in dict.fromkeys((*SHARED, subject)):
            found = list(messages(language, name).values())
            _Marks(accents=tag == PSEUDO).visit(found)
            resource = FluentResource("")
            resource.body = found
            bundle.add_resource(resource, allow_overrides=True)
    return bundle


class _Marks(visitor.Visitor):
    """Tags become the signs that stand for them; in the pseudo-language every letter gets its accent."""

    def __init__(self, accents: bool) -> None:
        self.accents = accents

    def visit_Pattern(self, node: ast.Pattern) -> None:
        code = ""  # a backtick, while a fact stands in code
        for element in node.elements:
            if not isinstance(element, ast.TextElement):
                self.visit(element)
                continue
            value = element.value.replace("<b>", BOLD).replace("</b>", PLAIN)
            element.value = marked(code + value).removeprefix(code) if self.accents else value
            code = "`" if (code + value).count("`") % 2 else ""


def _said(bundle: FluentBundle, message: str, facts: dict[str, Any], where: str) -> str:
    name, _dot, attribute = message.partition(".")
    if not bundle.has_message(name):
        raise KeyError(f"{where} has no message '{name}'")
    found = bundle.get_message(name)
    pattern = found.attributes.get(attribute) if attribute else found.value
    if pattern is None:
        raise KeyError(f"{where} has no message '{message}'")
    text, errors = bundle.format_pattern(pattern, {key: _plain(key, value) for key, value in facts.items()})
    if errors:
        raise KeyError(f"{where}, {message}: {errors[0]}")
    return str(text)


def _plain(name: str, value: Any) -> str | int:
    """A fact as Fluent takes it; how a number with a fraction is written is for the formats to say."""
    if hasattr(value, "item"):  # NumPy's
        value = value.item()
    if value is None or isinstance(value, bool):
        return "none" if value is None else "yes" if value else "no"
    if isinstance(value, str | int):
        return value
    raise TypeError(f"{name}: a {type(value).__name__} must be formatted first")
