"""What is told first, and what changed beyond chance: on records by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from summary_data import COHORTS, TEST, VALUE, experiment, put, record, tile, verdict

from keepbook.page.records import PageRecord, tiles_in
from keepbook.summary import findings_that_matter, moves, pick_tiles, to_decide
from keepbook.summary.page.facts import decisions, stake_of, unread_item


def page(folder: Path, name: str, now: dict[str, Any] | None, **more: Any) -> PageRecord:
    return PageRecord.read(put(folder, name, now, **more))


# ── decisions ───────────────────────────────────────────────────────────────────────────────────────────


def test_decisions_are_ranked_by_money_and_the_rest_by_how_bad_it_is(tmp_path: Path) -> None:
    given = [
        ("a", "good", None),
        ("b", "broken", None),
        ("c", "wait", 5.0),
        ("d", "bad", -70.0),
        ("e", "good", 30.0),
    ]
    pages = [
        page(tmp_path, f"6_strategy_comparison-{name}", record(**verdict(name, kind, stake)))
        for name, kind, stake in given
    ]
    assert [item.label for item in to_decide(pages)] == ["d", "e", "c", "b", "a"]


def test_a_warning_that_costs_money_is_to_be_decided_and_no_finding(tmp_path: Path) -> None:
    said = record(
        ("All is well.", 10.0), ("It falls.", 900.0), ("It may fall.", 0.0), warn=[False, True, True]
    )
    one = page(tmp_path, COHORTS, said)
    (item,) = to_decide([one])
    assert (item.label, item.reason, item.kind, item.stake) == ("Cohort retention", "It falls.", "bad", 900.0)
    assert [text for _page, text in findings_that_matter([one])] == ["All is well.", "It may fall."]


def test_lines_that_cannot_be_read_cost_money(tmp_path: Path) -> None:
    """Of 100 lines 10 are unread, and 90 hold 1,000 EUR in 100 days: 1,000 / 90 · 10 in 100 days."""
    said = record(lines={"in": 100, "kept": 90}, unread=10, amount={"in": 1000.0, "kept": 1000.0})
    said |= {"start": "2024-01-01", "as_of": "2024-04-09"}
    item = unread_item([page(tmp_path, COHORTS, said)])
    assert item is not None and item.label == "10 % of the lines cannot be read"
    assert item.stake == pytest.approx(1000 / 90 * 10 / 100 * 365.25)
    assert decisions([page(tmp_path, COHORTS, said)]) == [item]
    for unread in (0, 0.4):
        assert unread_item([page(tmp_path, COHORTS, said | {"unread": unread})]) is None


def test_lines_of_which_none_can_be_read_have_no_price(tmp_path: Path) -> None:
    said = record(lines={"in": 10, "kept": 0}, unread=10, amount={"in": 0.0, "kept": 0.0})
    item = unread_item([page(tmp_path, COHORTS, said)])
    assert item is not None and item.stake is None


@pytest.mark.parametrize(
    ("stake", "said"), [(None, ""), (0.0, ""), (-6449.0, "6,400 EUR a year"), (1234567.0, "1.2M EUR a year")]
)
def test_money_at_stake_is_written_in_two_digits(stake: float | None, said: str) -> None:
    assert stake_of(stake, "EUR") == said


# ── findings, figures ───────────────────────────────────────────────────────────────────────────────────


def test_findings_are_ranked_by_money(tmp_path: Path) -> None:
    pages = [
        page(tmp_path, COHORTS, record("First of cohorts.", ("Second of cohorts.", 50.0))),
        page(tmp_path, VALUE, record(("First of value.", 900.0), "Second of value.")),
        page(
            tmp_path, TEST, record(("Of a test.", 9999.0), **experiment(), **verdict("stop", "bad", 9999.0))
        ),
    ]
    told = [(one.name, str(text)) for one, text in findings_that_matter(pages)]
    assert told == [
        (VALUE, "First of value."),
        (COHORTS, "Second of cohorts."),
        (COHORTS, "First of cohorts."),
    ]


def test_without_money_each_page_says_its_first(tmp_path: Path) -> None:
    pages = [page(tmp_path, name, record(f"1 {name}", f"2 {name}")) for name in (COHORTS, VALUE)]
    assert [str(text) for _page, text in findings_that_matter(pages)] == [
        f"1 {COHORTS}",
        f"1 {VALUE}",
        f"2 {COHORTS}",
    ]


def names(*figures: dict[str, Any]) -> list[str]:
    return [one.name for one in pick_tiles(tiles_in({"figures": list(figures)}))]


def test_key_figures_are_those_a_unit_is_known_by() -> None:
    found = names(
        tile("nrr", 0.9),
        tile("new_customer_value", 1.0),
        tile("retention_week_1", 0.3),
        tile("retention_week_6", 0.3, headline=False),
        tile("logo_churn", 0.2, headline=False),
        tile("base_value", 9.0),
        tile("active_customers", 9.0),
    )
    assert found == ["active_customers", "retention_week_1", "logo_churn", "base_value", "new_customer_value"]


def test_others_of_the_first_rank_fill_up_to_four() -> None:
    figures = [tile(name, 1.0, headline=name != "b") for name in "abcdef"]
    assert names(tile("base_value", 1.0), *figures) == ["base_value", "a", "c", "d"]
    assert names(tile("x", 1.0, headline=False)) == []


# ── what changed ────────────────────────────────────────────────────────────────────────────────────────

THEN = "2024-11-30"


def moved(
    folder: Path, now: list[dict[str, Any]], then: list[dict[str, Any]], alpha: float = 0.05, **then_more: Any
) -> list[str]:
    before = record(as_of=THEN, figures=then) | then_more
    one = page(folder, COHORTS, record(figures=now), before=before)
    return [move.tile.name for move in moves([one], {}, alpha) if move.tile]


def test_a_figure_moved_when_the_interval_of_the_difference_is_clear_of_zero(tmp_path: Path) -> None:
    """Half widths of 0.03 and 0.04 make one of 0.05 (MOVER)."""
    then = [tile("x", 0.30, 0.27, 0.33)]
    assert moved(tmp_path, [tile("x", 0.351, 0.311, 0.391)], then) == ["x"]
    assert moved(tmp_path, [tile("x", 0.349, 0.309, 0.389)], then) == []
    assert moved(tmp_path, [tile("x", 0.249, 0.209, 0.289)], then) == ["x"]


def test_the_level_is_shared_out_among_what_is_compared(tmp_path: Path) -> None:
    """Of two, each at 2.5 %: 2.2414 / 1.9600 times as wide, so 0.0572 instead of 0.05."""
    then = [tile("x", 0.30, 0.27, 0.33), tile("y", 0.5, 0.4, 0.6)]
    same = tile("y", 0.5, 0.4, 0.6)
    assert moved(tmp_path, [tile("x", 0.355, 0.315, 0.395), same], then) == []
    assert moved(tmp_path, [tile("x", 0.358, 0.318, 0.398), same], then) == ["x"]


@pytest.mark.parametrize(
    "then",
    [
        pytest.param([], id="new"),
        pytest.param([tile("x", 9.0, 8.9, 9.1, kind="money")], id="another kind"),
        pytest.param([tile("x", 9.0)], id="without a range"),
        pytest.param([tile("x", None, 8.9, 9.1)], id="not known"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_compared_has_not_moved(then: list[dict[str, Any]], tmp_path: Path) -> None:
    assert moved(tmp_path, [tile("x", 0.3, 0.29, 0.31)], then) == []


@pytest.mark.parametrize(
    "more", [{"settings": {"churn_after": 60}}, {"as_of": "2024-12-31"}, {"as_of": "2025-02-01"}]
)
def test_other_settings_or_no_earlier_day_make_no_comparison(more: dict[str, Any], tmp_path: Path) -> None:
    assert moved(tmp_path, [tile("x", 0.3, 0.29, 0.31)], [tile("x", 0.9, 0.89, 0.91)], **more) == []


def kinds(pages: list[PageRecord], last_run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(move.kind, move.page.name) for move in moves(pages, last_run)]


def test_verdicts_that_are_new_or_otherwise(tmp_path: Path) -> None:
    def tested(name: str, now: tuple[str, str], then: tuple[str, str] | None) -> PageRecord:
        before = record(as_of=THEN, **verdict(*then)) if then else None
        return page(tmp_path, name, record(**verdict(*now)), before=before)

    pages = [
        tested("6_a", ("wait", "wait"), ("wait", "wait")),
        tested("6_b", ("stop", "bad"), ("wait", "wait")),
        tested("6_c", ("wait until May", "wait"), ("wait until April", "wait")),
        tested("6_d", ("roll out", "good"), None),
    ]
    assert kinds(pages, {"pages": ["6_a", "6_b", "6_c"]}) == [
        ("verdict", "6_b"),
        ("verdict", "6_c"),
        ("new", "6_d"),
    ]
    assert [move.before for move in moves(pages, {"pages": ["6_a"]})][:2] == ["wait", "wait until April"]
    assert ("new", "6_d") not in kinds(pages, {}), "of a first report nothing is new"


def test_pages_that_failed_or_came_back(tmp_path: Path) -> None:
    pages = [
        page(tmp_path, "2_a", record(), fault="No."),
        page(tmp_path, "3_b", record()),
        page(tmp_path, "4_c", record(), fault="Still not."),
        page(tmp_path, "5_d", record()),
    ]
    last = {"pages": ["2_a", "3_b", "4_c", "5_d"], "failed": ["3_b", "4_c"]}
    assert kinds(pages, last) == [("failed", "2_a"), ("back", "3_b")]
    assert kinds(pages, {}) == []
