"""Sentences by name: facts in, a whole sentence of the reader's language out (Project Fluent)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from fluent.runtime import FluentBundle, FluentResource, resolver
from fluent.syntax import ast, visitor

from keepbook.text.language import ENGLISH, FOLDER, PSEUDO, current

SHARED = ("formats", "shared")  # what every subject may refer to
BOLD, PLAIN = "\ue000", "\ue001"  # stand for <b> and </b> of a catalogue
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹ",
)
# Signs of a fact: names in data may be longer than the 2,500 that Fluent takes.
resolver.MAX_PART_LENGTH = 1_000_000
Say = Callable[..., str]


class NoMessage(KeyError):
    """No language has a message or attribute of this name."""


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

    >>> say = catalogue("shared")
    >>> say("customers", n=1), say("customers", n=1234)
    ('1 customer', '1,234 customers')
    """

    def say(message: str, **facts: Any) -> str:
        tag = current()
        pattern, template = _pattern(tag, subject, message)
        if template is not None and {*map(type, facts.values())} <= {str}:
            try:
                return template % facts
            except KeyError as missing:
                raise KeyError(f"{tag}/{subject}.ftl, {message}: there is no fact {missing}") from None
        plain = {name: _plain(name, fact) for name, fact in facts.items()}
        text, errors = _bundle(tag, subject).format_pattern(pattern, plain)
        if errors:
            raise KeyError(f"{tag}/{subject}.ftl, {message}: {errors[0]}")
        return str(text)

    return say


@cache
def messages(tag: str, subject: str) -> dict[str, Any]:
    """Name → message of one file, shared ones not among them; empty where there is no such file."""
    path = FOLDER / tag / f"{subject}.ftl"
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8").replace("<b>", BOLD).replace("</b>", PLAIN)
    body = FluentResource(text).body
    junk = [entry for entry in body if isinstance(entry, ast.Junk)]
    if junk:
        raise KeyError(f"{tag}/{subject}.ftl cannot be read near: {str(junk[0].content)[:80]!r}")
    return {
        ("-" * isinstance(e, ast.Term)) + e.id.name: e for e in body if isinstance(e, ast.Message | ast.Term)
    }


def marked(text: str, in_code: bool = False) -> str:
    """English as the pseudo-language has it: every letter with an accent, but for those in `names`.

    >>> marked("Set `warm_up`.")
    'Śéť `warm_up`.'
    """
    pieces = text.split("`")
    return "`".join(piece if i % 2 != in_code else piece.translate(ACCENTS) for i, piece in enumerate(pieces))


@cache
def _bundle(tag: str, subject: str) -> FluentBundle:
    """The language's messages over the English ones, so that none is missing."""
    spoken = ENGLISH if tag == PSEUDO else tag
    bundle = FluentBundle([spoken.replace("-", "_")], use_isolating=False)
    for language in dict.fromkeys((ENGLISH, spoken)):
        for name in dict.fromkeys((*SHARED, subject)):
            found = messages(language, name).values()
            resource = FluentResource("")
            resource.body = [_accented(entry) for entry in found] if tag == PSEUDO else list(found)
            bundle.add_resource(resource, allow_overrides=True)
    return bundle


def _accented(entry: Any) -> Any:
    copied = entry.clone()
    _Accents().visit(copied)
    return copied


class _Accents(visitor.Visitor):
    """In the pseudo-language every letter gets its accent; a name in code may be a fact between texts."""

    def visit_Pattern(self, node: ast.Pattern) -> None:
        in_code = False
        for element in node.elements:
            if isinstance(element, ast.TextElement):
                text = element.value
                element.value = marked(text, in_code)
                in_code ^= text.count("`") % 2 == 1
            else:
                self.visit(element)


@cache
def _pattern(tag: str, subject: str, message: str) -> tuple[Any, str | None]:
    """A message as Fluent reads it, and as a template for `%`, if it is that simple.

    Raises
    ------
    NoMessage : there is none.
    """
    bundle, (name, _dot, attribute) = _bundle(tag, subject), message.partition(".")
    found = bundle.get_message(name) if bundle.has_message(name) else None
    pattern = found and (found.attributes.get(attribute) if attribute else found.value)
    if pattern is None:
        raise NoMessage(f"{tag}/{subject}.ftl has no message '{message}'")
    return pattern, _template(pattern)


def _template(pattern: Any) -> str | None:
    """A message of words and facts alone, for `%`: a tenth of Fluent's cost; None where there are choices."""
    parts = []
    for element in getattr(pattern, "elements", [pattern]):
        inner = getattr(element, "expression", element)
        if isinstance(inner, ast.TextElement):
            parts.append(inner.value.replace("%", "%%"))
        elif isinstance(inner, ast.StringLiteral):
            parts.append(inner.parse()["value"].replace("%", "%%"))
        elif isinstance(inner, ast.VariableReference):
            parts.append(f"%({inner.id.name})s")
        else:
            return None
    return "".join(parts)


def _plain(name: str, value: Any) -> str | int:
    """A fact as Fluent takes it; how a number with a fraction is written is for the formats to say."""
    if hasattr(value, "item"):  # NumPy's
        value = value.item()
    if value is None or isinstance(value, bool):
        return "none" if value is None else "yes" if value else "no"
    if isinstance(value, str | int):
        return value
    raise TypeError(f"{name}: a {type(value).__name__} must be formatted first")
