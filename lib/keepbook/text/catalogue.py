"""Sentences by name: facts in, a whole sentence of the reader's language out (Project Fluent)."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from threading import Lock
from typing import Any

from fluent.runtime import FluentBundle, FluentResource, resolver
from fluent.syntax import ast, visitor

from keepbook.text.language import ENGLISH, FOLDER, PSEUDO, current

SHARED = ("formats", "shared")  # what every subject may refer to
ENTRY = re.compile(r"^(-?[a-zA-Z][\w-]*)(?= *=)", re.MULTILINE)  # how a message, or a term, begins
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
BOLD, PLAIN = "\ue000", "\ue001"  # stand for <b> and </b> of a catalogue
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹ",
)
# Signs of a fact: names in data may be longer than the 2,500 that Fluent takes.
resolver.MAX_PART_LENGTH = 1_000_000
Say = Callable[..., str]
# Reports are made in threads: two at once would each learn a message into a bundle of their own.
LEARNING = Lock()


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
def messages(tag: str, subject: str) -> Mapping[str, Any]:
    """Name → message of one file, shared ones not among them; empty where there is no such file."""
    path = FOLDER / tag / f"{subject}.ftl"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return _Messages(f"{tag}/{subject}.ftl", text.replace("<b>", BOLD).replace("</b>", PLAIN))


class _Messages(Mapping[str, Any]):
    """Messages of a file, each parsed when first asked for: Fluent takes 40 ms for 500 lines."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._parsed = file, dict[str, Any]()
        _comment, *entries = ENTRY.split(text)  # names and what is said, in turn
        self._texts = {name: name + rest for name, rest in zip(entries[::2], entries[1::2], strict=True)}
        for entry in self._texts.values():
            bare = LITERAL.sub("", entry)
            if bare.count("{") != bare.count("}"):
                raise self._unreadable(entry)

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            body = FluentResource(self._texts[name]).body
            if any(isinstance(one, ast.Junk) for one in body):
                raise self._unreadable(self._texts[name])
            self._parsed[name] = next(one for one in body if isinstance(one, ast.Message | ast.Term))
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def _unreadable(self, entry: str) -> KeyError:
        return KeyError(f"{self._file} cannot be read near: {entry[:80]!r}")


def marked(text: str, in_code: bool = False) -> str:
    """English as the pseudo-language has it: every letter with an accent, but for those in `names`.

    >>> marked("Set `warm_up`.")
    'Śéť `warm_up`.'
    """
    pieces = text.split("`")
    return "`".join(piece if i % 2 != in_code else piece.translate(ACCENTS) for i, piece in enumerate(pieces))


@cache
def _bundle(tag: str, subject: str) -> FluentBundle:
    """The language's messages over the English ones; `_learn` puts into it what is asked for."""
    spoken = ENGLISH if tag == PSEUDO else tag
    return FluentBundle([spoken.replace("-", "_")], use_isolating=False)


@cache
def _learn(tag: str, subject: str, name: str) -> None:
    """Puts a message, and those that it refers to, into the bundle."""
    # a subject's own message, be it in English, before one that others share under the same name
    files = [(language, file) for file in (subject, *reversed(SHARED)) for language in (tag, ENGLISH)]
    entry = next((messages(*file)[name] for file in files if name in messages(*file)), None)
    if entry is None:
        return
    resource = FluentResource("")
    resource.body = [_accented(entry) if tag == PSEUDO else entry]
    _bundle(tag, subject).add_resource(resource, allow_overrides=True)
    taken = _Taken()
    taken.visit(entry)
    for other in taken.names - {name}:
        _learn(tag, subject, other)


class _Taken(visitor.Visitor):
    """Names of the messages and terms that one takes in."""

    def __init__(self) -> None:
        self.names = set[str]()

    def visit_MessageReference(self, node: ast.MessageReference) -> None:
        self.names.add(node.id.name)

    def visit_TermReference(self, node: ast.TermReference) -> None:
        self.names.add(f"-{node.id.name}")
        self.generic_visit(node)


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
    name, _dot, attribute = message.partition(".")
    with LEARNING:
        bundle = _bundle(tag, subject)
        _learn(tag, subject, name)
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
