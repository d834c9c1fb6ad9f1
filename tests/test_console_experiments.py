"""What `keepbook check` shows of experiments, with every number counted by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from console_data import HEAD, LINES, REGIONS, Shop, flat, page, printed, put, trial, two

from keepbook import experiments as ex
from keepbook.console.studies import studies
from keepbook.tables import open_tables


def test_who_counts_and_how_the_split_fell(shop: Shop) -> None:
    """Twelve and eight are 2 more and 2 less than ten: χ² is 4/10 + 4/10 = 0.8, whose p is 0.371.

    Two of the treated came on 10 June; their thirtieth day is 9 July.
    """
    arms = put("trial", range(12), "none", "2024-03-01")
    arms += put("trial", range(12, 18), "voucher", "2024-03-05")
    arms += put("trial", [18, 19], "voucher", "2024-06-10")
    arms += put("trial", [20], "none", "2024-03-01") + put("trial", [20], "voucher", "2024-03-02")
    arms += put("trial", [3], "none", "2024-03-09") + put("trial", [21], "none", "2024-07-01")
    named = trial(title="Win-back voucher", split={"none": 1, "voucher": 1})
    unit = shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[named])
    assert (
        page(unit)
        == """
Experiments
  Win-back voucher (trial)
    arm      assigned  followed 30 days   share  intended
    none           12                12  60.0 %    50.0 %
    voucher         8                 6  40.0 %    50.0 %
    ✓  The split is sound (p = 0.371).
    ·  20 of 24 lines are used; left out: 2 in several arms, 1 assigned after
       the data end, 1 assigned again to the same arm.
    ·  Assigned from 2024-03-01 to 2024-06-10; everybody so far will be followed
       up on 2024-07-09.
"""
    )


def test_an_experiment_that_is_over(shop: Shop) -> None:
    """The first outcome day is the one after the assignment: the thirtieth after 1 March is the 31st."""
    unit = shop(LINES, assignments=f"{HEAD}\n{two(9, 9)}", experiments=[trial(first_day="next")])
    said = flat(unit)
    assert "Experiments trial arm" in said, "its name is its title"
    assert "✓ The split is sound (p = 1.000). · All 18 lines are used." in said
    assert said.endswith("Assigned on 2024-03-01; everybody has been followed up since 2024-03-31.")


@pytest.mark.parametrize(
    ("split", "says"),
    [
        (None, "stated. `split` is not given, so arms of the same size are supposed."),
        ({"none": 1, "voucher": 1}, "stated. · All 50 lines are used."),
        ({"none": 4, "voucher": 1}, "✓ The split is sound (p = 1.000)."),
    ],
)
def test_a_broken_split(split: dict[str, int] | None, says: str, shop: Shop) -> None:
    """Forty and ten: χ² is 15²/25 + 15²/25 = 18."""
    arms = two(40, 10, arm="voucher")
    said = flat(shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial(split=split)]))
    assert says in said
    broken = "✗ The split is broken: counts do not fit the planned split (p < 0.001), so no effect will be"
    assert (broken in said) is (split != {"none": 4, "voucher": 1})


@pytest.mark.parametrize(
    ("p", "begins"),
    [
        (0.5, "✓ The split is sound (p = 0.371). ·"),
        (0.0002, "· As a whole the split is as planned (p = 0.371). ✗"),
    ],
)
def test_a_split_that_drifts(p: float, begins: str, shop: Shop) -> None:
    unit = shop(LINES, assignments=f"{HEAD}\n{two(12, 8)}", experiments=[trial()])
    with open_tables(unit) as tables:
        found = studies(tables, unit)
    ((named, known),) = found.experiments
    assert isinstance(known, ex.Randomised) and known.ratio is not None
    known = replace(known, ratio=known.ratio._replace(drift_pvalue=p, drift_apart=0.3))
    found = replace(found, experiments=((named, known),))
    said = " ".join(printed(found).split())
    assert begins in said and found.has_doubtful_splits is (p < 0.001) and not found.has_errors
    drifted = (
        "✗ The arms' shares changed while customers were assigned (p < 0.001): a season or a trend may look "
        "like an effect, so none will be decided on. · All 20 lines"
    )
    assert (drifted in said) is (p < 0.001)


def test_arms_stand_as_the_unit_file_has_them(shop: Shop) -> None:
    arms = "".join(put("trial", range(3 * i, 3 * i + 3), arm, "2024-03-01") for i, arm in enumerate("zyx"))
    split = {"x": 1, "z": 1, "y": 1}
    text = page(shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial(split=split, control="y")]))
    assert re.findall(r"^    ([xyz]) ", text, re.MULTILINE) == ["y", "x", "z"]
    assert text.count("33.3 %    33.3 %") == 3


def test_nobody_is_followed_up_yet(shop: Shop) -> None:
    """The split is known all the same. Thirty days from 10 June end on 9 July, from 12 June on the 11th."""
    arms = put("trial", range(9), "none", "2024-06-10") + put("trial", range(9, 18), "call", "2024-06-12")
    said = flat(shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial()]))
    assert "none 9 0 50.0 % 50.0 % call 9 0 50.0 % 50.0 % ✓ The split is sound" in said
    assert (
        "! Nobody of 'none', 'call' has been followed for 30 days yet; the first one will be on 2024-07-09."
        in said
    )
    assert "everybody so far will be followed up on 2024-07-11." in said


def test_an_arm_without_customers_shows_where_they_are(shop: Shop) -> None:
    arms = put("trial", range(20), "none", "2024-03-01", ",") + put(
        "trial", range(20, 40), "call", "2024-03-01", ",2024-02-01"
    )
    split = {"none": 1, "call": 1}
    said = flat(shop(LINES, assignments=f"{HEAD},exposed_at\n{arms}", experiments=[trial(split=split)]))
    assert "none 20 20 100.0 % 50.0 % call 0 0 0.0 % 50.0 %" in said
    assert "! Experiment trial: the arm 'call' holds no customer who counts" in said
    assert "20 of 40 lines are used; left out: 20 treated before assignment." in said


def test_nobody_counts(shop: Shop) -> None:
    arms = put("trial", range(9), "none", "2024-03-01") + put("trial", range(9), "call", "2024-03-02")
    arms += put("trial", range(9, 13), "call", "2024-07-01")
    said = flat(shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial()]))
    assert said == (
        "Experiments trial ! Experiment trial: none of 13 customers can be counted: 9 in several arms, "
        "4 assigned after the data end."
    )


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (
            "2024-03-01",
            "none 20 20 4 66.7 % 50.0 % call 10 10 2 33.3 % 50.0 % ✓ The split is sound (p = 0.414).",
        ),
        (
            "2024-06-15",
            "none 20 0 0 call 10 0 0 · Whether the split is sound cannot be told yet. ! Nobody of",
        ),
    ],
)
def test_clusters_are_what_was_drawn(day: str, says: str, shop: Shop) -> None:
    """Five customers to a shop: 4 and 2 shops, of which 3 are intended: χ² is 1/3 + 1/3, whose p is 0.414."""
    arms = "".join(put("trial", [i], "none" if i < 20 else "call", day, f",s{i // 5}") for i in range(30))
    said = flat(shop(LINES, assignments=f"{HEAD},cluster\n{arms}", experiments=[trial()]))
    assert "arm assigned followed 30 days clusters" in said and says in said


# ── overlaps ────────────────────────────────────────────────────────────────────────────────────────────


def both(other: str, which: Sequence[int], variants: Sequence[str]) -> str:
    """Customers, in turn in these arms of another experiment."""
    arms = zip(which, list(variants) * len(which), strict=False)
    return "".join(put(other, [i], arm, "2024-03-01") for i, arm in arms)


def test_experiments_that_share_customers(shop: Shop) -> None:
    """Of forty customers the even ones are treated: `even` treats just those, `level` half of both arms."""
    arms = both("trial", range(40), ("call", "none"))
    arms += both("level", range(40), ("none", "none", "call", "call"))
    arms += both("even", range(38), ("call", "none")) + both("one_arm", range(45), ("call",))
    arms += both("apart", range(50, 60), ("call", "none"))
    unit = shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial()])
    said = flat(unit)
    assert said[said.index("since") :] == (
        "since 2024-03-30. ! 38 customers are also in 'even', whose arms are spread unevenly over these "
        "(p < 0.001): its effect mixes into this one. · 40 customers are also in 'level', whose arms are "
        "spread evenly over these (p = 1.000). · 40 customers are also in 'one_arm'. · The assignments table "
        "holds experiments that the unit file does not name: 'one_arm' (45 lines), 'level' (40 lines), "
        "'even' (38 lines), and 1 more."
    )


def test_three_other_experiments_suffice(shop: Shop) -> None:
    arms = both("trial", range(40), ("call", "none"))
    arms += "".join(both(f"other{n}", range(n), ("call",)) for n in range(1, 6))
    said = flat(shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial()]))
    assert re.findall(r"· (\d+ customers? (?:is|are)) also in '(\w+)'", said) == [
        ("5 customers are", "other5"),
        ("4 customers are", "other4"),
        ("3 customers are", "other3"),
    ]
    assert "· And 2 more like the last. · The assignments table" in said


def test_a_misspelt_experiment_is_told_once(shop: Shop) -> None:
    """Of the customers under the other name none need be in the experiment itself."""
    arms = two(20, 20, name="winback_mail") + two(9, 9, name="winback_call")
    arms += put("winback-mail", range(30, 50), "call", "2024-03-01") + put("other", [59], "x", "2024-03-01")
    named = [trial("winback_mail"), trial("winback_call")]
    text = page(shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=named), width=300)
    assert text.endswith(
        "    ·  18 customers are also in 'winback_mail'.\n\n"
        "  !  The assignments table holds 20 lines of 'winback-mail', which is no experiment of the unit "
        "file: did you mean 'winback_mail'?\n"
        "  ·  The assignments table holds experiments that the unit file does not name: 'other' (1 line).\n"
    )
    assert "· 10 customers are also in 'winback-mail'." in " ".join(text.split())


# ── ready-made tables ───────────────────────────────────────────────────────────────────────────────────


def test_ready_made_tables_show_what_they_hold(shop: Shop, home: Path) -> None:
    """Thirty-six and 64: χ² is 14²/50 twice, 7.84, whose p is 0.005. Of 1,000 and 2,000 a third is meant."""
    (home / "ready.csv").write_text("variant,rating\n" + "none,1\n" * 36 + "call,2\n" * 64, encoding="utf-8")
    totals = "variant,metric,n,sum,sum_squares\nnone,clicks,900,90,90\nnone,orders,1000,90,90\n"
    totals += "mail,clicks,2000,90,90\nmail,orders,1800,90,90\n"
    (home / "totals.csv").write_text(totals, encoding="utf-8")
    ready = {"source": "ready.csv", "columns": {"variant": "variant", "rating": "rating"}}
    goal = {"clicks": "goal", "orders": "goal"}
    named = [
        trial("ready", outcomes=ready, metrics={"rating": "goal"}),
        trial("sums", totals={"source": "totals.csv"}, metrics=goal, split={"none": 1, "mail": 2}),
    ]
    assert (
        page(shop(LINES, experiments=named))
        == """
Experiments
  ready
    arm   customers   share  intended
    none         36  36.0 %    50.0 %
    call         64  64.0 %    50.0 %
    ✓  The split is sound (p = 0.005).

  sums
    arm   customers   share  intended
    none      1,000  33.3 %    33.3 %
    mail      2,000  66.7 %    66.7 %
    ✓  The split is sound (p = 1.000).
"""
    )


# ── text from data ──────────────────────────────────────────────────────────────────────────────────────

HOSTILE = "[red]x[/red] \x1b[2J\x07 \u202egnp.exe :smile:"


def test_hostile_names_are_shown_and_do_nothing(shop: Shop) -> None:
    arms = two(20, 20, arm=HOSTILE) + put("trial", range(40, 60), "y" * 500, "2024-06-15")
    arms += both(HOSTILE, range(40), ("a",)) + both("{x}" * 100, range(30), ("a",))
    unit = shop(LINES, assignments=f"{HEAD}\n{arms}", experiments=[trial(title="[bold]T[/bold]")])
    text = page(unit, width=200, force_terminal=True)
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", plain)
    assert "  [bold]T[/bold] (trial)" in plain
    assert re.search(r"^    \[red\]x\[/red\] �\[2J� �gnp\.exe :smile: +20 +20 ", plain, re.MULTILINE)
    assert re.search(rf"^    {'y' * 39}… +20 +0 ", plain, re.MULTILINE)
    assert "40 customers are also in '[red]x[/red] �[2J� �gnp.exe :smile:'." in plain
    assert f"30 customers are also in '{'{x}' * 13}…'." in plain


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, shop: Shop) -> None:
    arms = "".join(
        put("trial", range(20 * i, 20 * i + 20), arm * 50, "2024-06-20") for i, arm in enumerate("xyz")
    )
    changes = [{"name": "moved", "date": "2024-04-01", "treated": {"region": "north"}, "before": 2}]
    named = trial(control="x" * 50, title="long " * 60)
    unit = shop(
        LINES, assignments=f"{HEAD}\n{arms}", customers=REGIONS, experiments=[named], before_after=changes
    )
    assert max(map(len, page(unit, width).split("\n"))) <= width
