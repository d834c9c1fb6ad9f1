"""From an export to a unit file: what was understood, with the reason, and what is left to decide."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import yaml

from keepbook.drafting.doubts import Settings, currencies, documents, repeated_totals, statuses, units, zones
from keepbook.drafting.presets import Preset, chosen
from keepbook.drafting.roles import (
    DAYS,
    ENOUGH,
    MADE_OF,
    NUMBERS,
    Guess,
    Profile,
    Roles,
    profiles_of,
    roles_of,
)
from keepbook.errors import DataError, printable
from keepbook.reading.forms import forms_of
from keepbook.reading.stated import Stated
from keepbook.tables import open_lines
from keepbook.text import catalogue
from keepbook.unit import DATE_FORMS, Unit, unit_from

say = catalogue("drafting")

CANONICAL = {
    "transactions": ("customer_id", "date", "amount", *MADE_OF, "order_id", "refund", "category", "channel"),
    "customers": ("customer_id", "acquired_on"),
}
SILENT = ("segment", "category", "channel")  # nobody loses by a wrong guess of these
MAX_SEGMENTS = 6  # columns to split customers by that a draft takes along
WIDTH = 34  # columns before a comment
MAX_EXAMPLES = 3  # names in a comment
DECIDE = {"date_format": "dmy", "decimal": "'.'"}  # key that is left to a person → what it may be


@dataclass(frozen=True)
class DraftedTable:
    """One table of a drafted unit file."""

    keys: Mapping[str, Any]  # its keys in the unit file, without columns
    columns: Mapping[str, Guess]  # canonical name → guess
    stated: tuple[Stated, ...]
    profiles: Mapping[str, Profile]  # column → what its values look like
    unsure: tuple[str, ...]  # what a person should look at, in sentences
    missing: tuple[str, ...]  # required columns that none was found for
    undecided: tuple[str, ...]  # keys that a person has to fill, as the values allow two readings
    preset: Preset | None


@dataclass(frozen=True)
class Draft:
    """A unit file before it is written: top-level settings with a reason each, and its tables."""

    unit: str
    settings: Settings
    tables: Mapping[str, DraftedTable]

    @property
    def unsure(self) -> tuple[str, ...]:
        """Everything a person should look at."""
        return tuple(words for table in self.tables.values() for words in table.unsure)

    @property
    def complete(self) -> bool:
        """Whether it can be run as it is."""
        return not any(table.missing or table.undecided for table in self.tables.values())


def draft_unit(
    name: str,
    home: Path,
    sources: Mapping[str, Mapping[str, Any]],
    *,
    preset: str | None = None,
    timezone: str | None = None,
    currency: str | None = None,
    language: str | None = None,
) -> Draft:
    """Recognises a unit's exports.

    Parameters
    ----------
    sources : `transactions` and perhaps `customers` → keys of the table that are known, at least its source.
    preset : of the transactions; None = the one that fits, if any.
    """
    own = {"language": language, "timezone": timezone, "currency": currency}
    given = {key: value for key, value in own.items() if value}
    settings: Settings = {key: (value, say("given")) for key, value in given.items()}
    tables = {}
    for table, keys in sources.items():
        shell = unit_from({"unit": name, **given, "transactions": {"source": "-"}, table: dict(keys)}, home)
        with open_lines(shell, table) as (lines, stated):
            follows = preset if table == "transactions" else None
            drafted = _drafted(table, dict(keys), lines, shell, follows, settings)
            tables[table] = replace(drafted, stated=stated + drafted.stated)
    return Draft(name, settings, tables)


def _drafted(
    table: str, keys: dict[str, Any], lines: ir.Table, shell: Unit, follows: str | None, settings: Settings
) -> DraftedTable:
    profiles = profiles_of(lines)
    preset = chosen(follows, table, profiles, shell.home)
    roles = _with_preset(roles_of(profiles, table), preset, profiles)
    columns = {role: roles.guesses[role] for role in CANONICAL[table] if role in roles.guesses}
    if table == "customers":
        columns |= _segments(roles)
    looked = [guess for guess in columns.values() if guess.role not in SILENT and not guess.sure]
    unsure = [say("guess", role=one.role, column=one.column, instead=one.instead) for one in looked]
    if table == "transactions":
        unsure += repeated_totals(lines, columns) + units(columns)
        unsure += statuses(keys, lines, roles, preset)
        unsure += currencies(keys, lines, roles, settings)
        unsure += documents(keys, lines, profiles, columns)
    unsure += zones(lines, roles, preset, settings)
    stated, undecided = _forms(lines, columns, shell, table)
    unsure += undecided.values()
    made = table == "customers" or {*MADE_OF} <= columns.keys()
    needed = ["customer_id", *(["date"] if table == "transactions" else []), *([] if made else ["amount"])]
    missing = tuple(role for role in needed if role not in columns)
    return DraftedTable(keys, columns, stated, profiles, tuple(unsure), missing, tuple(undecided), preset)


def _segments(roles: Roles) -> dict[str, Guess]:
    """Columns to split customers by, each under a name of its own: the column's, as a name."""
    names = {}
    for column in reversed(roles.segments[:MAX_SEGMENTS]):
        name = re.sub(r"\W+", "_", column.strip()).strip("_").lower() or "segment"
        names[name] = Guess("segment", column, ENOUGH, say("few-values"), None)
    return {name: guess for name, guess in names.items() if name not in CANONICAL["customers"]}


def _with_preset(roles: Roles, preset: Preset | None, profiles: Mapping[str, Profile]) -> Roles:
    if preset is None:
        return roles
    why = say("from-preset", name=preset.name)
    there = preset.found(profiles).items()
    known = {role: column for role, column in there if profiles[column].n or role in preset.needs}
    taken = {*known.values()}
    rest = {role: guess for role, guess in roles.guesses.items() if guess.column not in taken}
    if "amount" in known:
        rest = {role: guess for role, guess in rest.items() if role not in MADE_OF}
    own = {role: Guess(role, column, 99.0, why, None) for role, column in known.items()}
    segments = [column for role, column in known.items() if role not in ("customer_id", "acquired_on")]
    return Roles(rest | own, tuple(dict.fromkeys([*segments, *roles.segments])))


def _forms(
    lines: ir.Table, columns: Mapping[str, Guess], shell: Unit, table: str
) -> tuple[tuple[Stated, ...], dict[str, str]]:
    """How days and amounts are written; and key → why, where the values do not tell."""
    stated: tuple[Stated, ...] = ()
    undecided = {}
    for key, roles in (("date_format", DAYS), ("decimal", NUMBERS)):
        own = [columns[role].column for role in roles if role in columns]
        days, numbers = (own, []) if roles is DAYS else ([], own)
        try:
            stated += forms_of(lines, days, numbers, shell, shell.sources[table]).stated
        except DataError as fault:
            undecided[key] = f"{fault.what} {fault.do}"
    return stated, undecided


def unit_file_text(draft: Draft) -> str:
    """The unit file's text."""
    lines = ["# yaml-language-server: $schema=unit.schema.json", f"unit: {_scalar(draft.unit)}"]
    lines += [_with(f"{key}: {_scalar(value)}", why) for key, (value, why) in draft.settings.items()]
    if "currency" not in draft.settings:
        lines.append(_with("# currency: EUR", say("currency")))
    lines.append(_with("# as_of: 2024-12-31", say("as-of")))
    for name, table in draft.tables.items():
        lines += ["", *_table(name, table)]
    return "\n".join(lines) + "\n"


def _table(name: str, table: DraftedTable) -> Iterator[str]:
    if table.preset:
        yield f"# {_comment(table.preset.about)}"
    yield f"{name}:"
    for words in table.unsure:
        yield f"  # look: {_comment(words)}"
    for key, value in table.keys.items():
        if not isinstance(value, dict):
            yield f"  {key}: {_scalar(value)}"
    for one in table.stated:
        yield f"  # {_comment(str(one))}"
    for key in table.undecided:
        forms = "; ".join(f"{form}: {DATE_FORMS[form]}" for form in ("dmy", "mdy"))
        why = say("decimal") if key == "decimal" else say("date-format", forms=forms)
        yield _with(f"  # {key}: {DECIDE[key]}", why)
    yield "  columns:"
    yield from _columns(table)
    for key, value in table.keys.items():
        if isinstance(value, dict):
            yield f"  {key}:"
            block = _yaml(value, sort_keys=False, default_flow_style=None)
            yield from (f"    {line}" for line in block.rstrip("\n").split("\n"))


def _columns(table: DraftedTable) -> Iterator[str]:
    used = {guess.column for guess in table.columns.values()}
    rest = [name for name in table.profiles if name not in used]
    for role in table.missing:
        yield _with(f"    # {role}: …", say("missing", columns=", ".join(rest)[:200]))
    for role, guess in table.columns.items():
        such = ", ".join(table.profiles[guess.column].examples[:MAX_EXAMPLES])
        yield _with(f"    {role}: {_scalar(guess.column)}", say("such-as", examples=such)[:70])


def _scalar(value: Any) -> str:
    return _yaml(value, default_flow_style=True).removesuffix("...\n").strip()


def _yaml(value: Any, **style: Any) -> str:
    text: str = yaml.safe_dump(value, allow_unicode=True, width=10_000, **style)
    return text


def _with(line: str, why: str) -> str:
    return f"{line:<{WIDTH}} # {_comment(why)}"


def _comment(text: str) -> str:
    """Text from data in one line, without signs that YAML would refuse."""
    return printable(" ".join(text.split())).replace("�", "?")
