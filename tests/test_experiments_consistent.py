"""A page never contradicts itself: decision, key figures, findings, table and slider, over all outcomes."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from experiment_data import arm, experiment, intake_of, spenders
from words_data import MAX_TITLE_NUMBERS, MAX_TITLE_WORDS, faults, sentences_of, too_much

from keepbook.experiments import Study, study_effects, study_money, study_verdict
from keepbook.experiments.page.facts import Facts, findings
from keepbook.experiments.page.result_table import effects_table
from keepbook.experiments.page.tiles import tiles
from keepbook.experiments.page.verdict import basis_table, decision
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.page.elements import Decision
from keepbook.page.html import plain

AS_OF = dt.date(2024, 4, 29)
METRICS = {"revenue": "goal", "retained": {"role": "guardrail", "margin": 0.15}, "orders": "goal"}


@dataclass(frozen=True)
class Unit:
    """As much of a unit as an experiment asks for."""

    margin: float
    currency: str = "EUR"
    alpha: float = 0.05

    def model_copy(self, update: dict[str, Any]) -> Unit:
        return replace(self, **update)


def measured(
    n: int,
    lift: float,
    cost: float | None,
    margin: float,
    final: bool,
    treatments: int = 1,
    max_loss: float | None = None,
) -> Facts:
    """Customers made up; every treatment lifts a little more than the one before."""
    rng = np.random.default_rng(n + int(100 * lift) + treatments)
    arms = {}
    for i, name in enumerate(["none", *(f"voucher {'abc'[i]}" for i in range(treatments))]):
        columns = spenders(n, rng, lift=lift * i / treatments)
        columns["margin"] = margin * columns["revenue"]
        arms[name] = arm(**{key: each for key, each in columns.items() if key != "profit"})
    ends = "2024-03-31" if final else None
    named = experiment(
        metrics=METRICS, cost=cost, max_loss=max_loss, outcome_days=30, planned=2 * n, ends=ends
    )
    moments = dict.fromkeys(("revenue", "retained", "orders", "margin"), arms)
    counts: dict[str, int] = dict.fromkeys(arms, n)
    study = Study(named, Unit(margin), moments, counts, intake_of(named, assigned=n))  # type: ignore[arg-type]
    study.__dict__["ratio"] = sample_ratio(counts)
    effects, money = study_effects(study), study_money(study)
    return Facts(study, study.ratio, effects, money, study_verdict(study, effects, money, AS_OF))


GRID = [
    *product((150, 4000), (-0.5, 0.0, 0.08, 0.5), (None, 0.02, 0.4), (0.3, 1.0), (True, False)),
    *product((4000,), (0.0, 0.5), (0.02, 0.4), (0.3, 1.0), (True, False), (3,), (None, 1e-6)),
]


@cache
def outcomes() -> list[tuple[Facts, Decision]]:
    found = [measured(*each) for each in GRID]
    return [(each, decision(each, each.verdict)) for each in found if each.verdict]


def money_finding(found: Facts) -> str:
    return plain(findings(found)[0])


def test_the_grid_holds_nearly_every_ground() -> None:
    """Else what follows would hold of nothing."""
    grounds = Counter(found.verdict.ground for found, _made in outcomes() if found.verdict)
    wanted = {"earns", "loses", "nothing-to-gain", "too-early", "too-few", "no-cost", "guardrail"}
    assert wanted <= set(grounds), grounds
    assert any("set the margin" in made.label for _found, made in outcomes())


def test_what_is_rolled_out_earns_everywhere_on_the_page() -> None:
    for found, made in outcomes():
        if "roll out" not in made.label and "set the margin" not in made.label:
            assert made.kind != "good"
            continue
        row, figures = found.decided_on, {tile.name: tile for tile in tiles(found)}
        assert row is not None and row["profit"] > 0
        assert made.kind == ("wait" if "margin" in made.label else "good")
        assert re.search("(would|might) (bring|add)", money_finding(found)), money_finding(found)
        if "margin" in made.label:
            assert 0 < figures["margin_needed"].value <= 1
            assert "profit" not in figures
        elif not found.margin_unset:
            assert figures["profit"].value == row["profit"]
            assert ("A loss is not ruled out" in made.reason) is (
                row["profit_lower"] <= 0 and "got worse" not in made.reason
            )


def test_what_is_stopped_as_it_loses_earns_nowhere() -> None:
    for found, made in outcomes():
        if "it loses money" in made.label:
            row, figures = found.decided_on, {tile.name: tile for tile in tiles(found)}
            assert row is not None and row["profit"] < 0
            assert made.kind == "bad"
            if not found.margin_unset:
                assert figures["profit"].value < 0
                assert re.search("(would|might) lose", money_finding(found))


def test_what_is_too_small_to_tell_is_told_by_no_range() -> None:
    """Else it is said to be not sure enough by the rule, which may ask for more than the range shows."""
    for found, made in outcomes():
        row = found.decided_on
        if "too small to tell" in made.label or "Not settled yet" in made.reason:
            assert row is not None and row["profit_lower"] <= 0 <= row["profit_upper"]
        if "not sure enough" in made.label + made.reason.lower():
            assert row is not None and (row["profit_lower"] > 0 or row["profit_upper"] < 0)


def test_a_finding_is_sure_just_when_its_range_leaves_no_doubt() -> None:
    for found, _made in outcomes():
        text = money_finding(found)
        lower, upper = (row_end(found, end) for end in ("lower", "upper"))
        assert ("would" in text) is (lower > 0 or upper < 0), text


def row_end(found: Facts, end: str) -> float:
    row = found.decided_on
    assert row is not None
    profit = row["profit"] == row["profit"] and not found.margin_unset
    return float(row[f"{'profit' if profit else 'gain'}_{end}"])


def test_goals_that_moved_are_the_same_in_title_findings_and_bars() -> None:
    for found, _made in outcomes():
        title, said = effects_table(found).title, [plain(sentence) for sentence in findings(found)]
        rows = found.goals.to_dict("records")
        moved = [found.moved(row) for row in rows]
        assert ("Better" in title) is (1 in moved)
        assert ("Worse" in title or "worse" in title) is (-1 in moved)
        shown = found.goals.drop_duplicates(["metric"]).to_dict("records")
        clear = [row["metric"] for row in shown if found.moved(row)]
        assert sum("a change of" in sentence for sentence in said) == len(clear), (title, said)


def test_harm_stops_and_is_said_everywhere() -> None:
    for found, made in outcomes():
        if "it does harm" in made.label:
            assert any("armed by more than you allow: came back" in one for one in findings(found))
            assert "guardrail 15 %: harmed" in effects_table(found).frame.to_string()
            assert "came back falls by more than its margin" in str(basis_table(found, found.verdict).texts())  # type: ignore[arg-type]


def test_while_it_runs_nothing_speaks_of_a_single_look() -> None:
    for found, made in outcomes():
        if found.early:
            assert "chance" not in made.reason and "chance" not in money_finding(found)
            for tile in tiles(found):
                if tile.name.startswith("effect_") and not found.several:
                    row = found.effects.set_index("metric").loc[tile.name[7:]]  # type: ignore[union-attr]
                    assert (tile.ci_lower, tile.ci_upper) == (
                        row["always_valid_lower"],
                        row["always_valid_upper"],
                    )


def test_all_of_it_is_short_and_plain() -> None:
    """By the same rules as whole pages, over all outcomes."""
    for found, made in outcomes():
        items = "".join(f"<li>{plain(sentence)}</li>" for sentence in findings(found))
        verdict = f"<p class='kb-verdict-reason'>{made.reason}</p>"
        figures = "".join(tile.html(found.study.unit) for tile in tiles(found))
        table = effects_table(found)
        page = f"<main>{verdict}<ul class='kb-findings'>{items}</ul>{figures}{table.html()}</main>"
        assert not faults(page)
        assert len(sentences_of(made.reason)) <= 2
        assert len(tiles(found)) <= 4
        assert not too_much(table.title, MAX_TITLE_WORDS, MAX_TITLE_NUMBERS)
        assert not re.search(r"\bnan\b|\binf\b|None|\{", page)
