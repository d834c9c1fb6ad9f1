"""What a unit's data would carry: a verdict per analysis, with the number that decides."""

from dataclasses import dataclass, replace
from typing import Literal

from keepbook.quality import Readiness
from keepbook.stats.requirements import BUYERS, HISTORY, INTERVALS, QUIET, REPEATERS
from keepbook.text import catalogue, joined, listed, number
from keepbook.unit import Unit

# What an analysis needs.
COHORTS, SIZE = 4, 100  # two older against two newer cohorts; shares to ± 10 points
SHORT = 28  # days between purchases for weekly cohorts, lest most of their cells are empty
FEWEST_EVENTS, EVENTS = 20, 100  # customers lost, and kept: ten for each of two, or of ten, warning signs
TREND, YEAR = 3, 13  # complete months: a first trend; a month and the same one a year before
MOST_EFFECT, EFFECT = 0.20, 0.05  # what no campaign moves; what a strong one does
Z, POWER = 1.96, 0.84  # normal quantiles: 95 % intervals and 5 % tests; 80 % power
OPTIONAL = ("customers", "costs", "surveys", "interactions", "assignments")

say = catalogue("console")
Carries = Literal["yes", "care", "no"]


@dataclass(frozen=True)
class Answer:
    """Whether the data carry an analysis."""

    analysis: str  # its name among the messages
    carries: Carries
    why: str  # the numbers that decide, in a sentence


def answers(found: Readiness, unit: Unit) -> list[Answer]:
    """One answer per analysis; those that count time only with care while days are in doubt."""
    timed = [_retention(found, unit), _value(found), _scorecard(found)]
    timed += [_warning(found, unit), _strategies(found, unit)]
    if found.ahead or any(odd.kind == "far" for odd in found.anomalies):
        timed = [
            replace(a, carries="no" if a.carries == "no" else "care", why=say("mend-dates", why=a.why))
            for a in timed
        ]
    return [*timed, _feedback(unit)]


def _graded(value: float, least: float, enough: float) -> Carries:
    return "yes" if value >= enough else "care" if value >= least else "no"


def _retention(found: Readiness, unit: Unit) -> Answer:
    complete, size = found.cohorts[unit.cohort_period]
    carries: Carries = "no" if not complete else "yes" if complete >= COHORTS and size >= SIZE else "care"
    better = [
        period
        for period, (n, typical) in found.cohorts.items()
        if n >= COHORTS and typical >= SIZE and period != unit.cohort_period
        if period != "week" or found.interval <= SHORT
    ]
    advised = better[0] if better and carries != "yes" and not unit.brackets else None
    cohorts, typical = found.cohorts[advised] if advised else (0, 0)
    why = say(
        "retention",
        cohorts=complete,
        clock="calendar",
        period=unit.cohort_period,
        n=round(size) if complete else 0,
        error=number(Z / 2 / size**0.5 * 100, 1) if complete else None,
        enough=carries == "yes",
        least=COHORTS,
        size=SIZE,
        better=advised,
        **{"better-cohorts": cohorts, "better-size": number(typical)},
    )
    return Answer("retention", carries, why)


def _value(found: Readiness) -> Answer:
    """`no` where a purchase model could not be fitted, or not be tested on a later purchase."""
    days, wanted = found.window.days, max(HISTORY, found.interval * INTERVALS)
    needs = {
        "customers": (BUYERS, found.customers >= BUYERS),
        "repeaters": (REPEATERS, found.repeaters >= REPEATERS),
        "loyal": (0, found.loyal > 0),
        "history": (number(wanted), days >= wanted),
        "recent": (QUIET, found.quiet <= QUIET),
    }
    lacking = [say(f"value.{need}", n=n) for need, (n, met) in needs.items() if not met]
    why = say(
        "value",
        again=found.repeaters,
        customers=found.customers,
        interval=number(found.interval),
        days=days,
        needs=listed(lacking) or None,
    )
    hopeless = found.repeaters < REPEATERS or days < found.interval * INTERVALS / 2
    return Answer("value", "no" if hopeless else "care" if lacking else "yes", why)


def _scorecard(found: Readiness) -> Answer:
    carries = _graded(found.months, TREND, YEAR)
    return Answer(
        "scorecard", carries, say("scorecard", months=found.months, enough=carries == "yes", least=YEAR)
    )


def _warning(found: Readiness, unit: Unit) -> Answer:
    carries = _graded(min(found.kept, found.lost), FEWEST_EVENTS, EVENTS)
    why = say(
        "warning",
        all=found.kept + found.lost,
        far=2 * unit.churn_after,
        near=unit.churn_after,
        lost=found.lost,
        enough=carries == "yes",
        least=EVENTS,
    )
    return Answer("warning", carries, why)


def _strategies(found: Readiness, unit: Unit) -> Answer:
    """The difference two halves of the active customers show with 80 % power, at worst: about one half."""
    effect = (Z + POWER) / max(found.active, 1) ** 0.5
    there = unit.assignments is not None or any(one.is_ready_made for one in unit.experiments)
    why = say(
        "strategies",
        there=there,
        n=found.active,
        days=unit.churn_after,
        effect=number(min(effect, 1) * 100, 1),
    )
    return Answer("strategies", _graded(-effect, -MOST_EFFECT, -EFFECT) if there else "no", why)


def _feedback(unit: Unit) -> Answer:
    there = [name for name in ("surveys", "interactions") if name in unit.sources]
    return Answer("feedback", "yes" if there else "no", say("feedback", tables=joined(there) or None))


def adds(unit: Unit) -> dict[str, str]:
    """Optional table that the unit has not → what the data would carry with it."""
    # whose experiments all bring their own tables knows which strategy works
    ready = bool(unit.experiments) and all(one.is_ready_made for one in unit.experiments)
    there = {*unit.sources, *(("assignments",) if ready else ())}
    return {name: say(f"add-{name}") for name in OPTIONAL if name not in there}
