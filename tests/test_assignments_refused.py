"""What cannot be assignments is told in one exact message, with what would be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from assignments_data import HEAD, LOAD, MEND, TWO, WINBACK, Shop, told, unit_of

from keepbook.errors import DataError
from keepbook.tables import open_tables


@pytest.fixture
def refused(shop: Shop, home: Path) -> Callable[..., str]:
    """`refused(content, **settings)`: what is told instead."""

    def message(content: str | bytes, **settings: Any) -> str:
        with pytest.raises(DataError) as error, open_tables(unit_of(shop, home, content, **settings)):
            pass
        return str(error.value)

    return message


Refused = Callable[..., str]

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a cost that is none": (
        LOAD.format("much", "1.50"),
        {"columns": {"cost": "x"}},
        told("Numbers in 'x' cannot be read: row 1 'much'.", "a number, or blank where none is known", MEND),
    ),
    "a cost below zero": (
        LOAD.format("1.50", "-0.01"),
        {"columns": {"cost": "x"}},
        told("Numbers in 'x' are below zero: row 2 '-0.01'.", "what it cost, from 0", MEND),
    ),
    "an outcome that is none": (
        LOAD.format("yes", "1"),
        {"columns": {"own": "x"}},
        told("Numbers in 'x' cannot be read: row 1 'yes'.", "a number, or blank where none is known", MEND),
    ),
    "an endless outcome": (
        LOAD.format("1", "inf"),
        {"columns": {"own": "x"}},
        told("Numbers in 'x' cannot be read: row 2 'inf'.", "a number, or blank where none is known", MEND),
    ),
    "a day of exposure that is none": (
        LOAD.format("2024-01-05", "soon"),
        {"columns": {"exposed_at": "x"}},
        told(
            "Days in 'x' cannot be read: row 2 'soon'.",
            "a day, or blank where the customer never met the treatment",
            MEND,
        ),
    ),
    "a column that is not there": (
        TWO,
        {"columns": {"cost": "Cost"}},
        told(
            "The source lacks the column 'Cost' for cost.",
            "one of the columns there are: 'experiment', 'customer_id', 'variant', 'assigned_at'",
            "Map it under `columns:` in the unit file.",
        ),
    ),
    "no line": (
        HEAD + ",,,\n",
        {},
        told(
            "No line of the table can be used: 1 of 1 lines left out, without an experiment: row 1 blank.",
            "lines with an experiment, a customer, an arm and a readable day",
            "Check `columns:` and `where:` of the table in the unit file.",
        ),
    ),
    "another experiment": (
        TWO.replace("winback", "win_back"),
        {},
        told(
            "The assignments table holds no line of the experiment 'winback'.",
            "one of the experiments there are: 'win_back' (2 lines)",
            "Did you mean 'win_back'? Write the same name in both, or bring those of the table into one form "
            "with a `query:`.",
        ),
    ),
    "an experiment whose lines are of no use": (
        TWO + "banner,1,a,\nbanner,2,,2024-01-04\nbanner,3,b,\n",
        {"experiments": [{"name": "banner", "control": "a"}]},
        told(
            "No line of the experiment 'banner' can be used; left out are those without a readable day (2), "
            "without an arm (1).",
            "lines with an experiment, a customer, an arm and a readable day",
            "Correct them, or remove the experiment from the unit file.",
        ),
    ),
    "an arm that split does not name": (
        TWO + "winback,3,vouchr,2024-01-04\n",
        {"experiments": [{**WINBACK, "split": {"none": 1, "voucher": 1}}]},
        told(
            "'vouchr' (1 line) is an arm of the experiment 'winback' that `split` does not name.",
            "one of 'none', 'voucher'",
            "Did you mean 'voucher'? Name it in `split` and say its weight, or correct it in the table; "
            "`where:` leaves lines out.",
        ),
    ),
    "an arm of split without a line": (
        TWO,
        {"experiments": [{**WINBACK, "split": {"none": 1, "voucher": 1, "call": 1}}]},
        told(
            "No line is in the arm 'call' of the experiment 'winback', which `split` names.",
            "one of the arms there are: 'none' (1 line), 'voucher' (1 line)",
            "Correct `split`, or the arms in the table.",
        ),
    ),
    "a control that is not there": (
        TWO,
        {"experiments": [{**WINBACK, "control": "None"}]},
        told(
            "No line is in the arm 'None' of the experiment 'winback', which `control` names.",
            "one of the arms there are: 'none' (1 line), 'voucher' (1 line)",
            "Did you mean 'none'? Correct `control`, or the arms in the table.",
        ),
    ),
    "a cost of an arm that is not there": (
        TWO,
        {"experiments": [{**WINBACK, "cost": {"vouchers": 1}}]},
        told(
            "No line is in the arm 'vouchers' of the experiment 'winback', which `cost` names.",
            "one of the arms there are: 'none' (1 line), 'voucher' (1 line)",
            "Did you mean 'voucher'? Correct `cost`, or the arms in the table.",
        ),
    ),
    "one arm": (
        TWO.replace("voucher", "none"),
        {},
        told(
            "All lines of the experiment 'winback' are in the arm 'none'.",
            "a second arm to compare it with",
            "Check `where:` and what `variant` is mapped to under `columns:`.",
        ),
    ),
    "customers for arms": (
        HEAD + "".join(f"winback,{i},c{i:03},2024-01-03\n" for i in range(60)),
        {"experiments": [{**WINBACK, "control": "c000"}]},
        told(
            "The table holds more than 50 arms of the experiment 'winback', such as 'c000'.",
            "a few arms, such as control and voucher",
            "Check what `variant` is mapped to under `columns:`.",
        ),
    ),
    "strangers": (
        TWO.replace(",1,", ",K-1,").replace(",2,", ",K-2,"),
        {},
        told(
            "No customer of the assignments has bought: 'K-1' there, '1' in transactions.",
            "customer numbers written alike in both tables",
            "Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
        ),
    ),
    "days that can be read in two ways": (
        TWO.replace("2024-01-03", "03/04/2024").replace("2024-01-04", "05/06/2024"),
        {},
        told(
            "Days in 'assigned_at' can be read with the day or the month first: row 1 '03/04/2024' and row 2 "
            "'05/06/2024'.",
            "one order that the days themselves prove, or that the unit file names",
            "Add `date_format: dmy` (day first) or `date_format: mdy` (month first) to the source.",
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_assignments_is_told(refused: Refused, case: str) -> None:
    content, settings, message = REFUSED[case]
    assert refused(content, **settings) == message
