"""Two hundred thousand customers: the engine counts what pandas counts, and hands over a few rows only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from conftest import write_unit
from keepbook import experiments as ex
from keepbook.tables import Tables, open_tables

CUSTOMERS, DAYS, ENROLMENT = 200_000, 260, 60
OUTCOME, PRE = 40, 30
DAY_ZERO = np.datetime64("2024-01-01")
AS_OF = "2024-05-20"  # day 140: who was assigned after day 100 is not followed to the end
MONEY = ["revenue", "margin", "pre_revenue"]


class Made(NamedTuple):
    """What is written to files: days are counted from `DAY_ZERO`; sums of quarters are exact."""

    lines: pd.DataFrame  # customer_id, day, amount
    assignments: pd.DataFrame  # customer_id, variant, assigned


class Seen(NamedTuple):
    tables: Tables
    study: ex.Study
    most_rows: int  # that any answer of the engine had


def made() -> Made:
    rng = np.random.default_rng(5)
    n = 3 * CUSTOMERS
    lines = pd.DataFrame(
        {"customer_id": rng.integers(0, CUSTOMERS + 5000, n), "day": rng.integers(0, 140, n)}
    )
    lines["amount"] = rng.integers(-8, 160, n) / 4  # some are returns
    first = pd.DataFrame({"customer_id": rng.permutation(CUSTOMERS)})
    first["variant"] = rng.choice(["none", "voucher"], CUSTOMERS)
    first["assigned"] = 60 + rng.integers(0, ENROLMENT, CUSTOMERS)
    again = first.sample(4000, random_state=1)
    again = again.assign(assigned=again["assigned"] + rng.integers(1, 30, len(again)))
    again.iloc[:1000, 1] = again["variant"].iloc[:1000].map({"none": "voucher", "voucher": "none"})
    late = first.sample(500, random_state=2).index
    first.loc[late, "assigned"] = 200
    return Made(lines, pd.concat([again, first], ignore_index=True))


@pytest.fixture(scope="module")
def files() -> Made:
    return made()


@pytest.fixture(scope="module")
def seen(files: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("scale")
    (home / "params").mkdir()
    _written(files.lines.assign(date=_dates(files.lines["day"])), home / "lines.parquet")
    own = files.assignments.assign(experiment="offer", assigned_at=_dates(files.assignments["assigned"]))
    _written(own, home / "assignments.parquet")
    named = {name: name for name in ("experiment", "customer_id", "variant", "assigned_at")}
    offer = {"name": "offer", "control": "none", "outcome_days": OUTCOME, "pre_days": PRE}
    unit = write_unit(
        home,
        transactions={"source": "lines.parquet"},
        assignments={"source": "assignments.parquet", "columns": named},
        experiments=[offer],
        as_of=AS_OF,
        duplicates="keep",
        margin=0.5,
    )
    with open_tables(unit) as tables:
        engine, rows = tables.purchases.get_backend(), [0]
        whole = engine.execute

        def counted(*args: object, **options: object) -> object:
            answer = whole(*args, **options)
            rows.append(len(answer) if isinstance(answer, pd.DataFrame | pd.Series) else 1)
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "execute", counted)
            study = ex.study_of(tables, unit, unit.experiments[0])
        yield Seen(tables, study, max(rows))


def _dates(day: pd.Series) -> np.ndarray:
    return DAY_ZERO + day.to_numpy()


def _written(frame: pd.DataFrame, file: Path) -> None:
    frame.drop(columns=["day", "assigned"], errors="ignore").to_parquet(file)


@pytest.fixture(scope="module")
def by_hand(files: Made) -> pd.DataFrame:
    """One row per customer who counts: variant, assigned, is_mature, outcomes, first (day of purchase)."""
    last = (np.datetime64(AS_OF) - DAY_ZERO).astype(int)
    arms = files.assignments[files.assignments["assigned"] <= last].sort_values("assigned")
    each = arms.groupby("customer_id").agg(arms=("variant", "nunique"), assigned=("assigned", "min"))
    each["variant"] = arms.drop_duplicates("customer_id").set_index("customer_id")["variant"]
    each = each[each["arms"] == 1].drop(columns="arms")
    each["is_mature"] = each["assigned"] + OUTCOME - 1 <= last
    kept = files.lines[files.lines["amount"] != 0]
    days = kept.assign(bought=kept["amount"] > 0).groupby(["customer_id", "day"], as_index=False)
    rows = days.agg(amount=("amount", "sum"), bought=("bought", "any")).merge(
        each["assigned"], left_on="customer_id", right_index=True
    )
    since = rows["day"] - rows["assigned"]
    for name, inside in (("", since.between(0, OUTCOME - 1)), ("pre_", since.between(-PRE, -1))):
        part = rows[inside].groupby("customer_id")
        each[f"{name}revenue"] = part["amount"].sum().reindex(each.index, fill_value=0.0)
        each[f"{name}orders"] = part["bought"].sum().reindex(each.index, fill_value=0).astype(float)
        each[f"{name}retained"] = (each[f"{name}orders"] > 0).astype(float)
    bought = rows[since.between(0, OUTCOME - 1) & rows["bought"]]
    each["first"] = (bought["day"] - bought["assigned"]).groupby(bought["customer_id"]).min()
    each["days_to_purchase"] = each["first"].fillna(OUTCOME)
    each["margin"] = each["revenue"] / 2
    return each


def test_every_customer_has_the_outcomes_that_pandas_counts(seen: Seen, by_hand: pd.DataFrame) -> None:
    expected = by_hand[by_hand["is_mature"]].drop(columns=["is_mature", "assigned", "first"]).sort_index()
    assert seen.study.each is not None and len(expected) > 100_000
    found = seen.study.each.to_pandas().set_index("customer_id").sort_index()[expected.columns]
    pd.testing.assert_frame_equal(found, expected, check_exact=True, check_dtype=False)


def test_moments_are_those_of_pandas(seen: Seen, by_hand: pd.DataFrame) -> None:
    mature = by_hand[by_hand["is_mature"]]
    for variant, arm in seen.study.moments["revenue"].items():
        own = mature.loc[mature["variant"] == variant, list(arm.names)]
        assert arm.count == arm.customers == len(own)
        np.testing.assert_allclose(arm.mean, own.mean(), rtol=1e-12)
        np.testing.assert_allclose(arm.cov, own.cov(), rtol=1e-9, atol=1e-12)


def test_the_life_table_is_that_of_pandas(seen: Seen, by_hand: pd.DataFrame) -> None:
    """Those not yet followed to the end are censored on the last day of the data."""
    last = (np.datetime64(AS_OF) - DAY_ZERO).astype(int)
    followed = np.minimum(last - by_hand["assigned"], OUTCOME - 1)
    day = by_hand["first"].fillna(followed).astype(int).rename("day")
    bought = by_hand["first"].notna()
    counts = bought.groupby([by_hand["variant"], day]).agg(["sum", "size"])
    expected = pd.DataFrame(
        {"events": counts["sum"], "censored": counts["size"] - counts["sum"]}
    ).reset_index()
    assert not by_hand["is_mature"].all()
    assert seen.study.life is not None
    pd.testing.assert_frame_equal(seen.study.life, expected, check_dtype=False)


def test_customers_are_told_apart_as_pandas_does(seen: Seen, by_hand: pd.DataFrame) -> None:
    intake = seen.study.intake
    assert intake is not None
    arms = intake.arms.set_index("variant")
    assert arms["assigned"].to_dict() == by_hand["variant"].value_counts().to_dict()
    assert arms["mature"].to_dict() == by_hand.groupby("variant")["is_mature"].sum().to_dict()
    assert intake.ledger["lines"].sum() == intake.lines == CUSTOMERS + 4000


def test_what_comes_back_to_python_is_small(seen: Seen) -> None:
    """No table of customers: the longest answer is the life table, a row per arm and day."""
    assert seen.study.life is not None
    assert seen.most_rows == len(seen.study.life) <= 2 * OUTCOME
