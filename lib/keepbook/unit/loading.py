"""Finds unit files and loads them: file plus parameters → `Unit`."""

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from keepbook.errors import UnitFileError
from keepbook.unit.document import MAX_FILE, checked, read_document
from keepbook.unit.faults import Fault, Place, cannot_be, quoted, sentence, suggested
from keepbook.unit.model import Unit, unit_schema
from keepbook.unit.scalars import NAME_WORDS, is_unit_name
from keepbook.unit.settings import PARAMETERS, names_of
from keepbook.unit.validation import faults_in

FOLDER = "params"
PLACEHOLDER = re.compile(r"\$\{([^}]*)(\}?)")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def find_home(start: Path | None = None) -> Path:
    """The project folder: `KEEPBOOK_HOME`, else the nearest folder from `start` upwards that holds `params/`.

    Without `start`, the search begins in the working folder.
    """
    if set_home := os.environ.get("KEEPBOOK_HOME"):
        if not _is_home(Path(set_home)):
            raise UnitFileError(
                f"KEEPBOOK_HOME is {set_home!r}, where there is no folder {FOLDER}/.",
                expected=f"a folder that holds {FOLDER}/",
                do="Correct KEEPBOOK_HOME, or unset it.",
            )
        return Path(set_home).resolve()
    begin = (start or Path.cwd()).resolve()
    home = next((folder for folder in (begin, *begin.parents) if _is_home(folder)), None)
    if home is None:
        raise UnitFileError(
            f"No folder {FOLDER}/ was found.",
            where=f"{begin} and the folders above it",
            do="Go to the project folder, or set KEEPBOOK_HOME to it.",
        )
    return home


def _is_home(folder: Path) -> bool:
    """Python code may live in a folder of the same name: this very package does."""
    return (folder / FOLDER).is_dir() and not (folder / FOLDER / "__init__.py").exists()


def unit_names(home: Path) -> list[str]:
    """Names of the units that have a file, sorted."""
    return sorted({_name_of(file) for file in _unit_files(home)})


def _unit_files(home: Path) -> list[str]:
    """Names of the files; no paths, which take their time where there are many."""
    try:
        with os.scandir(home / FOLDER) as entries:  # which knows what is a file, without asking for each
            names = sorted(one.name for one in entries if one.name[0] != "." and one.is_file())
    except OSError:
        raise UnitFileError(
            f"The folder {FOLDER}/ cannot be read.", where=str(home), do="Create it, or name another home."
        ) from None
    return [name for name in names if name.endswith((".yaml", ".yml"))]


def _name_of(file: str) -> str:
    return unicodedata.normalize("NFC", file.rpartition(".")[0])  # macOS may hand out é as two characters


def load_unit(name: str, home: Path | None = None, **overrides: Any) -> Unit:
    """Reads `params/<name>.yaml` and validates it; an explicit parameter beats the file, the file a default.

    Parameters
    ----------
    home : the project folder; None = `find_home()`.
    **overrides : parameters named like the keys of the unit file; None = as the file says.

    Raises
    ------
    UnitFileError : there is no such file, or the file or a parameter is wrong. All faults are in it at once.
    """
    home = (home or find_home()).resolve()
    path = _path_of(name, home)
    content = _content(path)
    file = f"{FOLDER}/{path.name}"
    document = read_document(content, file)
    given = {key: value for key, value in overrides.items() if value is not None}
    place = Place(file, name, frozenset(given), document.lines)
    faults = [fault for fault in document.faults if not place.is_given(fault.loc)]
    values = checked(_merged(document.values, given), (), faults)
    unit = None
    try:
        unit = Unit.model_validate(values)
        if unit.unit != _name_of(path.name):
            what = f"'unit' is {unit.unit!r}, but the file is called {path.name}"
            faults.append(
                Fault(("unit",), what, None, f"write unit: {_name_of(path.name)}, or rename the file")
            )
    except ValidationError as error:
        misread = [fault.loc for fault in faults]  # what was misread cannot fit either: say it once
        found = faults_in(error, unit_schema())
        faults += [fault for fault in found if fault.loc not in (loc[: len(fault.loc)] for loc in misread)]
    if faults or unit is None:
        raise place.error(faults)
    unit._path, unit._home, unit._file_hash = path, home, hashlib.sha256(content).hexdigest()
    return unit


def unit_from(values: dict[str, Any], home: Path) -> Unit:
    """A unit that has no file yet."""
    try:
        unit = Unit.model_validate(values)
    except ValidationError as error:
        given = Place(f"{FOLDER}/{values.get('unit')}.yaml", str(values.get("unit")), frozenset(values))
        raise given.error(list(faults_in(error, unit_schema()))) from None
    unit._path, unit._home, unit._file_hash = home / FOLDER / f"{unit.unit}.yaml", home, ""
    return unit


def new_unit_file(name: str, home: Path, *, overwrite: bool = False) -> Path:
    """Where a new unit's file belongs."""
    if not is_unit_name(name):
        raise UnitFileError(
            sentence(cannot_be(("unit",), name)), where="unit", expected=NAME_WORDS, do="Choose another name."
        )
    known = {_name_of(file).casefold(): home / FOLDER / file for file in _unit_files(home)}
    taken = known.get(unicodedata.normalize("NFC", name).casefold())
    if taken and not overwrite:
        raise UnitFileError(
            f"There is a unit {_name_of(taken.name)!r} already.",
            where=f"{FOLDER}/{taken.name}",
            expected="a new name",
            do="Choose another name, or add --force to write over it; the old file is kept as .bak.",
        )
    return taken or home / FOLDER / f"{name}.yaml"


def table_keys(settings: list[str]) -> dict[str, dict[str, Any]]:
    """`header=3`, `customers.table=people` → table → its keys, as a command line gives them.

    A key without a table is one of the transactions.
    """
    keys: dict[str, dict[str, Any]] = {"transactions": {}, "customers": {}}
    for setting in settings:
        path, sign, text = setting.partition("=")
        table, dot, key = path.rpartition(".")
        if not sign or not key or table not in ("", *keys):
            raise UnitFileError(
                f"{quoted(setting)} is no setting.",
                where="--set",
                expected="KEY=VALUE, such as header=3 or customers.table=people",
                do="Write the key of the unit file, = and its value.",
            )
        value = {"true": True, "false": False}.get(text, text)
        keys[table or "transactions"][key] = int(text) if text.isdecimal() else value
    return keys


def _path_of(name: str, home: Path) -> Path:
    """The unit's file, looked up among those there are: no name can lead anywhere else."""
    if not isinstance(name, str) or not is_unit_name(name):
        raise UnitFileError(
            sentence(cannot_be(("unit",), name)),
            where="parameter unit",
            expected=NAME_WORDS,
            do="Correct the name.",
        )
    wanted = unicodedata.normalize("NFC", name)
    found = [home / FOLDER / file for file in _unit_files(home) if _name_of(file) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnitFileError(
            f"The unit {name!r} has two files.",
            where=" and ".join(f"{FOLDER}/{path.name}" for path in found),
            do="Keep one of them.",
        )
    known, file = unit_names(home), f"{FOLDER}/{name}.yaml"
    do = suggested(name, known) or f"correct the name, or write {file}"
    raise UnitFileError(
        f"There is no unit {name!r}.",
        where=str(home / FOLDER),
        expected=f"one of {', '.join(known)}" if known else f"a file {file}; there is no unit yet",
        do=sentence(do),
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as fault:
        raise UnitFileError(
            f"The unit file cannot be read: {fault.strerror}.", where=str(path), do="Check its permissions."
        ) from None


def _merged(file: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Parameters over the file; a return rule given alone leaves behind the brackets of the file's rule.

    A model given alone likewise leaves behind what the file holds likely of other models' parameters.
    """
    values = {**file, **given}
    rule = given.get("return_rule")
    if "brackets" not in given and isinstance(rule, str) and rule != "bracket":
        values.pop("brackets", None)
    model, prior = given.get("model"), values.get("prior")
    if "prior" not in given and isinstance(model, str) and isinstance(prior, dict):
        others = {*PARAMETERS} - {*names_of(model)}
        values["prior"] = {name: one for name, one in prior.items() if name not in others}
    return values


def resolve_secrets(text: str, *, where: str) -> str:
    """Replaces `${NAME}` by the environment variable NAME; called where a source is opened, nowhere else.

    Inside a URL the value is percent-encoded, so that a password may hold any sign.

    Parameters
    ----------
    text : a source as the unit file has it.
    where : where it stands, for the message.
    """

    def value_of(match: re.Match[str]) -> str:
        name, closed = match.groups()
        if not closed or not VARIABLE.fullmatch(name):
            raise UnitFileError(
                f"{quoted(match[0])} names no environment variable.",
                where=where,
                expected="${NAME}, of letters, digits and _",
                do="Correct `source` in the unit file.",
            )
        if not (value := os.environ.get(name)):
            raise UnitFileError(
                f"The environment variable {name} is not set.",
                where=where,
                expected=f"its value, which takes the place of ${{{name}}}",
                do=f"Set {name} in the shell that starts Keepbook or JupyterLab.",
            )
        inside_url = "://" in text  # where @, / or + in a password would end it early
        return quote(value, safe="") if inside_url else value

    return PLACEHOLDER.sub(value_of, text)
