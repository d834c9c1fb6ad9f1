"""Exports of well-known systems: one small YAML file each, here or in the project's folder `presets/`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from keepbook.errors import UnitFileError, suggestion

KEYS = {"about", "table", "needs", "columns", "timezone", "cancelled", "unpaid", "won"}


@dataclass(frozen=True)
class Preset:
    """What an export of one system looks like."""

    name: str
    about: str
    table: str  # `transactions` or `customers`
    # Role → the names its column has in one version or another, best first.
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]  # roles whose columns must be there for the export to be recognised
    timezone: str | None = None
    cancelled: tuple[str, ...] = ()  # values of a status that mean so
    unpaid: tuple[str, ...] = ()
    won: tuple[str, ...] = ()

    def found(self, there: Collection[str]) -> dict[str, str]:
        """Role → column, for the roles whose column is there."""
        known = {role: [name for name in names if name in there] for role, names in self.columns.items()}
        return {role: names[0] for role, names in known.items() if names}

    def lacking(self, there: Collection[str]) -> list[str]:
        """The roles it needs for which an export with these columns has none."""
        return [role for role in self.needs if role not in self.found(there)]


def presets_of(home: Path) -> dict[str, Preset]:
    """Name → preset: those in the project's folder `presets/` come first, then those of the library."""
    own = _presets_in(home / "presets")
    return own | {name: preset for name, preset in _built_in().items() if name not in own}


def chosen(name: str | None, table: str, there: Collection[str], home: Path) -> Preset | None:
    """The preset of that name; without a name the one that fits, and of several the most demanding."""
    presets = presets_of(home)
    if name is None:
        fitting = [one for one in presets.values() if one.table == table and not one.lacking(there)]
        return max(fitting, key=lambda preset: len(preset.needs), default=None)
    if name not in presets:
        known = str(suggestion(name, presets))
        raise UnitFileError(f"There is no preset {name!r:.60}.", expected=known, do="Correct its name.")
    preset = presets[name]
    if lacking := preset.lacking(there):
        names = ", ".join(map(repr, preset.columns[lacking[0]]))
        raise UnitFileError(
            f"The preset {name} does not fit: the export has no column for {lacking[0]}.",
            expected=f"one of {names}",
            do="Leave `--preset` out, or export that column too.",
        )
    return preset


@cache
def _built_in() -> dict[str, Preset]:
    return _presets_in(Path(__file__).with_name("presets"))


def _presets_in(folder: Path) -> dict[str, Preset]:
    return {path.stem: _preset(path) for path in sorted(folder.glob("*.yaml"))}


def _preset(path: Path) -> Preset:
    name, text = path.stem, path.read_text(encoding="utf-8")
    try:
        values: dict[str, Any] = yaml.safe_load(text)
        if unknown := values.keys() - KEYS:
            raise ValueError(f"unknown key {min(unknown)!r}")
        columns = {role: tuple(map(str, names)) for role, names in values["columns"].items()}
        if lost := set(values["needs"]) - columns.keys():
            raise ValueError(f"needs {min(lost)!r}, which columns does not name")
        said = {key: tuple(map(str, values.get(key, ()))) for key in ("needs", "cancelled", "unpaid", "won")}
        about, table, timezone = values["about"], values["table"], values.get("timezone")
        return Preset(name, about, table, columns, timezone=timezone, **said)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as fault:
        raise UnitFileError(
            f"The preset {name} cannot be read: {str(fault).splitlines()[0]:.120}.",
            where=f"presets/{name}.yaml",
            expected=f"the keys {', '.join(sorted(KEYS))}",
            do="Compare it with those that come with Keepbook, or remove it.",
        ) from None
