"""The kinds of single values a unit file holds, each with its check; what its keys are called and mean."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic_core import CoreSchema

from keepbook.text import ENGLISH, PSEUDO, catalogue, languages, likely
from keepbook.text.catalogue import messages
from keepbook.unit.faults import Fault, Schema, faultless, problem, quoted, suggested

RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)  # no file may be called so on Windows
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

NAME_WORDS = "letters, digits, _ and -, a letter or digit first, at most 64 signs, no name Windows reserves"
ZONE_WORDS = "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai"
# For editors, not all of which know Unicode classes: the ASCII signs that may not stand in a name.
NAME_PATTERN = r"^[^\x00-/:-@\[-`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*$"

say = catalogue("unit")


class Model(BaseModel):
    """Frozen and strict: a key nobody knows, or a value of another kind, is a fault and never a guess."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        """Every key as the catalogue has it, under the name of its class or of a base."""
        schema = handler.resolve_ref_schema(handler(core))
        known = messages(ENGLISH, "unit")
        for key, block in schema["properties"].items():
            names = [f"key-{base.__name__.lower()}-{key}" for base in cls.__mro__]
            name = next(name for name in names if name in known)
            block |= {one.id.name: say(f"{name}.{one.id.name}") for one in known[name].attributes}
            block |= {"title": say(name)} if known[name].value else {}
        return schema


def words(text: str) -> dict[str, Any]:
    """What a key expects, in words: for messages, and for editors that know `errorMessage`."""
    return {"errorMessage": text}


def is_unit_name(name: str) -> bool:
    """Whether a name can be a file name everywhere: letters of any script, digits, `_` and `-`."""
    kinds = [unicodedata.category(sign) for sign in name]
    return (
        0 < len(name) <= 64
        and (kinds[0][0] == "L" or kinds[0] == "Nd")
        and all(
            kind[0] in "LM" or kind == "Nd" or sign in "_-" for kind, sign in zip(kinds, name, strict=True)
        )
        and not RESERVED.fullmatch(name)
    )


def day_or_same(value: Any) -> Any:
    """ISO text → day; anything else stays what it is; a day that the calendar lacks is a fault."""
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise problem(Fault()) from None
    return value


def _unit_name(name: str) -> str:
    if not is_unit_name(name):
        raise problem(Fault())
    return unicodedata.normalize("NFC", name)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise problem(Fault(do=suggested(name, available_timezones()))) from None
    return name


def _language(tag: str) -> str:
    if tag not in (*languages(), PSEUDO):
        raise problem(Fault(do=f"did you mean '{likely(tag)}'?" if likely(tag) else None))
    return tag


Text = Annotated[str, Field(pattern=r"\S")]
Whole = Annotated[int, Field(ge=0)]
Counting = Annotated[int, Field(ge=1)]
Day = Annotated[dt.date, BeforeValidator(day_or_same)]
Zone = Annotated[str, AfterValidator(_zone), Field(json_schema_extra=words(ZONE_WORDS))]
Language = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"enum": [*languages()]})]
UnitName = Annotated[
    str,
    AfterValidator(_unit_name),
    Field(json_schema_extra=words(NAME_WORDS) | {"pattern": NAME_PATTERN, "maxLength": 64}),
]
Money = Annotated[float, Field(ge=0)]


# ── lists of names, and titles ──────────────────────────────────────────────────────────────────────────


def faults_of_repeats(names: Sequence[Any]) -> list[Fault]:
    """Names that stood in the list before."""
    twice = [(i, name) for i, name in enumerate(names) if isinstance(name, str) and name in names[:i]]
    return [Fault((i,), f"{quoted(name)} is given twice", None, "keep one") for i, name in twice]


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [i for i, name in enumerate(names) if name in names[:i]]
    return faultless(
        names, (Fault((i,), f"{quoted(names[i])} is given twice", None, "keep one") for i in twice)
    )


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    """Its own check, as pydantic would count only the valid ones."""
    return faultless(names, [] if names else [Fault()])


def _title_or_name(title: Any, info: ValidationInfo) -> Any:
    name = info.data.get("unit") or info.data.get("name") or "?"
    return name if title in (None, "") else title


SOME = AfterValidator(_some)
EACH_ONCE = AfterValidator(_each_once)
Title = Annotated[
    Text, BeforeValidator(_title_or_name), Field(json_schema_extra={"type": ["string", "null"]})
]


def never_both(*names: str) -> Schema:
    """Keys of which a block may hold one at most, for editors."""
    given = {"type": ["object", "string"]}
    return {"not": {"properties": dict.fromkeys(names, given), "required": list(names)}}
