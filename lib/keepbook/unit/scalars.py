"""The kinds of single values a unit file holds, each with its check and the words that ask for it."""

import datetime as dt
import re
import unicodedata
from difflib import get_close_matches
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from keepbook.unit.faults import Fault, Schema, cannot_be, problem, quoted

RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)  # no file may be called so on Windows
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

NAME_WORDS = "letters, digits, _ and -, a letter or digit first, at most 64 signs, no name Windows reserves"
ZONE_WORDS = "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai"
# For editors, not all of which know Unicode classes: the ASCII signs that may not stand in a name.
NAME_PATTERN = r"^[^\x00-/:-@\[-`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*$"


class Model(BaseModel):
    """Frozen and strict: a key nobody knows, or a value of another kind, is a fault and never a guess."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )


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
    """ISO text → day; anything else stays what it is.

    Raises
    ------
    PydanticCustomError : a day that the calendar does not have.
    """
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
        close = get_close_matches(name, available_timezones(), n=1)
        do = f"did you mean '{close[0]}'?" if close else None
        raise problem(Fault((), cannot_be(("timezone",), name), ZONE_WORDS, do)) from None
    return name


Text = Annotated[str, Field(pattern=r"\S")]
Whole = Annotated[int, Field(ge=0)]
Counting = Annotated[int, Field(ge=1)]
Day = Annotated[dt.date, BeforeValidator(day_or_same)]
Zone = Annotated[str, AfterValidator(_zone), Field(json_schema_extra=words(ZONE_WORDS))]
UnitName = Annotated[
    str,
    AfterValidator(_unit_name),
    Field(json_schema_extra=words(NAME_WORDS) | {"pattern": NAME_PATTERN, "maxLength": 64}),
]
Money = Annotated[float, Field(ge=0)]


# ── lists of names, and titles ──────────────────────────────────────────────────────────────────────────


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [i for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise problem(*(Fault((i,), f"{quoted(names[i])} is given twice", None, "keep one") for i in twice))
    return names


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    """Its own check, as pydantic would count only the valid ones."""
    if not names:
        raise problem(Fault())
    return names


def _title_or_name(title: Any, info: ValidationInfo) -> Any:
    return info.data.get("name", "?") if title in (None, "") else title


SOME = AfterValidator(_some)
EACH_ONCE = AfterValidator(_each_once)
Title = Annotated[
    Text, BeforeValidator(_title_or_name), Field(json_schema_extra={"type": ["string", "null"]})
]


def never_both(*names: str) -> Schema:
    """Keys of which a block may hold one at most, for editors."""
    given = {"type": ["object", "string"]}
    return {"not": {"properties": dict.fromkeys(names, given), "required": list(names)}}
