"""What a unit's data would carry: a verdict per analysis, with the number that decides."""

from __future__ import annotations

from dataclasses import dataclass

from keepbook.quality import Readiness
from keepbook.stats.requirements import BUYERS, HISTORY, INTERVALS, QUIET, REPEATERS
from keepbook.text import _, number, plural
from keepbook.unit import Unit

# What an analysis needs.
COHORTS, SIZE = 4, 100  # two older against two newer cohorts; shares to ± 10 points
SHORT = 28  # days between purchases for weekly cohorts, lest most of their cells are empty
FEWEST_EVENTS, EVENTS = 20, 100  # customers lost, and kept: ten for each of two, or of ten, warning signs
TREND, YEAR = 3, 13  # complete months: a first trend; a month and the same one a year before
MOST_EFFECT, EFFECT = 0.20, 0.05  # what no campaign moves; what a strong one does
Z, POWER = 1.96, 0.84  # normal quantiles: 95 % intervals and 5 % tests; 80 % power


@dataclass(frozen=True)
class Answer:
    """Whether the data carry an analysis: `yes`, `with care` or `no`, and the numbers that decide."""

    analysis: str
    carries: str
    why: str


def answers(found: Readiness, unit: Unit) -> list[Answer]:
    """One answer per analysis; those that count time only with care while days are in doubt."""
    timed = [_retention(found, unit), _value(found), _scorecard(found)]
    timed += [_warning(found, unit), _strategies(found, unit)]
    if found.ahead or any(odd.kind == "far" for odd in found.odd):
        care = _("{why} Mend the dates first.")
        timed = [
            Answer(a.analysis, "no" if a.carries == "no" else "with care", care.format(why=a.why))
            for a in timed
        ]
    return [*timed, _feedback(unit)]


def _graded(value: float, least: float, enough: float) -> str:
    return "yes" if value >= enough else "with care" if value >= least else "no"


def _retention(found: Readiness, unit: Unit) -> Answer:
    name, period = _("Cohort retention"), unit.cohort_period
    complete, size = found.cohorts[period]
    if not complete:
        carries, why = "no", _("No cohort has a complete {period} after its first.").format(period=period)
    else:
        carries = "yes" if complete >= COHORTS and size >= SIZE else "with care"
        text = _(
            "{cohorts} with a complete next {period}; {size} in a typical one: shares to ± {error} points."
        )
        why = text.format(
            cohorts=plural(complete, _("cohort"), _("cohorts")),
            period=period,
            size=plural(round(size), _("customer"), _("customers")),
            error=number(Z / 2 / size**0.5 * 100, 1),
        )
    better = [p for p, (n, size) in found.cohorts.items() if n >= COHORTS and size >= SIZE and p != period]
    better = [p for p in better if p != "week" or found.interval <= SHORT]
    if carries != "yes":
        why += " " + _("It takes {n} cohorts of {size}.").format(n=number(COHORTS), size=number(SIZE))
    if carries != "yes" and better and not unit.brackets:
        text = _("`cohort_period: {period}` gives {cohorts} of about {size}.")
        n, size = found.cohorts[better[0]]
        why += " " + text.format(
            period=better[0], cohorts=plural(n, _("cohort"), _("cohorts")), size=number(size)
        )
    return Answer(name, carries, why)


def _value(found: Readiness) -> Answer:
    """`no` where a purchase model could not be fitted, or not be tested on a later purchase."""
    days, wanted = found.window.days, max(HISTORY, found.interval * INTERVALS)
    needs = {
        _("{n} customers").format(n=number(BUYERS)): found.customers >= BUYERS,
        _("{n} who bought again").format(n=number(REPEATERS)): found.repeaters >= REPEATERS,
        _("some who bought three times"): found.loyal > 0,
        _("{n} days").format(n=number(wanted)): days >= wanted,
        _("a purchase in the last {n} days").format(n=number(QUIET)): found.quiet <= QUIET,
    }
    lacking = [need for need, met in needs.items() if not met]
    text = _(
        "{again} of {customers} customers bought again, typically {interval} days apart; {days} days of data."
    )
    why = text.format(
        again=number(found.repeaters),
        customers=number(found.customers),
        interval=number(found.interval),
        days=number(days),
    )
    if lacking:
        why += " " + _("It takes {needs}.").format(needs=", ".join(lacking))
    hopeless = found.repeaters < REPEATERS or days < found.interval * INTERVALS / 2
    return Answer(_("Customer value"), "no" if hopeless else "with care" if lacking else "yes", why)


def _scorecard(found: Readiness) -> Answer:
    carries = _graded(found.months, TREND, YEAR)
    why = plural(found.months, _("complete month"), _("complete months"))
    if carries != "yes":
        why += _("; comparing one with the year before takes {n}").format(n=number(YEAR))
    return Answer(_("Scorecard"), carries, why + ".")


def _warning(found: Readiness, unit: Unit) -> Answer:
    carries = _graded(min(found.kept, found.lost), FEWEST_EVENTS, EVENTS)
    text = _("Of {all} customers active {far} to {near} days before the end, {lost} did not come back.")
    why = text.format(
        all=number(found.kept + found.lost),
        far=number(2 * unit.churn_after),
        near=number(unit.churn_after),
        lost=number(found.lost),
    )
    if carries != "yes":
        why += " " + _("It takes {n} who did, and {n} who did not.").format(n=number(EVENTS))
    return Answer(_("Churn warning"), carries, why)


def _strategies(found: Readiness, unit: Unit) -> Answer:
    """The difference two halves of the active customers show with 80 % power, at worst: about one half."""
    effect = (Z + POWER) / max(found.active, 1) ** 0.5
    text = _("Two halves of the {active} of the last {days} days would show a difference of {effect} points.")
    why = text.format(
        active=plural(found.active, _("customer"), _("customers")),
        days=number(unit.churn_after),
        effect=number(min(effect, 1) * 100, 1),
    )
    ready = any(one.is_ready_made for one in unit.experiments)
    if unit.assignments is None and not ready:
        return Answer(_("Strategies"), "no", _("It takes `assignments`.") + " " + why)
    return Answer(_("Strategies"), _graded(-effect, -MOST_EFFECT, -EFFECT), why)


def _feedback(unit: Unit) -> Answer:
    there = [name for name in ("surveys", "interactions") if name in unit.sources]
    if not there:
        return Answer(_("Feedback"), "no", _("It takes `surveys` or `interactions`."))
    why = _("The unit file names {tables}; this check does not look into them.")
    return Answer(_("Feedback"), "yes", why.format(tables=_(" and ").join(there)))


def adds(unit: Unit) -> dict[str, str]:
    """Optional table that the unit has not → what the data would carry with it."""
    every = {
        "customers": _("who they are: retention by segment, region or owner"),
        "costs": _("what was spent: the cost of a new customer and its return"),
        "surveys": _("what they said: satisfaction beside retention"),
        "interactions": _("when they called: response times beside retention"),
        "assignments": _("who was offered what: which strategy works"),
    }
    # whose experiments all bring their own tables knows which strategy works
    ready = bool(unit.experiments) and all(one.is_ready_made for one in unit.experiments)
    there = {*unit.sources, *(("assignments",) if ready else ())}
    return {name: what for name, what in every.items() if name not in there}
