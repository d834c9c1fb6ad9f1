"""Exports of well-known systems: one small YAML file each, here or in the project's folder `presets/`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from keepbook.errors import UnitFileError, suggestion

KEYS = {"about", "table", "needs", "columns", "timezone", "cancelled", "unpaid", "won"}


@dataclass(frozen=True)
class Preset:
    """What an export of one system looks like.

    Attributes
    ----------
    table : `transactions` or `customers`.
    columns : role → the names its column has in one version or another, best first.
    needs : roles whose columns must be there for the export to be recognised.
    cancelled, unpaid, won : values of a status that mean so.
    """

    name: str
    about: str
    table: str
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    timezone: str | None = None
    cancelled: tuple[str, ...] = ()
    unpaid: tuple[str, ...] = ()
    won: tuple[str, ...] = field(default=())

    def found(self, there: Collection[str]) -> dict[str, str]:
        """Role → column, for the roles whose column is there."""
        known = {role: [name for name in names if name in there] for role, names in self.columns.items()}
        return {role: names[0] for role, names in known.items() if names}

    def fits(self, there: Collection[str]) -> bool:
        """Whether an export with these columns is of this kind."""
        return set(self.needs) <= self.found(there).keys()


def presets_of(home: Path) -> dict[str, Preset]:
    """Name → preset: those of the library, and those in the project's folder `presets/`, which come first.

    Raises
    ------
    UnitFileError : a file of the project is no preset.
    """
    own = {path.stem: _preset(path.stem, path.read_text(encoding="utf-8")) for path in _own(home)}
    return own | {name: preset for name, preset in _built_in().items() if name not in own}


def chosen(name: str | None, table: str, there: Collection[str], home: Path) -> Preset | None:
    """The preset of that name; without a name the one that fits, and of several the most demanding.

    Raises
    ------
    UnitFileError : there is no preset of that name, or it does not fit.
    """
    presets = presets_of(home)
    if name is None:
        fitting = [preset for preset in presets.values() if preset.table == table and preset.fits(there)]
        return max(fitting, key=lambda preset: len(preset.needs), default=None)
    if name not in presets:
        raise UnitFileError(
            f"There is no preset {name!r:.60}.",
            expected=str(suggestion(name, presets)),
            do="Correct its name.",
        )
    preset = presets[name]
    if lacking := [role for role in preset.needs if role not in preset.found(there)]:
        names = ", ".join(map(repr, preset.columns[lacking[0]]))
        raise UnitFileError(
            f"The preset {name} does not fit: the export has no column for {lacking[0]}.",
            expected=f"one of {names}",
            do="Leave `--preset` out, or export that column too.",
        )
    return preset


@cache
def _built_in() -> dict[str, Preset]:
    folder = files(__package__).joinpath("presets")
    found = (path for path in folder.iterdir() if path.name.endswith(".yaml"))
    return {
        path.name.removesuffix(".yaml"): _preset(
            path.name.removesuffix(".yaml"), path.read_text(encoding="utf-8")
        )
        for path in sorted(found, key=lambda path: path.name)
    }


def _own(home: Path) -> list[Path]:
    return sorted((home / "presets").glob("*.yaml"))


def _preset(name: str, text: str) -> Preset:
    try:
        values: dict[str, Any] = yaml.safe_load(text)
        if unknown := values.keys() - KEYS:
            raise ValueError(f"unknown key {min(unknown)!r}")
        columns = {role: tuple(map(str, names)) for role, names in values["columns"].items()}
        if lost := set(values["needs"]) - columns.keys():
            raise ValueError(f"needs {min(lost)!r}, which columns does not name")
        said = {key: tuple(map(str, values.get(key, ()))) for key in ("needs", "cancelled", "unpaid", "won")}
        return Preset(
            name, values["about"], values["table"], columns, timezone=values.get("timezone"), **said
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as fault:
        raise UnitFileError(
            f"The preset {name} cannot be read: {str(fault).splitlines()[0]:.120}.",
            where=f"presets/{name}.yaml",
            expected=f"the keys {', '.join(sorted(KEYS))}",
            do="Compare it with those that come with Keepbook, or remove it.",
        ) from None
