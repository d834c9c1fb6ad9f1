"""A draft as the text of a unit file: every line with the reason it stands there."""

from collections.abc import Iterator
from typing import Any

import yaml

from keepbook.drafting.draft import Draft, Part
from keepbook.errors import printable
from keepbook.text import catalogue
from keepbook.unit import DATE_FORMS

WIDTH = 34  # columns before a comment
MAX_EXAMPLES = 3  # names in a comment
DECIDE = {"date_format": "dmy", "decimal": "'.'"}  # key that is left to a person → what it may be

say = catalogue("drafting")


def written(draft: Draft) -> str:
    """The unit file's text."""
    lines = ["# yaml-language-server: $schema=unit.schema.json", f"unit: {_scalar(draft.unit)}"]
    lines += [_with(f"{key}: {_scalar(value)}", why) for key, (value, why) in draft.settings.items()]
    if "currency" not in draft.settings:
        lines.append(_with("# currency: EUR", say("currency")))
    lines.append(_with("# as_of: 2024-12-31", say("as-of")))
    for table, part in draft.tables.items():
        lines += ["", *_table(table, part)]
    return "\n".join(lines) + "\n"


def _table(table: str, part: Part) -> Iterator[str]:
    if part.preset:
        yield f"# {_comment(part.preset.about)}"
    yield f"{table}:"
    for words in part.unsure:
        yield f"  # look: {_comment(words)}"
    for key, value in part.keys.items():
        if not isinstance(value, dict):
            yield f"  {key}: {_scalar(value)}"
    for one in part.stated:
        yield f"  # {_comment(str(one))}"
    for key in part.undecided:
        yield _with(f"  # {key}: {DECIDE[key]}", _decide(key))
    yield "  columns:"
    yield from _columns(part)
    for key, value in part.keys.items():
        if isinstance(value, dict):
            yield f"  {key}:"
            yield from (f"    {line}" for line in _block(value))


def _decide(key: str) -> str:
    if key == "decimal":
        return say("decimal")
    return say("date-format", forms="; ".join(f"{form}: {DATE_FORMS[form]}" for form in ("dmy", "mdy")))


def _columns(part: Part) -> Iterator[str]:
    used = {guess.column for guess in part.columns.values()}
    rest = [name for name in part.looks if name not in used]
    for role in part.missing:
        yield _with(f"    # {role}: …", say("missing", columns=", ".join(rest)[:200]))
    for role, guess in part.columns.items():
        such = ", ".join(part.looks[guess.column].examples[:MAX_EXAMPLES])
        yield _with(f"    {role}: {_scalar(guess.column)}", say("such-as", examples=such)[:70])


def _block(value: dict[str, Any]) -> list[str]:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None, width=10_000)
    return text.rstrip("\n").split("\n")


def _scalar(value: Any) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
    return text.removesuffix("...\n").strip()


def _with(line: str, why: str) -> str:
    return f"{line:<{WIDTH}} # {_comment(why)}"


def _comment(text: str) -> str:
    """Text from data in one line, without signs that YAML would refuse."""
    return printable(" ".join(text.split())).replace("�", "?")
