"""Which column plays which role: points for what it is called and for what its values look like."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import yaml

from keepbook.reading.amounts import bare, kind_of_number
from keepbook.reading.days import shape_of, text_of
from keepbook.text import catalogue

say = catalogue("drafting")

SAMPLE = 2_000  # lines
DAYS_OF_DIGITS = ("epoch", "epoch_ms", "excel")
MAX_EXAMPLES = 3
ENOUGH = 6.0  # points from which a column is taken for a role
SURE = 9.0  # points from which nobody needs to look, if no other column comes near
NEAR = 1.5
ALONE = 4  # Latin letters up to which a word must stand alone
FIRST = ("customer_id", "acquired_on", "date", "amount", "order_id")  # settled first, best points first
LATER = ("currency", "status", "refund", "category", "channel")
DAYS = ("date", "acquired_on")
MADE_OF = ("quantity", "unit_price")  # an amount, where no column holds it
NUMBERS = ("amount", *MADE_OF, "refund")

Words = dict[str, list[tuple[float, frozenset[str]]]]


@dataclass(frozen=True)
class Profile:
    """One column."""

    n: int = 0  # values that are not blank, in the sample
    distinct: int = 0  # different ones among them
    # Shares of the values that are written days, numbers that can be days (epoch, spreadsheet), numbers,
    # whole numbers, e-mail addresses, three capital letters.
    days: float = 0
    day_numbers: float = 0
    numbers: float = 0
    whole: float = 0
    mails: float = 0
    codes: float = 0
    letters: float = 0  # share of those with a letter in them
    length: float = 0  # mean number of characters
    examples: tuple[str, ...] = ()  # the first different ones


def profiles_of(lines: ir.Table) -> dict[str, Profile]:
    """Column → what its values look like."""
    names = [name for name in lines.columns if not name.startswith("keepbook ")]
    head = lines.select(**{name: lines[name].cast("string") for name in names}).limit(SAMPLE).to_pandas()
    tall = head.melt(var_name="column", value_name="value").dropna()
    tall = tall[tall["value"].str.strip() != ""]
    profiles = dict.fromkeys(names, Profile())
    if len(tall):
        for name, counts in _counts_of(ibis.memtable(tall)).iterrows():
            own = tall.loc[tall["column"] == name, "value"]
            examples = tuple(own.drop_duplicates().head(MAX_EXAMPLES))
            n, distinct = int(counts.pop("n")), int(counts.pop("distinct"))
            profiles[str(name)] = Profile(n, distinct, **counts.map(float), examples=examples)
    return profiles


def _counts_of(values: ir.Table) -> pd.DataFrame:
    """One row per column: counts of what its values look like."""
    text, number = text_of(values.value), bare(values.value)
    seen = values.select("column", "value", shape=shape_of(text), kind=kind_of_number(number), text=text)
    counts = seen.group_by("column").agg(
        n=seen.count(),
        distinct=seen.text.nunique(),
        days=seen["shape"].isin(("ymd", "triple", "named")).mean(),
        day_numbers=seen["shape"].isin(DAYS_OF_DIGITS).mean(),
        numbers=(seen.kind != "other").mean(),
        whole=(seen.kind.isin(("small", "large")) | seen.text.re_search(r"^\d+\.0$")).mean(),
        mails=seen.text.re_search(r"^[^@\s]+@[^@\s]+\.[^@\s]+$").mean(),
        codes=seen.text.re_search(r"^[A-Z]{3}$").mean(),
        letters=seen.text.re_search(r"\p{L}").mean(),
        length=seen.text.length().mean(),
    )
    frame: pd.DataFrame = counts.to_pandas()
    return frame.fillna(0).set_index("column")


@dataclass(frozen=True)
class Guess:
    """A column for a role, with its points and what speaks for it; `instead`: one that comes near."""

    role: str
    column: str
    points: float
    why: str
    instead: str | None

    @property
    def sure(self) -> bool:
        return self.points >= SURE and self.instead is None


@dataclass(frozen=True)
class Roles:
    """Role → column of a table; `segments` are the columns that customers can be split by, best first."""

    guesses: Mapping[str, Guess]
    segments: tuple[str, ...] = ()

    def column(self, role: str) -> str | None:
        """The column that plays a role."""
        return self.guesses[role].column if role in self.guesses else None


def roles_of(profiles: Mapping[str, Profile], table: str) -> Roles:
    """Roles of the columns of a `transactions` or `customers` table."""
    points = {
        role: {name: _points(role, name, profile, words) for name, profile in profiles.items()}
        for role, words in _words()[table].items()
    }
    segments = points.pop("segment", {})
    guesses: dict[str, Guess] = {}
    first = [role for role in FIRST if role in points]
    # The clearest role comes first, so that an unclear one cannot take its column.
    for role in sorted(first, key=lambda role: -max(points[role].values(), default=0)):
        _settle(role, points[role], profiles, guesses)
    if "amount" in points:
        _settle_amount(points, profiles, guesses)
    for role in [role for role in LATER if role in points]:
        _settle(role, points[role], profiles, guesses)
    used = {guess.column for guess in guesses.values()}
    splits = [name for name, p in segments.items() if p >= ENOUGH and name not in used]
    return Roles(guesses, tuple(sorted(splits, key=lambda name: -segments[name])))


def _settle_amount(
    points: Mapping[str, Mapping[str, float]], profiles: Mapping[str, Profile], guesses: dict[str, Guess]
) -> None:
    """Pieces and a price per piece where no column holds the money of a line."""
    amount = guesses.get("amount")
    if amount and points["unit_price"].get(amount.column, 0) < amount.points:
        return
    made = {role: guess for role, guess in guesses.items() if role != "amount"}
    for role in MADE_OF:
        _settle(role, points[role], profiles, made)
    if {*MADE_OF} <= made.keys():
        guesses.clear()
        guesses.update(made)


def _settle(
    role: str, points: Mapping[str, float], profiles: Mapping[str, Profile], guesses: dict[str, Guess]
) -> None:
    taken = {guess.column for guess in guesses.values()}
    ranked = sorted((name for name in points if name not in taken), key=lambda name: -points[name])
    if not ranked or points[ranked[0]] < ENOUGH:
        return
    best = ranked[0]
    rival = next((name for name in ranked[1:2] if points[name] >= max(ENOUGH, points[best] - NEAR)), None)
    guesses[role] = Guess(role, best, points[best], _why(role, profiles[best]), rival)


def _points(role: str, name: str, profile: Profile, words: Words) -> float:
    called = _by_name(f" {words_of(name)} ", words)
    return called + _by_values(role, profile) if called > 0 else 0.0


def _by_name(name: str, words: Words) -> float:
    whole = max((points for points, known in words.get("whole", []) if name.strip() in known), default=0.0)
    if whole:
        return whole
    first, *others = [group for group in words if group not in ("whole", "against")]
    start = _best(name, words[first])
    if not start:
        return 0.0
    against = sum(points for points, known in words.get("against", []) if _holds(name, known))
    return start + sum(_best(name, words[group]) for group in others) + against


def _best(name: str, group: list[tuple[float, frozenset[str]]]) -> float:
    return max((points for points, known in group if _holds(name, known)), default=0.0)


def _holds(name: str, known: frozenset[str]) -> bool:
    """Whether a name, between blanks, holds one of the words: short ones and those behind = alone."""
    return any(
        f" {word.lstrip('=')} " in name
        if word[0] == "=" or (word.isascii() and len(word) <= ALONE)
        else word in name
        for word in known
    )


def words_of(name: str) -> str:
    """A column's name as lower-case words: `InvoiceDate`, `invoice_date` → `invoice date`."""
    plain = unicodedata.normalize("NFKC", name).strip().lstrip("\ufeff")
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    plain = re.sub(r"(?i)\((?:utc|gmt|local|[a-z]{3}|[^a-z()]{1,3})\)", " ", plain)
    plain = re.sub("[#№]", " no ", plain)
    return " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())


@cache
def _words() -> dict[str, dict[str, Words]]:
    """Table → role → group → points with their words."""
    text = Path(__file__).with_name("names.yaml").read_text(encoding="utf-8")
    tables = yaml.load(text, yaml.BaseLoader)  # `no` and `on` are words here
    for groups in [groups for roles in tables.values() for groups in roles.values()]:
        for group, entries in groups.items():
            groups[group] = [(float(points), frozenset(known)) for points, known in entries.items()]
    found: dict[str, dict[str, Words]] = tables
    return found


def _by_values(role: str, profile: Profile) -> float:
    """Points for what the values look like; far below nothing where they cannot be of the role."""
    if not profile.n:
        return -20.0
    if role in DAYS:
        return 2.0 if profile.days >= 0.8 else 1.0 if profile.day_numbers >= 0.8 else -20.0
    if role in NUMBERS:
        return _by_money(role, profile)
    if role in ("customer_id", "order_id"):
        return _by_key(role, profile)
    if role == "currency":
        words = profile.letters >= 0.9 and profile.distinct <= 10
        return 2.0 if profile.codes >= 0.9 else 0.0 if words else -20.0
    if role in ("status", "segment", "category", "channel"):
        few = profile.distinct <= max(30, 0.2 * profile.n)
        return 0.0 if few and profile.days < 0.5 and profile.mails < 0.5 else -20.0
    return 0.0


def _by_money(role: str, profile: Profile) -> float:
    if profile.numbers < 0.8:
        return -20.0
    if role == "quantity":
        return 1.0 if profile.whole >= 0.9 else 0.0
    if profile.whole == 1 and profile.distinct == profile.n > 5 and profile.length >= 7:
        return -8.0  # numbers of things
    return 1.0 if profile.whole < 0.95 else 0.0


def _by_key(role: str, profile: Profile) -> float:
    if profile.days >= 0.8:
        return -20.0
    if profile.numbers >= 0.9 and profile.whole < 0.5:
        return -10.0  # money
    if role == "order_id":
        return 0.0
    again = profile.distinct < profile.n
    return (1.0 if again else 0.0) - (6.0 if profile.distinct == 1 and profile.n > 3 else 0.0)


def _why(role: str, profile: Profile) -> str:
    """What the values say, beside the name."""
    if role in DAYS:
        return say("are-days", share=f"{profile.days + profile.day_numbers:.0%}")
    if role in NUMBERS:
        return say("are-numbers", share=f"{profile.numbers:.0%}")
    return say("different", distinct=profile.distinct, n=profile.n)
