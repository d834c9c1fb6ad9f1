"""The JSON schema agrees with the model; and whatever comes in loads or says why."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from params_messages_data import SETTINGS
from unit_files import SHOP, SIMULATED, SMALL, TEXT_FILE, NoDays, load

from conftest import REPOSITORY
from keepbook.errors import UnitFileError
from keepbook.unit import DATE_FORMS, Change, Unit, unit_schema

# ── schema ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    Draft202012Validator.check_schema(unit_schema())
    return Draft202012Validator(unit_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, NoDays)))


PRIORS = """\
model: pareto_nbd
prior:
  s: {median: 0.5, log_sd: 1}
  gamma: {median: 20, log_sd: 0.7}
"""


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        SHOP,
        TEXT_FILE,
        SMALL + "title:\nas_of:\ncustomers:\nprior:\n",
        SMALL + PRIORS,
        SMALL + "prior: {a: {median: 1, log_sd: 2}, s: {median: 1, log_sd: 2}}\n",
        SMALL + "discount_rate: 0\nmargin: 1\nvalue_months: 60\ntime_unit: week\nmodel: mbg_nbd\n",
    ],
)
def test_schema_accepts_what_loads(schema: Draft202012Validator, home: Path, text: str) -> None:
    assert load(home, text)
    assert [error.message for error in schema.iter_errors(as_json(text))] == []


NOT_IN_THE_SCHEMA = {
    "seed: 1.0",  # JSON knows no difference between 1 and 1.0
    "timezone: Europe/Berlinn",  # nor all time zones
    "timezone: ../../etc/passwd",
    "retention_by: tier",  # nor conditions across tables
    'about: "a\\0b"',
    "seed: 999999999999999999999999",
    "seed: " + "9" * 5000,
    "warm_up: 010",  # nor how YAML reads what it never sees
    "churn_after: 1:30",
    "about: x\nabout: y",
    "? [a]\n: b",
    "{return_rule: bracket}",
    "value_months: 012",
    "discount_rate: .nan",  # nor does JSON know what is no number
    "prior: {r: {median: 1, log_sd: .nan}}",
}


@pytest.mark.parametrize("line", sorted(SETTINGS.keys() - NOT_IN_THE_SCHEMA))
def test_schema_refuses_wrong_settings(schema: Draft202012Validator, line: str) -> None:
    assert not schema.is_valid(as_json(SIMULATED + line))


@pytest.mark.parametrize(
    "line",
    [
        "format: word",
        "header: 'true'",
        "date_format: yyyy-mm-dd",
        "columns: {date: }",
        "columns: {custmer_id: id}",
        "where: {shop: []}",
        "where: {shop: }",
        "where: {shop: {}}",
        "where: {day: {form: 2020-01-01}}",
        "where: {day: {from: 2020-01-01, like: x}}",
        "where: {code: {like: 3}}",
        "where: {code: {not: {like: 3}}}",
        "exclude: {postage: POST}",
    ],
)
def test_schema_refuses_wrong_source_settings(schema: Draft202012Validator, line: str) -> None:
    assert schema.is_valid(as_json("unit: demo\ntransactions:\n  source: sales.csv\n"))
    assert not schema.is_valid(as_json(f"unit: demo\ntransactions:\n  source: sales.csv\n  {line}\n"))


def test_the_schema_beside_the_unit_files_is_current() -> None:
    """`keepbook schema` writes it."""
    beside = REPOSITORY / "params" / "unit.schema.json"
    assert json.loads(beside.read_text(encoding="utf-8")) == unit_schema()


def blocks(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from blocks(child)


def test_schema_helps_with_every_key() -> None:
    schema = unit_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for name, block in {"": schema, **schema["$defs"]}.items():
        assert name == "Condition" or block["additionalProperties"] is False
        for key, field in block.get("properties", {}).items():
            assert field.get("description"), f"{name}.{key}"
            assert field.get("title") or "$ref" in field, f"{name}.{key}"


def test_the_schema_says_every_sentence_of_its_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = import_module("keepbook.text.catalogue")
    said, pattern_of = set(), catalogue._pattern
    monkeypatch.setattr(catalogue, "_pattern", lambda *of: said.add(of[2]) or pattern_of(*of))
    unit_schema.__wrapped__()
    there = set()
    for name, entry in catalogue.messages("en", "unit").items():
        there |= {f"{name}.{one.id.name}" for one in entry.attributes} | ({name} if entry.value else set())
    assert said == there


def test_the_schema_is_in_english_as_messages_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en-XA")
    assert unit_schema.__wrapped__() == unit_schema()


def test_what_the_schema_says_of_choices_and_defaults_is_true() -> None:
    blocks = unit_schema()["$defs"]
    forms = blocks["Transactions"]["properties"]["date_format"]["errorMessage"]
    assert forms == f"one of {', '.join(DATE_FORMS)}, or a strptime pattern such as %Y%m%d"
    change = {"name": "a", "date": "2024-01-01"}
    alone, beside = Change(**change), Change(**change, treated={"a": 1})
    said = blocks["Change"]["properties"]["before"]["description"]
    assert f"left out, {beside.periods_before}. Where neither" in said
    assert f"left out, {alone.periods_before}, or" in said


# ── whatever comes in ───────────────────────────────────────────────────────────────────────────────────

KEYS = st.sampled_from(sorted(Unit.model_fields)) | st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(["on", "NO", "010", "bracket", "simulate", "UTC", "x://a:b@c", "${X}"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["source", "columns", "where", "from", "not", "like", "a"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("scratch")
    (home / "params").mkdir()
    return home


def loads_or_says_why(home: Path, content: bytes, **overrides: Any) -> None:
    try:
        unit = load(home, content, **overrides)
    except UnitFileError as error:
        assert error.what and error.where
        assert "pydantic" not in str(error) and "Traceback" not in str(error)
    else:
        assert unit.unit == "demo"


@settings(max_examples=200, deadline=None)
@given(values=st.dictionaries(KEYS, SCALARS, max_size=6))
def test_any_flat_mapping(scratch: Path, values: dict[str, Any]) -> None:
    content = yaml.safe_dump(values, allow_unicode=True).encode("utf-8", "surrogatepass")
    loads_or_says_why(scratch, content)


@settings(max_examples=200, deadline=None)
@given(values=st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_mapping_beside_what_is_needed(scratch: Path, values: dict[str, Any]) -> None:
    values = {"unit": "demo", "transactions": {"source": "simulate"}} | values
    loads_or_says_why(scratch, yaml.safe_dump(values).encode())


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))
)
@example(b"%YAML " + b"9" * 5000 + b".1\n---\na: 1")
@example(b"? ? ? ? a")
def test_any_content(scratch: Path, content: bytes) -> None:
    loads_or_says_why(scratch, content)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="unit: demo\ntransactions{}[],&*!|>'\"#%@`-?\t\\0x1.~<=", max_size=60))
def test_any_yaml_like_text(scratch: Path, text: str) -> None:
    loads_or_says_why(scratch, text.encode())


@settings(max_examples=200, deadline=None)
@given(
    values=st.dictionaries(
        KEYS.filter(lambda key: key not in ("name", "home", "content")), VALUES, max_size=4
    )
)
def test_any_parameters(scratch: Path, values: dict[str, Any]) -> None:
    loads_or_says_why(scratch, SMALL.encode(), **values)


def test_import_needs_neither_engine_nor_notebook() -> None:
    code = """import keepbook.unit, sys
from keepbook.text.catalogue import messages
assert messages.cache_info().currsize == 0, "a catalogue was read"
print(*sys.modules)
"""
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"pandas", "numpy", "ibis", "duckdb", "papermill", "jsonschema", "matplotlib", "IPython"}
    assert not heavy & set(modules)
