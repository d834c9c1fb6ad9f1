"""Unit files: what loads, in which order values win, how units are found, and what none of them tells."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from unit_files import NAME, SHOP, SMALL, TEXT_FILE, NoDays, load, message, told

from keepbook.errors import UnitFileError
from keepbook.unit import Simulation, find_home, load_unit, resolve_secrets, unit_names

# ── what loads ──────────────────────────────────────────────────────────────────────────────────────────


def test_small_file_gets_the_documented_defaults(home: Path) -> None:
    unit = load(home, SMALL)
    assert unit.model_dump(exclude={"transactions"}) == {
        "unit": "demo",
        "title": "demo",
        "about": None,
        "language": None,
        "currency": None,
        "timezone": "UTC",
        "as_of": None,
        "returns": "net",
        "duplicates": "drop",
        "overlaps": "drop",
        "zero_amounts": "drop",
        "cohort_period": "month",
        "clock": "calendar",
        "return_rule": "on",
        "brackets": None,
        "average": "pooled",
        "warm_up": 1,
        "warm_up_cohorts": "flag",
        "churn_after": 90,
        "retention_by": None,
        "horizon": 6,
        "time_unit": "day",
        "model": "auto",
        "value_months": 12,
        "discount_rate": 0.1,
        "margin": 1.0,
        "prior": None,
        "alpha": 0.05,
        "seed": 1,
        "customers": None,
        "costs": None,
        "surveys": None,
        "interactions": None,
        "assignments": None,
        "experiments": (),
        "before_after": (),
    }
    assert unit.transactions.model_dump() == {
        "source": "simulate",
        "format": None,
        "encoding": None,
        "delimiter": None,
        "sheet": None,
        "table": None,
        "query": None,
        "header": True,
        "names": None,
        "decimal": None,
        "date_format": None,
        "timezone": None,
        "columns": {},
        "where": {},
        "cancelled": None,
        "exclude": {},
        "simulate": None,
        "attributes": {},
    }
    assert unit.transactions.simulation() == Simulation(
        customers=4000, start=dt.date(2023, 1, 1), days=730, seed=1, experiments=False
    )


def test_full_file(home: Path) -> None:
    unit = load(home, SHOP)
    assert (unit.title, unit.brackets, unit.alpha) == ("Shop", (1, 2, 4), 0.1)
    assert unit.as_of == dt.date(2011, 11, 30)
    assert unit.transactions.where == {
        "Country": ("NO", "France"),
        "Day": {"from": dt.date(2009, 12, 1), "to": dt.date(2011, 12, 9)},
        "Price": {"from": 0.01},
    }
    assert unit.transactions.cancelled == {"Invoice": {"like": "C%"}}
    assert unit.transactions.exclude["not a sale"] == {"Kind": {"not": "sale"}}
    assert list(unit.sources) == ["transactions", "customers"]
    assert list(unit.sources["transactions"].named_sources()) == ["lines", "products"]
    assert unit.customers is not None
    assert unit.customers.named_sources() == {"source": "postgres://keeper:${SHOP_PASSWORD}@db/shop"}


def test_unit_knows_its_file(home: Path) -> None:
    unit = load(home, SMALL)
    assert unit.path == (home / "params" / "demo.yaml").resolve()
    assert unit.home == home.resolve()
    assert unit.file_hash == hashlib.sha256(SMALL.encode()).hexdigest()
    assert unit.simulated
    assert not load(home, TEXT_FILE).simulated


def test_unit_cannot_be_changed(home: Path) -> None:
    unit = load(home, SMALL)
    with pytest.raises(ValidationError):
        unit.alpha = 0.2  # type: ignore[misc]


@pytest.mark.parametrize("written", ["2017-12-31", '"2017-12-31"', "'2017-12-31'"])
def test_day_with_and_without_quotes(home: Path, written: str) -> None:
    assert load(home, SMALL + f"as_of: {written}\n").as_of == dt.date(2017, 12, 31)


def test_byte_order_mark_and_windows_line_ends(home: Path) -> None:
    content = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    assert load(home, content).unit == "demo"


@pytest.mark.parametrize("name", ["cdnow", "2017", "2017-12-31", "deli_2", "客户", "café", "हिन्दी", "a" * 64])
def test_names_a_unit_may_have(home: Path, name: str) -> None:
    assert load(home, f"unit: '{name}'\ntransactions: {{source: simulate}}", name).unit == name


def test_name_is_found_however_the_file_system_spells_its_accents(home: Path) -> None:
    apart = unicodedata.normalize("NFD", "café")
    (home / "params" / f"{apart}.yaml").write_text("unit: café\ntransactions: {source: simulate}", "utf-8")
    assert unit_names(home) == ["café"]
    assert load_unit("café", home).unit == load_unit(apart, home).unit == "café"


# ── precedence: parameter, file, default ────────────────────────────────────────────────────────────────


def test_parameter_beats_file_and_file_beats_default(home: Path) -> None:
    file = SMALL + "cohort_period: quarter\nhorizon: 3\n"
    assert load(home, SMALL).cohort_period == "month"
    assert load(home, file).cohort_period == "quarter"
    unit = load(home, file, cohort_period="week")
    assert (unit.cohort_period, unit.horizon) == ("week", 3)


def test_none_means_as_the_file_says(home: Path) -> None:
    unit = load(home, SMALL + "horizon: 3\n", horizon=None, cohort_period=None, as_of=None)
    assert (unit.horizon, unit.cohort_period, unit.as_of) == (3, "month", None)


@pytest.mark.parametrize("value", ["2024-12-31", dt.date(2024, 12, 31)])
def test_day_as_parameter(home: Path, value: Any) -> None:
    assert load(home, SMALL + "as_of: 2020-01-01\n", as_of=value).as_of == dt.date(2024, 12, 31)


def test_list_as_parameter(home: Path) -> None:
    unit = load(home, SMALL, return_rule="bracket", brackets=[1, 3])
    assert unit.brackets == (1, 3)


def test_a_source_as_parameter_replaces_the_whole_source(home: Path) -> None:
    unit = load(home, TEXT_FILE, transactions={"source": "new.csv", "where": {"day": {"from": "2020-01-01"}}})
    assert unit.transactions.source == "new.csv"
    assert (unit.transactions.names, unit.transactions.columns) == (None, {})
    assert unit.transactions.where == {"day": {"from": dt.date(2020, 1, 1)}}


def test_every_key_as_parameter_says_what_the_file_says(home: Path) -> None:
    """This is what `papermill -f` does."""
    assert load(home, SHOP, **yaml.load(SHOP, NoDays)) == load(home, SHOP)


def test_a_parameter_mends_the_file(home: Path) -> None:
    assert load(home, SMALL + "horizon: 010\n", horizon=10).horizon == 10


def test_another_return_rule_leaves_the_brackets_of_the_file_behind(home: Path) -> None:
    assert load(home, SMALL + "return_rule: bracket\nbrackets: [1, 2]\n", return_rule="on").brackets is None


def test_prior_is_a_mapping_of_parameters(home: Path) -> None:
    prior = load(home, SMALL + "prior: {r: {median: 1, log_sd: 0.5}, p: {median: 6, log_sd: 1}}\n").prior
    assert prior is not None
    assert {name: (one.median, one.log_sd) for name, one in prior.items()} == {
        "r": (1, 0.5),
        "p": (6, 1),
    }
    assert load(home, SMALL + "prior: {}\n").prior == {}


def test_another_model_leaves_behind_what_the_file_holds_of_others(home: Path) -> None:
    one = "{median: 1, log_sd: 1}"
    file = SMALL + f"prior: {{r: {one}, a: {one}, s: {one}, q: {one}}}\n"
    for model, names in (("bg_nbd", "raq"), ("pareto_nbd", "rsq"), ("auto", "rasq")):
        assert "".join(load(home, file, model=model).prior or {}) == names
    with pytest.raises(UnitFileError, match="which has no parameter 'a'"):
        load(home, SMALL, model="pareto_nbd", prior={"a": {"median": 1, "log_sd": 1}})
    with pytest.raises(UnitFileError, match="Unknown key 'x'"):
        load(home, SMALL + f"prior: {{x: {one}}}\n", model="bg_nbd")


# ── finding units ───────────────────────────────────────────────────────────────────────────────────────


def test_unit_names(home: Path) -> None:
    for name in ("b.yaml", "a.yml", "unit.schema.json", ".hidden.yaml", "notes.txt"):
        (home / "params" / name).touch()
    (home / "params" / "folder.yaml").mkdir()
    assert unit_names(home) == ["a", "b"]


def absent(name: Any, home: Path) -> str:
    with pytest.raises(UnitFileError) as error:
        load_unit(name, home)
    return str(error.value)


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", "", ".", "-a", "_a", "a b", "CON", "lpt1", "a" * 65, "a\n"]
)
def test_names_no_unit_may_have(home: Path, name: str) -> None:
    (home / "x.yaml").write_text("unit: x\ntransactions: {source: simulate}")
    shown = repr(name if len(name) <= 60 else name[:60] + "…")
    assert absent(name, home) == (
        f"'unit' cannot be the text {shown}.\n  where:    parameter unit\n  expected: {NAME}\n"
        "  do:       Correct the name."
    )


def test_name_that_is_no_text(home: Path) -> None:
    assert absent(False, home).splitlines()[0] == "'unit' cannot be the truth value false."


def test_absent_unit(home: Path) -> None:
    assert absent("demo", home) == (
        "There is no unit 'demo'.\n"
        f"  where:    {home.resolve()}/params\n"
        "  expected: a file params/demo.yaml; there is no unit yet\n"
        "  do:       Correct the name, or write params/demo.yaml."
    )
    for name in ("demo", "cdnow"):
        (home / "params" / f"{name}.yaml").touch()
    assert absent("demoo", home) == (
        "There is no unit 'demoo'.\n"
        f"  where:    {home.resolve()}/params\n"
        "  expected: one of cdnow, demo\n"
        "  do:       Did you mean 'demo'?"
    )


def test_unit_with_two_files(home: Path) -> None:
    for suffix in ("yaml", "yml"):
        (home / "params" / f"demo.{suffix}").write_text(SMALL)
    assert absent("demo", home) == (
        "The unit 'demo' has two files.\n"
        "  where:    params/demo.yaml and params/demo.yml\n"
        "  do:       Keep one of them."
    )


def test_home_is_the_nearest_folder_above_with_params(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = home / "notebooks" / "deep"
    deep.mkdir(parents=True)
    assert find_home(deep) == home.resolve()
    monkeypatch.chdir(deep)
    assert find_home() == home.resolve()


def test_python_package_called_params_is_no_home(home: Path) -> None:
    package = home / "lib" / "keepbook" / "params"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    assert find_home(package.parent) == home.resolve()


def test_home_from_the_environment(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))
    assert find_home(Path("/")) == home.resolve()
    monkeypatch.setenv("KEEPBOOK_HOME", "/nowhere")
    with pytest.raises(UnitFileError) as error:
        find_home(home)
    assert str(error.value) == (
        "KEEPBOOK_HOME is '/nowhere', where there is no folder params/.\n"
        "  expected: a folder that holds params/\n"
        "  do:       Correct KEEPBOOK_HOME, or unset it."
    )


def test_no_home(tmp_path: Path) -> None:
    with pytest.raises(UnitFileError) as error:
        find_home(tmp_path)
    assert str(error.value) == (
        "No folder params/ was found.\n"
        f"  where:    {tmp_path.resolve()} and the folders above it\n"
        "  do:       Go to the project folder, or set KEEPBOOK_HOME to it."
    )


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────

URL = "postgres://keeper:${SHOP_PASSWORD}@db/shop"


def test_secret_is_resolved_only_on_request(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2")
    unit = load(home, f'unit: demo\ntransactions: {{source: "{URL}", table: sales}}\n')
    assert resolve_secrets(URL, where="here") == "postgres://keeper:hunter2@db/shop"
    for text in (repr(unit), str(unit), str(unit.model_dump()), unit.model_dump_json(), repr(unit.sources)):
        assert "SHOP_PASSWORD" in text
        assert "hunter2" not in text


def test_a_variable_alone_may_be_a_database(home: Path) -> None:
    whole = load(home, 'unit: demo\ntransactions: {source: "${DB_URL}", table: sales}\n')
    assert whole.transactions.table == "sales"
    for path in ("${FOLDER}/sales.csv", "x${DB_URL}", "${DB URL}"):
        with pytest.raises(UnitFileError, match="The source is no database, and only a database has tables."):
            load(home, f'unit: demo\ntransactions: {{source: "{path}", table: sales}}\n')


@pytest.mark.parametrize("value", [None, ""])
def test_environment_variable_is_missing(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_PASSWORD", value)
    with pytest.raises(UnitFileError) as error:
        resolve_secrets(URL, where="demo.yaml, transactions")
    assert str(error.value) == (
        "The environment variable SHOP_PASSWORD is not set.\n"
        "  where:    demo.yaml, transactions\n"
        "  expected: its value, which takes the place of ${SHOP_PASSWORD}\n"
        "  do:       Set SHOP_PASSWORD in the shell that starts Keepbook or JupyterLab."
    )


@pytest.mark.parametrize("text", ["${}", "${my-var}", "${A", "${1}"])
def test_placeholder_that_names_no_variable(text: str) -> None:
    with pytest.raises(UnitFileError) as error:
        resolve_secrets(f"x://{text}", where="here")
    assert str(error.value) == (
        f"'{text}' names no environment variable.\n"
        "  where:    here\n"
        "  expected: ${NAME}, of letters, digits and _\n"
        "  do:       Correct `source` in the unit file."
    )


def test_text_without_placeholders_stays() -> None:
    assert resolve_secrets("data/$x/{a}.csv", where="here") == "data/$x/{a}.csv"


@pytest.mark.parametrize(
    "source",
    [
        "postgres://keeper:hunter2@db/shop",
        "postgres://keeper:hun@ter2/hunter2@db/shop",
        "postgres://keeper:${A}hunter2@db/shop",
        "postgres://db/shop?user=keeper&password=hunter2",
    ],
)
def test_password_written_out_is_refused_and_not_repeated(home: Path, source: str) -> None:
    expected = told(
        "A password is written out in the source.",
        ", line 2, transactions.source",
        "the name of an environment variable instead, such as ${DB_PASSWORD}",
        "Set that variable, write its name, and change the password if this file was shared.",
    )
    assert message(home, f'unit: demo\ntransactions: {{source: "{source}", table: t}}\n') == expected
    named = f'unit: demo\ntransactions: {{source: {{a: "{source}"}}, query: SELECT 1}}\n'
    assert message(home, named) == expected


@pytest.mark.parametrize(
    "line",
    [
        "transactions: {source: a.csv, format: '%s'}",
        "transactions: {source: a.csv, '%s': 1}",
        "transactions: {source: ['%s']}",
        "transactions: '%s'",
        "timezone: '%s'",
        "'%s': x",
        "'%s': x\n'%s': y",
        "transactions: {source: a.csv, columns: {date: '%s', amount: '%s'}}",
        "transactions: {source: a.csv, names: ['%s', b], columns: {date: '%s'}}",
        "transactions: {source: a.csv, exclude: {'%s': 3}}",
        "transactions: {source: a.csv, where: {'%s': {'%s': 3}}}",
        "clock: %s '",
        "retention_by: '%s'",
    ],
)
def test_password_in_the_wrong_place_is_not_repeated(home: Path, line: str) -> None:
    """Long enough that cutting the value would cut the @ off, by which a password is known."""
    url = "postgres://keeper:hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2@db/shop"
    assert "hunter2" not in message(home, f"unit: demo\n{line.replace('%s', url)}\n")
