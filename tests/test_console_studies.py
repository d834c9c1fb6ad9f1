"""What `keepbook check` shows of faults and of changes, and that reports say the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest
from console_data import HEAD, LINES, Shop, flat, page, put, trial, two

from conftest import REPOSITORY
from keepbook import before_after, cli
from keepbook import experiments as ex
from keepbook.tables import open_tables
from keepbook.unit import load_unit


def checked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Exit code and page of the whole command; nothing is said beside the page."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("COLUMNS", "120")
    code = cli.main(["check", "shop"])
    out, err = capsys.readouterr()
    assert err == ""
    return code, " ".join(out.split())


def test_a_fault_hides_no_other_experiment(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arms = two(20, 20) + two(20, 20, name="typo", arm="voucher")
    (home / "ready.csv").write_text("variant,rating\nnone,1\ncall,2\n", encoding="utf-8")
    ready = {"source": "ready.csv", "columns": {"variant": "variant", "score": "grade"}}
    named = [
        trial("typo", split={"none": 1, "vouchre": 1}),
        trial("nowhere"),
        trial("ready", outcomes=ready, metrics={"score": "goal"}),
        trial(),
    ]
    shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=named)
    code, said = checked(home, monkeypatch, capsys)
    assert code == 1 and said.startswith("✗ shop 60 customers"), "no heading approves of a fault"
    assert (
        "typo ✗ 'voucher' (20 lines) is an arm of the experiment 'typo' that `split` does not name." in said
    )
    assert "where: params/shop.yaml, assignments expected: one of 'none', 'vouchre' do: Did you" in said
    assert "nowhere ✗ The assignments table holds no line of the experiment 'nowhere'." in said
    assert (
        "ready ✗ The source lacks the column 'grade' for score. where: params/shop.yaml, outcomes of" in said
    )
    assert "trial arm assigned followed 30 days share intended none 20 20" in said
    assert "assignments: 80 lines of 2 experiments" in said, "how they were read is still told"


def test_what_is_wrong_with_the_table_is_told_once(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {name: name for name in HEAD.split(",")} | {"variant": "arm"}
    (home / "assignments.csv").write_text(
        f"{HEAD}\n{put('trial', [1], 'none', '2024-03-01')}", encoding="utf-8"
    )
    table = {"source": "assignments.csv", "columns": columns}
    shop(LINES, assignments=table, experiments=[trial(), trial("other")])
    code, said = checked(home, monkeypatch, capsys)
    assert code == 1 and said.count("The source lacks the column 'arm' for variant.") == 1
    assert "other ✗ The same is wrong with it." in said and "Tables that are missing" in said


def test_too_few_data_are_no_fault(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    early = {"name": "early", "date": "2024-01-15"}
    late = f"{HEAD}\n{two(9, 9, '2024-07-01')}"
    shop(LINES, assignments=late, experiments=[trial()], before_after=[early])
    code, said = checked(home, monkeypatch, capsys)
    assert code == 0 and said.startswith("✓ shop ") and "none of 18 customers can be counted" in said
    assert "Before and after ! early: Without a comparison group 8 whole months before 2024-01-15" in said


def test_the_heading_warns_of_a_broken_split(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop(LINES, assignments=f"{HEAD}\n{two(40, 10)}", experiments=[trial()])
    code, said = checked(home, monkeypatch, capsys)
    assert code == 0 and said.startswith("! shop ") and "✗ The split is broken" in said


@pytest.mark.parametrize("alone", [True, False])
def test_ready_made_tables_need_no_assignments(
    alone: bool, shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "ready.csv").write_text("variant,rating\n" + "none,1\ncall,2\n" * 9, encoding="utf-8")
    ready = {"source": "ready.csv", "columns": {"variant": "variant", "rating": "rating"}}
    named = [trial("ready", outcomes=ready, metrics={"rating": "goal"})]
    shop(LINES, experiments=named if alone else [])
    code, said = checked(home, monkeypatch, capsys)
    assert code == 0 and ("assignments who was offered what" in said) is not alone


def test_a_unit_without_strategies_shows_none(shop: Shop) -> None:
    assert page(shop(LINES)) == ""


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────


def changed(shop: Shop, lines: str = LINES, **keys: Any) -> str:
    known = {"name": "moved", "date": "2024-04-01", "before": 2, "after": 6, **keys}
    change = {key: value for key, value in known.items() if value is not None}
    clusters = "".join(f"c{i},{'north' if i < 25 else 'south'},s{i % 5}\n" for i in range(60))
    return flat(shop(lines, customers=f"customer_id,region,shop\n{clusters}", before_after=[change]))


def test_a_change_with_a_comparison(shop: Shop) -> None:
    """25 live in the north; of six periods from April on three are over. All came in January but `c59`."""
    north, later = {"region": "north"}, LINES.replace("c59,2024-01-05", "c59,2024-02-05")
    assert changed(shop, later, treated=north, title="Free shipping") == (
        "Before and after · Free shipping: 25 customers treated and 34 customers to compare with; 2 months "
        "before 2024-04-01, 3 months from it on."
    )
    said = changed(shop, treated=north, cluster="shop")
    assert "25 customers treated and 35 customers to compare with (clusters: 5 and 5);" in said


def test_clusters_of_unlike_sizes_count_as_fewer(shop: Shop) -> None:
    """Of 25 in the north 20 are of one shop and 1 each of five: 25²/405 is 1.5, and two count at least.

    Of 35 in the south 10 are of one and 5 each of five: 35²/225 is 5.4, hardly fewer than six.
    """
    shops = [max(i - 19, 0) if i < 25 else f"s{max(i - 30, 0) // 5}" for i in range(60)]
    shops = [f"n{one}" if i < 25 else one for i, one in enumerate(shops)]
    regions = "".join(f"c{i},{'north' if i < 25 else 'south'},{one}\n" for i, one in enumerate(shops))
    change = {"name": "moved", "date": "2024-04-01", "before": 2, "treated": {"region": "north"}}
    unit = shop(
        LINES, customers=f"customer_id,region,shop\n{regions}", before_after=[{**change, "cluster": "shop"}]
    )
    said = "(clusters: 6 and 6, which count as 2.0 and 5.4, for they are of unlike sizes);"
    assert said in flat(unit)


def test_a_change_without_anybody_to_compare_with(shop: Shop) -> None:
    """Twenty others come in each of 26 weeks, 20 of which lie before the date: a fifth, four, is how old they
    count. So those count who came from 12 + 4 weeks before it to the last week but one, the fifth after it:
    21 weeks of 20.
    """
    days = pd.date_range("2024-01-01", periods=26, freq="W-MON").strftime("%Y-%m-%d")
    lines = "".join(f"w{week}n{i},{day},5\n" for week, day in enumerate(days) for i in range(20))
    lines = f"customer_id,date,amount\n{lines}w0n0,2024-06-30,5\n"
    known = {"name": "moved", "date": "2024-05-20", "period": "week"}
    assert flat(shop(lines, before_after=[known])) == (
        "Before and after · moved: 420 customers count, with nobody to compare with; 12 weeks before "
        "2024-05-20, 6 weeks from it on."
    )


def test_a_change_that_another_unit_is_compared_with(shop: Shop) -> None:
    assert changed(shop, comparison_unit="deli", before=None) == (
        "Before and after · moved: it is compared with the unit deli, which is not read here."
    )


def test_groups_that_overlap_are_a_fault(shop: Shop) -> None:
    """Of the 25 in the north five are of the shop `s0`."""
    said = changed(shop, treated={"region": "north"}, comparison={"shop": "s0"})
    assert said.startswith("Before and after ✗ moved: 5 customers are in both groups; the first is 'c0'.")
    assert "do: Narrow one of the two" in said


# ── the same as in the reports ──────────────────────────────────────────────────────────────────────────


def test_the_reports_say_the_same_of_the_demo() -> None:
    unit = load_unit("demo", REPOSITORY)
    with open_tables(unit) as tables:
        for named in unit.experiments:
            known, study = ex.before_outcomes(tables, named), ex.study_of(tables, unit, named)
            assert known.counts == study.counts and known.ratio is not None
            assert known.ratio.srm_pvalue == study.ratio.srm_pvalue
        for change in unit.before_after:
            periods, groups = before_after.participants(tables, change)
            found = before_after.before_after(tables, change)
            pd.testing.assert_frame_equal(groups, found.groups)
            pd.testing.assert_frame_equal(periods.frame(), found.periods)


def test_no_outcome_is_counted(shop: Shop) -> None:
    """Nobody waits for what customers did: without their purchases the answer is the same."""
    unit = shop(LINES, assignments=f"{HEAD}\n{two(9, 9)}", experiments=[trial()])
    never = ibis.table({"customer_id": "string"}, name="never_read")
    with open_tables(unit) as tables:
        known = ex.before_outcomes(replace(tables, purchases=never), unit.experiments[0])
    assert known.counts == {"none": 9, "call": 9}
