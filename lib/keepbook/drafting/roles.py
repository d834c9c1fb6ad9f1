"""Which column plays which role: points for what it is called and for what its values look like."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from keepbook.drafting.looks import Look
from keepbook.text import catalogue

say = catalogue("drafting")

ENOUGH = 6.0  # points from which a column is taken for a role
SURE = 9.0  # points from which nobody needs to look, if no other column comes near
NEAR = 1.5
ALONE = 4  # Latin letters up to which a word must stand alone
ONE_COLUMN = ("customer_id", "date", "amount", "order_id")  # settled first, best points first
LATER = ("currency", "status", "refund", "category", "channel")


Words = dict[str, list[tuple[float, frozenset[str]]]]


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
class Found:
    """What was recognised of a table.

    Attributes
    ----------
    guesses : role → guess.
    segments : columns of a customers table that customers can be split by, best first.
    """

    guesses: Mapping[str, Guess]
    segments: tuple[str, ...] = ()

    def column(self, role: str) -> str | None:
        """The column that plays a role."""
        return self.guesses[role].column if role in self.guesses else None


def recognised(looks: Mapping[str, Look], table: str) -> Found:
    """Roles of the columns of a `transactions` or `customers` table.

    Parameters
    ----------
    looks : column → what its values look like.
    """
    points = {
        role: {name: _points(role, name, look, words) for name, look in looks.items()}
        for role, words in _words()[table].items()
    }
    segments = points.pop("segment", {})
    guesses: dict[str, Guess] = {}
    roles = [role for role in ("customer_id", "acquired_on", *ONE_COLUMN, *LATER) if role in points]
    for role in _by_points([role for role in roles if role not in LATER], points):
        _settle(role, points[role], looks, guesses)
    if "amount" in points:
        _settle_amount(points, looks, guesses)
    for role in LATER:
        if role in points:
            _settle(role, points[role], looks, guesses)
    used = {guess.column for guess in guesses.values()}
    splits = sorted(
        (name for name, p in segments.items() if p >= ENOUGH and name not in used), key=lambda n: -segments[n]
    )
    return Found(guesses, tuple(splits))


def _settle_amount(
    points: Mapping[str, Mapping[str, float]], looks: Mapping[str, Look], guesses: dict[str, Guess]
) -> None:
    """Pieces and a price per piece where no column holds the money of a line."""
    amount = guesses.get("amount")
    if amount and points["unit_price"].get(amount.column, 0) < amount.points:
        return
    made = {role: guess for role, guess in guesses.items() if role != "amount"}
    for role in ("quantity", "unit_price"):
        _settle(role, points[role], looks, made)
    if {"quantity", "unit_price"} <= made.keys():
        guesses.clear()
        guesses.update(made)


def _by_points(roles: list[str], points: dict[str, dict[str, float]]) -> list[str]:
    """The clearest role first, so that an unclear one cannot take its column."""
    return sorted(dict.fromkeys(roles), key=lambda role: -max(points[role].values(), default=0))


def _settle(
    role: str, points: Mapping[str, float], looks: Mapping[str, Look], guesses: dict[str, Guess]
) -> None:
    taken = {guess.column for guess in guesses.values()}
    ranked = sorted((name for name in points if name not in taken), key=lambda name: -points[name])
    if not ranked or points[ranked[0]] < ENOUGH:
        return
    best = ranked[0]
    rival = next((name for name in ranked[1:2] if points[name] >= max(ENOUGH, points[best] - NEAR)), None)
    guesses[role] = Guess(role, best, points[best], _why(role, looks[best]), rival)


def _points(role: str, name: str, look: Look, words: Words) -> float:
    called = _by_name(f" {words_of(name)} ", words)
    return called + _by_values(role, look) if called > 0 else 0.0


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
    plain = re.sub(
        r"\((?:utc|gmt|local|[a-z]{3}|[^a-z()]{1,3})\)|[#№]",
        lambda m: " no " if m[0] in "#№" else " ",
        plain,
        flags=re.I,
    )
    return " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())


@cache
def _words() -> dict[str, dict[str, Words]]:
    """Table → role → group → points with their words."""
    text = files(__package__).joinpath("names.yaml").read_text(encoding="utf-8")
    return {
        table: {
            role: {
                group: [(float(points), frozenset(known)) for points, known in entries.items()]
                for group, entries in groups.items()
            }
            for role, groups in roles.items()
        }
        for table, roles in yaml.load(text, yaml.BaseLoader).items()  # `no` and `on` are words here
    }


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────


def _by_values(role: str, look: Look) -> float:
    """Points for what the values look like; far below nothing where they cannot be of the role."""
    if not look.n:
        return -20.0
    if role in ("date", "acquired_on"):
        return 2.0 if look.days >= 0.8 else 1.0 if look.day_numbers >= 0.8 else -20.0
    if role in ("amount", "quantity", "unit_price", "refund"):
        return _by_money(role, look)
    if role in ("customer_id", "order_id"):
        return _by_key(role, look)
    if role == "currency":
        return 2.0 if look.codes >= 0.9 else 0.0 if look.letters >= 0.9 and look.distinct <= 10 else -20.0
    few = look.distinct <= max(4, 0.2 * look.n, 0) or look.distinct <= 30
    if role in ("status", "segment", "category", "channel"):
        written = look.days < 0.5 and look.mails < 0.5
        return 0.0 if few and written else -20.0
    return 0.0


def _by_money(role: str, look: Look) -> float:
    if look.numbers < 0.8:
        return -20.0
    if role == "quantity":
        return 1.0 if look.whole >= 0.9 else 0.0
    if look.whole == 1 and look.distinct == look.n > 5 and look.length >= 7:
        return -8.0  # numbers of things
    return 1.0 if look.whole < 0.95 else 0.0


def _by_key(role: str, look: Look) -> float:
    if look.days >= 0.8:
        return -20.0
    if look.numbers >= 0.9 and look.whole < 0.5:
        return -10.0  # money
    again = look.distinct < look.n
    if role == "customer_id":
        return (1.0 if again else 0.0) - (6.0 if look.distinct == 1 and look.n > 3 else 0.0)
    return 0.0


def _why(role: str, look: Look) -> str:
    """What the values say, beside the name."""
    if role in ("date", "acquired_on"):
        return say("are-days", share=f"{look.days + look.day_numbers:.0%}")
    if role in ("amount", "quantity", "unit_price", "refund"):
        return say("are-numbers", share=f"{look.numbers:.0%}")
    return say("different", distinct=look.distinct, n=look.n)
