"""From an export to a unit file: what was understood, what speaks for it, and what is left to decide."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from keepbook.drafting.doubts import currencies, documents, repeated_totals, statuses, units, zones
from keepbook.drafting.looks import Look, looks_of
from keepbook.drafting.presets import Preset, chosen
from keepbook.drafting.roles import ENOUGH, Found, Guess, recognised
from keepbook.errors import DataError
from keepbook.reading.forms import forms_of
from keepbook.reading.stated import Stated
from keepbook.tables import open_lines
from keepbook.text import catalogue
from keepbook.unit import Unit, unit_from

say = catalogue("drafting")

CANONICAL = {
    "transactions": (
        "customer_id",
        "date",
        "amount",
        "quantity",
        "unit_price",
        "order_id",
        "refund",
        "category",
        "channel",
    ),
    "customers": ("customer_id", "acquired_on"),
}
NUMBERS = ("amount", "quantity", "unit_price", "refund")
SILENT = ("segment", "category", "channel")  # nobody loses by a wrong guess of these
MAX_SEGMENTS = 6  # columns to split customers by that a draft takes along


@dataclass(frozen=True)
class Part:
    """One table of a drafted unit file.

    Attributes
    ----------
    keys : its keys in the unit file, without columns.
    columns : canonical name → guess.
    stated : how the file was read.
    looks : column → what its values look like.
    unsure : what a person should look at, in sentences.
    missing : required columns that none was found for.
    undecided : keys that a person has to fill, as the values allow two readings.
    preset : the preset it follows.
    """

    keys: Mapping[str, Any]
    columns: Mapping[str, Guess]
    stated: tuple[Stated, ...]
    looks: Mapping[str, Look]
    unsure: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    preset: Preset | None = None


@dataclass(frozen=True)
class Draft:
    """A unit file before it is written: top-level settings with a reason each, and its tables."""

    unit: str
    settings: Mapping[str, tuple[Any, str]]
    tables: Mapping[str, Part] = field(default_factory=dict)

    @property
    def unsure(self) -> tuple[str, ...]:
        """Everything a person should look at."""
        return tuple(words for part in self.tables.values() for words in part.unsure)

    @property
    def complete(self) -> bool:
        """Whether it can be run as it is."""
        return not any(part.missing or part.undecided for part in self.tables.values())


def drafted(
    name: str,
    home: Path,
    sources: Mapping[str, Mapping[str, Any]],
    *,
    preset: str | None = None,
    timezone: str | None = None,
    currency: str | None = None,
) -> Draft:
    """Recognises a unit's exports.

    Parameters
    ----------
    sources : `transactions` and perhaps `customers` → keys of the table that are known, at least its source.
    preset : of the transactions; None = the one that fits, if any.
    timezone, currency : as far as they are known.

    Raises
    ------
    UnitFileError, DataError : a setting is wrong, or a file cannot be read.
    """
    given = {key: value for key, value in (("timezone", timezone), ("currency", currency)) if value}
    settings: dict[str, tuple[Any, str]] = {key: (value, say("given")) for key, value in given.items()}
    tables = {}
    for table, keys in sources.items():
        shell = unit_from({"unit": name, **given, "transactions": {"source": "-"}, table: dict(keys)}, home)
        with open_lines(shell, table) as (lines, stated):
            wanted = preset if table == "transactions" else None
            tables[table] = _part(table, dict(keys), lines, stated, shell, wanted, settings)
    return Draft(name, settings, tables)


def _part(
    table: str,
    keys: dict[str, Any],
    lines: ir.Table,
    stated: tuple[Stated, ...],
    shell: Unit,
    preset_name: str | None,
    settings: dict[str, tuple[Any, str]],
) -> Part:
    looks = looks_of(lines)
    preset = chosen(preset_name, table, looks, shell.home)
    found = _with_preset(recognised(looks, table), preset, looks)
    columns = {role: found.guesses[role] for role in CANONICAL[table] if role in found.guesses}
    if table == "customers":
        columns |= _segments(found, columns)
    unsure = _doubts(columns)
    if table == "transactions":
        unsure += repeated_totals(lines, columns) + units(columns)
        unsure += statuses(keys, lines, found, preset)
        unsure += currencies(keys, lines, found, settings)
        unsure += documents(keys, lines, looks, columns)
    unsure += zones(lines, found, preset, looks, settings)
    forms, undecided = _forms(lines, columns, shell, table)
    unsure += undecided.values()
    missing = _missing(table, columns)
    return Part(keys, columns, stated + forms, looks, tuple(unsure), missing, tuple(undecided), preset)


def _segments(found: Found, columns: Mapping[str, Guess]) -> dict[str, Guess]:
    """Columns to split customers by, each under a name of its own."""
    own = {_own_name(name): name for name in reversed(found.segments[:MAX_SEGMENTS])}
    free = {name: column for name, column in own.items() if name not in CANONICAL["customers"]}
    return {name: Guess("segment", column, ENOUGH, say("few-values"), None) for name, column in free.items()}


def _doubts(columns: Mapping[str, Guess]) -> list[str]:
    """The guesses that a person should look at."""
    looked = [guess for guess in columns.values() if guess.role not in SILENT and not guess.sure]
    return [say("guess", role=guess.role, column=guess.column, instead=guess.instead) for guess in looked]


def _with_preset(found: Found, preset: Preset | None, looks: Mapping[str, Look]) -> Found:
    if preset is None:
        return found
    own = {
        role: Guess(role, column, 99.0, say("from-preset", name=preset.name), None)
        for role, column in preset.found(looks).items()
        if looks[column].n or role in preset.needs
    }
    taken = {guess.column for guess in own.values()}
    rest = {
        role: guess for role, guess in found.guesses.items() if role not in own and guess.column not in taken
    }
    if "amount" in own:
        rest = {role: guess for role, guess in rest.items() if role not in ("quantity", "unit_price")}
    segments = [own[role].column for role in own if role not in ("customer_id", "acquired_on")]
    return replace(found, guesses=rest | own, segments=tuple(dict.fromkeys([*segments, *found.segments])))


def _own_name(column: str) -> str:
    """A segment's name in the unit file: the column's, as a name."""
    return re.sub(r"\W+", "_", column.strip()).strip("_").lower() or "segment"


def _missing(table: str, columns: Mapping[str, Guess]) -> tuple[str, ...]:
    needed = ["customer_id"] if table == "customers" else ["customer_id", "date"]
    if table == "transactions" and not {"quantity", "unit_price"} <= columns.keys():
        needed.append("amount")
    return tuple(role for role in needed if role not in columns)


def _forms(
    lines: ir.Table, columns: Mapping[str, Guess], shell: Unit, table: str
) -> tuple[tuple[Stated, ...], dict[str, str]]:
    """How days and amounts are written; and key → why, where the values do not tell."""
    days = [columns[role].column for role in ("date", "acquired_on") if role in columns]
    numbers = [columns[role].column for role in NUMBERS if role in columns]
    stated: tuple[Stated, ...] = ()
    undecided = {}
    kinds: tuple[tuple[str, list[str], list[str]], ...] = (
        ("date_format", days, []),
        ("decimal", [], numbers),
    )
    for key, own_days, own_numbers in kinds:
        try:
            stated += forms_of(lines, own_days, own_numbers, shell, shell.sources[table]).stated
        except DataError as fault:
            undecided[key] = f"{fault.what} {fault.do}"
    return stated, undecided
