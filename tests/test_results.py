"""A result or its reason: reasons travel along, nothing is computed twice."""

from __future__ import annotations

import pytest

from keepbook.errors import NotEnoughData
from keepbook.results import Missing, attempt, is_missing, known, result


class Shop:
    """Two results, one made of the other."""

    def __init__(self, customers: int) -> None:
        self.customers, self.asked = customers, 0

    @result
    def base(self) -> list[int]:
        """The customers, if there are two."""
        self.asked += 1
        if self.customers < 2:
            raise NotEnoughData("Two customers are needed.")
        return list(range(self.customers))

    @result
    def first(self) -> int:
        """Of them."""
        return self.base[0]


def test_a_result_is_computed_once() -> None:
    shop = Shop(3)
    assert (shop.first, shop.base, shop.first) == (0, [0, 1, 2], 0)
    assert shop.asked == 1


def test_what_rests_on_a_missing_result_is_missing_for_the_same_reason() -> None:
    shop = Shop(1)
    assert is_missing(shop.first) and str(shop.first) == "Two customers are needed."
    assert known(shop.first) is None and not shop.base
    assert shop.asked == 1


def test_whatever_is_done_with_it_raises_the_reason() -> None:
    missing = Missing(NotEnoughData("Too few."))
    for use in (
        lambda: missing.rows,
        lambda: missing["a"],
        lambda: list(missing),
        lambda: len(missing),
        missing,
    ):
        with pytest.raises(NotEnoughData, match="Too few"):
            use()
    assert not hasattr(missing, "_repr_png_"), "Jupyter asks for many a display"


def test_other_errors_are_no_reasons() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 // 0)
    assert attempt(lambda: 5) == 5
