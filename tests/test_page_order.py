"""Categories stand where readers look for them: low before high, few before many; the rest by value."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepbook.page.order import LADDERS, in_order


@pytest.mark.parametrize(
    "names",
    [
        ["low", "middle", "high"],
        ["Bronze", "Silver", "GOLD"],
        ["basic", "plus", "gold"],
        ["低", "中", "高", "other"],
        ["银卡", "金卡"],
        ["普通会员", "银卡会员", "金卡会员"],
        ["gold", "platinum tier"],
        ["Under 15K", "15-24K", "25-34K", "100-124K", "250K+", "not stated"],
        ["<30", "30-39", "40+"],
        ["19-24", "25-34", "65+", "other", "not stated"],
        ["shop 3", "shop 12"],
        ["Under 500K", "500-999K", "1M+"],
        ["不足1万", "1万-5万", "5万以上"],
    ],
)
def test_names_with_an_order_of_their_own_keep_it(names: list[str]) -> None:
    for seed in range(5):
        shuffled = names.copy()
        random.Random(seed).shuffle(shuffled)
        assert in_order({name: i / 10 for i, name in enumerate(shuffled)}) == names


def test_other_names_stand_by_value() -> None:
    assert in_order({"north": 0.1, "south": 0.5, "west": 0.3, "other": 0.9}) == [
        "south", "west", "north", "other",
    ]  # fmt: skip
    assert in_order({"low": 0.2, "north": 0.4}) == ["north", "low"], "not all on one ladder"
    assert in_order({"2024": 0.1, "2024 new": 0.3}) == ["2024 new", "2024"], (
        "the numbers do not tell them apart"
    )
    assert in_order({"a": math.nan, "b": 0.1}) == ["b", "a"], "what is missing is last"
    assert in_order({}) == []


@given(st.dictionaries(st.text(max_size=12), st.floats(0, 1) | st.just(math.nan), max_size=12))
def test_nobody_is_lost_or_told_twice(values: dict[str, float]) -> None:
    assert sorted(in_order(values)) == sorted(values)


def test_no_ladder_has_a_step_twice() -> None:
    assert all(len(set(ladder)) == len(ladder) for ladder in LADDERS)
