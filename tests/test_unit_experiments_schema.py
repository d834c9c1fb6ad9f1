"""On experiments and changes the JSON schema agrees with the model; whatever comes in loads or says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from unit_experiments_data import CHANGE, CHANGES, EXPERIMENTS, FIRST, FULL, NAMES, READY, TABLES
from unit_files import NoDays, load

from keepbook.errors import UnitFileError
from keepbook.unit import Change, Experiment, Unit, unit_schema

# ── schema ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(unit_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, NoDays)))


ACCEPTED = [
    FULL,
    FIRST + "}\n",
    FIRST + ", title: , cost: , split: , ends: , outcomes: , totals: }\n",
    FIRST + ", metrics: {spend: goal}, totals: , " + READY + "}\n",
    CHANGE + ", comparison: , comparison_unit: , treated: }\n",
    "experiments:\nbefore_after:\n",
    "experiments: []\n",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_schema_accepts_what_loads(schema: Draft202012Validator, home: Path, text: str) -> None:
    assert isinstance(load(home, TABLES + text), Unit)
    assert [error.message for error in schema.iter_errors(as_json(TABLES + text))] == []


BEYOND_THE_SCHEMA = (  # what is wrong only beside other keys or other parts of the file
    *("is no arm of", "says nothing of the arm", "no metric that is built in", "No metric has the role"),
    *("given twice", "is called", "are not simulated", "'metrics' is missing", "maps no column"),
    *("needs customers", "are the same customers", "but 'treated' is missing", "this very unit"),
    *("cannot be a key", "text '../deli'"),
)
REFUSED = [(f"{FIRST}{keys}}}\n", text) for keys, text in EXPERIMENTS.items()]
REFUSED += [(f"{CHANGE}{keys}}}\n", text) for keys, text in CHANGES.items()]
REFUSED += [(f"experiments:\n  - {item}\n", text) for item, text in NAMES.items()]


@pytest.mark.parametrize(
    "text", [keys for keys, text in REFUSED if not any(sign in text for sign in BEYOND_THE_SCHEMA)]
)
def test_schema_refuses_what_is_wrong(schema: Draft202012Validator, text: str) -> None:
    assert not schema.is_valid(as_json(TABLES + text))


# ── whatever comes in ───────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    ["a", "b", "goal", "guardrail", "revenue", "tier", "cohort", "simulate", "2024-01-01", ""]
)
SCALARS = WORDS | st.none() | st.booleans() | st.integers(-2, 10**19) | st.floats() | st.text(max_size=3)
KEYS = st.sampled_from(
    [
        "a",
        "b",
        "revenue",
        "retained",
        "role",
        "margin",
        "better",
        "source",
        "columns",
        "variant",
        "not",
        "like",
    ]
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


def any_of(model: type[Experiment | Change], needed: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    whole = {name: st.just(value) | TREES for name, value in needed.items()}
    return st.fixed_dictionaries(
        whole, optional=dict.fromkeys(model.model_fields.keys() - needed.keys(), TREES)
    )


EXPERIMENT = any_of(Experiment, {"name": "a", "control": "b", "metrics": {"revenue": "goal"}})
ONE_CHANGE = any_of(Change, {"name": "a", "date": "2024-01-01"})


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("scratch")
    (home / "params").mkdir()
    return home


@settings(max_examples=200, deadline=None)
@given(experiments=st.lists(EXPERIMENT, max_size=2) | TREES, changes=st.lists(ONE_CHANGE, max_size=2) | TREES)
def test_anything_loads_or_is_told(scratch: Path, experiments: Any, changes: Any) -> None:
    values = {**yaml.safe_load(TABLES), "experiments": experiments, "before_after": changes}
    try:
        unit = load(scratch, yaml.safe_dump(values, allow_unicode=True).encode())
    except UnitFileError as error:
        assert error.what and error.where and error.do
        assert "pydantic" not in str(error)
    else:
        assert all(one.goals and one.title for one in unit.experiments)
