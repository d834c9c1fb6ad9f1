"""Text → YAML values, each with its line; what YAML would quietly read as something else is a fault."""

import datetime as dt
import re
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import yaml

from keepbook.unit.faults import Fault, Loc, Place, cannot_be, quoted, shown

MAX_FILE = 256 * 1024  # bytes; a unit file has some kilobytes, a data file named .yaml has megabytes
MAX_DEPTH = 20  # levels of nesting
TOO_DEEP, LEVELS = "keys and lists are nested too deeply", f"at most {MAX_DEPTH} levels"
MAX_NUMBER = 10**18
MAX_DIGITS = 40  # characters; Python refuses to print very long ones

TRUTH = re.compile(r"true|false", re.IGNORECASE)
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,38})")
DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]*([eE][-+][0-9]{1,3})?")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

SYNTAX = (  # what PyYAML says → what a person can act on: (words in its message, what, do)
    ("'\\t'", "a tab stands where only spaces may", "replace tabs by spaces"),
    ("mapping values", "a ':' stands where none may", "align keys; put text that holds ': ' in quotes"),
    ("could not find expected ':'", "a key has no ':' behind it", "write key: value"),
    ("quoted scalar found unexpected end", "a quote is opened and never closed", "close it, or double it"),
    ("flow sequence", "a '[' has no ']', or a comma is missing", "write [a, b]"),
    ("flow mapping", "a '{' has no '}', or a comma is missing", "write {a: 1, b: 2}"),
    ("unknown escape", "in double quotes a backslash has a meaning of its own", "use single quotes or '/'"),
    ("cannot start any token", "text begins with a sign that YAML keeps for itself", "put it in quotes"),
    (
        "<block end>",
        "a line does not fit the lines above it",
        "align keys; put text with quotes in it in quotes",
    ),
    ("another document", "a second document begins ('---')", "keep one unit per file"),
)

_CONSTRUCT = yaml.constructor.SafeConstructor()


@dataclass
class Document:
    """Values as read, the line of every key and list item, and the faults met on the way."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Loc, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_document(content: bytes, file: str) -> Document:
    """Reads a unit file; `file` is its name as shown to the reader.

    Raises
    ------
    UnitFileError : it cannot be read as YAML at all. Lesser faults are in the result's `faults`.
    """
    document = Document()
    try:
        root = _compose(_text(content))
        if root is None:
            raise _Unreadable("the file is empty", "at least the keys unit and transactions")
        if not isinstance(root, yaml.MappingNode):
            raise _Unreadable("the file holds no keys", "lines such as unit: demo", line=_line(root))
        document.values = _value(root, (), document)
    except _Unreadable as broken:
        raise Place(file).error([broken.fault]) from None
    return document


class _Unreadable(Exception):
    """The text as a whole cannot be read."""

    def __init__(
        self, what: str, expected: str | None = None, do: str | None = None, line: int | None = None
    ):
        self.fault = Fault((), what, expected, do, line)


# ── text → nodes ────────────────────────────────────────────────────────────────────────────────────────


def _text(content: bytes) -> str:
    if len(content) > MAX_FILE:
        what = f"the file is larger than {MAX_FILE // 1024} KB"
        raise _Unreadable(what, "a unit file", "is it a data file by mistake?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise _Unreadable("the file is not UTF-8 text", "UTF-8", "save it as UTF-8", line) from None


class _Loader(yaml.SafeLoader):
    """Composes nodes without what a unit file never needs and an attacker may: references and tags."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            what = "the file uses a YAML anchor (&) or alias (*)"
            do = "repeat the value, or put text that begins with & or * in quotes"
            raise _Unreadable(what, "values written out", do, line)
        if event.tag:
            raise _Unreadable("the file uses a YAML tag (!)", "plain values", "put text in quotes", line)
        if self.depth == MAX_DEPTH:
            raise _Unreadable(TOO_DEEP, LEVELS, None, line)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(text: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        sign = f"the control character U+{ord(text[fault.position]):04X}"
        raise _Unreadable(f"the file holds {sign}", "text", "delete it", line) from None
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as fault:
        said = f"{fault.context or ''} {fault.problem or ''}"
        never_ended = any(words in said for words in ("simple key", "end of stream", "stream end"))
        mark = (never_ended and fault.context_mark) or fault.problem_mark or loader.get_mark()
    except (ValueError, OverflowError):  # PyYAML lets some impossible escapes and versions through to Python
        mark, said = loader.get_mark(), "unknown escape"
    known = ((what, do) for words, what, do in SYNTAX if words in said)
    what, do = next(known, ("this is not valid YAML", "put text with unusual signs in quotes"))
    raise _Unreadable(what, None, do, mark.line + 1)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


# ── nodes → values ──────────────────────────────────────────────────────────────────────────────────────


def _value(node: yaml.Node, loc: Loc, document: Document) -> Any:
    match node:
        case yaml.MappingNode():
            return _block(node, loc, document)
        case yaml.SequenceNode():
            document.lines |= {(*loc, i): _line(item) for i, item in enumerate(node.value)}
            return [_value(item, (*loc, i), document) for i, item in enumerate(node.value)]
        case _:
            assert isinstance(node, yaml.ScalarNode)
            value = _scalar(node)
            if trap := _trap(node, value):
                document.faults.append(Fault(loc, *trap))
            return value


def _block(node: yaml.MappingNode, loc: Loc, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = _line(key_node)
        key = _value(key_node, loc, Document())
        if not isinstance(key, str):
            written = quoted(key_node.value) if isinstance(key_node, yaml.ScalarNode) else shown(key)
            fault = Fault(loc, f"{written} cannot be a key", "text", "put it in quotes", line)
        elif key in values:
            what = f"{quoted(key)} is given twice, first in line {document.lines[*loc, key]}"
            fault = Fault((*loc, key), what, None, "keep one of them", line)
        else:
            document.lines[*loc, key] = line
            values[key] = _value(value_node, (*loc, key), document)
            continue
        document.faults.append(fault)
    return values


def _scalar(node: yaml.ScalarNode) -> Any:
    """The value as YAML 1.1 (and papermill) reads it; days stay text until a field asks for a day."""
    try:
        match node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return _CONSTRUCT.construct_yaml_bool(node)
            case "int" if len(node.value) < MAX_DIGITS:
                return _CONSTRUCT.construct_yaml_int(node)
            case "float" if isfinite(number := _CONSTRUCT.construct_yaml_float(node)):
                return number
    except (ValueError, OverflowError):  # such as 0x_, which YAML calls a number
        pass
    return node.value


def _trap(node: yaml.ScalarNode, value: Any) -> tuple[str, None, str] | None:
    """Plain text that looks like one thing and is read as another: NO, 010, 12:30, 1_000."""
    kind, text = node.tag.rpartition(":")[2], node.value
    looks_like = {"bool": TRUTH, "int": WHOLE, "float": DECIMAL}.get(kind)
    if looks_like is None or (looks_like.fullmatch(text) and not isinstance(value, str)):
        return None
    truth = f"{str(value).lower()} if it is a truth value"
    meant = truth if kind == "bool" else "plain digits if it is a number"
    read = "a number" if isinstance(value, str) else shown(value)
    what = f"{quoted(text)} stands without quotes, and YAML reads it as {read}"
    return what, None, f"put it in quotes if it is text, write {meant}"


# ── values, whether from a file or given as parameters ──────────────────────────────────────────────────


def checked(value: Any, loc: Loc, faults: list[Fault]) -> Any:
    """The value with lists as tuples and days as text; what no field may hold is added to `faults`."""
    match value:
        case dict() | list() | tuple() if len(loc) > MAX_DEPTH:
            faults.append(Fault(loc, TOO_DEEP, LEVELS))
            return None
        case dict():
            for key in value.keys() - {key for key in value if isinstance(key, str)}:
                faults.append(Fault(loc, f"a key cannot be {shown(key)}", "text", "put it in quotes"))
            return {
                key: checked(item, (*loc, key), faults) for key, item in value.items() if isinstance(key, str)
            }
        case list() | tuple():
            return tuple(checked(item, (*loc, i), faults) for i, item in enumerate(value))
        case dt.date():
            return value.isoformat()
        case str() if sign := UNPRINTABLE.search(value):
            code = f"U+{ord(sign[0]):04X}"
            what = f"{quoted(value)} holds the control character {code}"
            faults.append(Fault(loc, what, "text", "delete it"))
        case int() if abs(value) >= MAX_NUMBER:
            faults.append(Fault(loc, "the number is too large", "at most 18 digits"))
            return MAX_NUMBER  # the true one may be too long even to print
        case float() if not isfinite(value):
            faults.append(Fault(loc, cannot_be(loc, value), "a finite number"))
    return value
