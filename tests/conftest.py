"""What tests share: a project folder of their own, units written in one line, and where big data lie."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import yaml

from keepbook.text import speak
from keepbook.unit import Unit, load_unit

if TYPE_CHECKING:
    from experiment_pages import Read
    from init_data import Keepbook
    from postgres import Server
    from runner_data import Project

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _no_home_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)


@pytest.fixture(autouse=True)
def _no_language_from_before() -> Iterator[None]:
    """A book that was opened leaves its language in force."""
    yield
    speak(None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty project folder."""
    (tmp_path / "params").mkdir()
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Callable[..., Unit]:
    """`shop(lines, **settings)` writes lines.csv and params/shop.yaml, and loads the unit."""
    return lambda *args, **settings: write_unit(home, *args, **settings)


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    """A unit called shop that chooses nothing by itself, for tests that make their tables some other way."""
    home = tmp_path_factory.mktemp("home")
    (home / "params").mkdir()
    return write_unit(home, "customer_id,date,amount\n")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data that lie beside the project; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("KEEPBOOK_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"there is no shared data at {folder}; set KEEPBOOK_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def sample_reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of all sample units in `all`, and demo's in Chinese in `zh`; made once for all processes.

    KEEPBOOK_SAMPLE_REPORTS names a folder that holds them already.
    """
    if made_before := os.environ.get("KEEPBOOK_SAMPLE_REPORTS"):
        return Path(made_before)
    import fcntl

    from keepbook.runner import run

    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "sample-reports"
    with Path(f"{folder}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "failed.txt").exists():
            made = [*run(REPOSITORY, jobs=2, reports=folder / "all")]
            made += run(REPOSITORY, ["demo"], jobs=2, reports=folder / "zh", languages=["zh"])
            failed = [
                f"{outcome.unit} {outcome.notebook}: {outcome.fault}" for outcome in made if outcome.fault
            ]
            (folder / "failed.txt").write_text("\n".join(failed), encoding="utf-8")
    assert not (folder / "failed.txt").read_text(encoding="utf-8")
    return folder


def write_unit(
    home: Path,
    lines: str | bytes | None = None,
    *,
    transactions: dict[str, Any] | None = None,
    customers: str | dict[str, Any] | None = None,
    assignments: str | dict[str, Any] | None = None,
    **settings: Any,
) -> Unit:
    """A unit called shop.

    Parameters
    ----------
    lines : content of lines.csv; None writes none.
    transactions : keys beside or instead of `source: lines.csv`.
    customers, assignments : content of customers.csv and assignments.csv, every column of it mapped; or the
        table's keys.
    **settings : top-level keys.
    """
    if lines is not None:
        (home / "lines.csv").write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    document: dict[str, Any] = {"unit": "shop", **settings}
    document["transactions"] = {"source": "lines.csv", **(transactions or {})}
    for name, table in (("customers", customers), ("assignments", assignments)):
        if isinstance(table, str):
            (home / f"{name}.csv").write_text(table, encoding="utf-8", newline="")
            columns = table.partition("\n")[0].split(",")
            table = {"source": f"{name}.csv", "columns": {column: column for column in columns}}
        if table:
            document[name] = table
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    (home / "params" / "shop.yaml").write_text(text, encoding="utf-8")
    return load_unit("shop", home)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project folder that still has no units."""
    from runner_data import Project

    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)
    return Project(tmp_path / "project")


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notebooks "run" without a kernel, where what happens around them is the point; returns who was run."""
    import nbformat

    from keepbook.runner import task as one_task

    ran: list[str] = []

    def execute(path: Path, parameters: dict[str, str], scratch: Path) -> nbformat.NotebookNode:
        ran.append(parameters["unit"])
        Path(parameters["save_to"], "key_figures.json").write_text('{"figures": []}', encoding="utf-8")
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(one_task, "execute", execute)
    return ran


@pytest.fixture
def keepbook(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keepbook:
    """`keepbook` with these arguments, in an empty project: exit code, stdout, stderr. Never a traceback."""
    from keepbook import cli

    monkeypatch.chdir(home)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


@pytest.fixture
def read_page(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The whole page of a unit's experiment, without a kernel."""
    from experiment_pages import page

    return lambda unit: page(unit, monkeypatch, whole=True)


@pytest.fixture
def first_screen(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The first screen of it: the verdict, key figures and findings."""
    from experiment_pages import page

    return lambda unit: page(unit, monkeypatch, whole=False)


# ── a real browser ──────────────────────────────────────────────────────────────────────────────────────

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def unavailable(reason: str) -> NoReturn:
    """Skip on a desk, fail in CI: there the browser is part of the check."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; KEEPBOOK_BROWSER names another one."""
    program = os.environ.get("KEEPBOOK_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    return program or unavailable("no Chromium found: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator:
    """The same, headless, to open pages in."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("no Playwright found: pip install playwright")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=QUIET)
        yield running
        running.close()


# ── a PostgreSQL server ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """One server for all modules, with the user keeper and the schemas public and sales."""
    from databases_data import WORD
    from postgres import serving

    with serving() as server:
        server.run(
            f"CREATE ROLE keeper LOGIN PASSWORD '{WORD}'",
            "CREATE SCHEMA sales",
            "GRANT USAGE ON SCHEMA sales TO keeper",
            "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO keeper",
        )
        yield server


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, and the password of keeper where a source asks for it."""
    from databases_data import WORD

    monkeypatch.setenv("SHOP_PASSWORD", WORD)
    return running


@pytest.fixture(scope="session")
def orders(running: Server) -> list[tuple[Any, ...]]:
    """The lines that stand in `orders`, in the schema sales, in a view and under names with capitals."""
    from databases_data import COLUMNS, copy_in, made_lines

    lines = made_lines()
    copy_in(running, "orders", COLUMNS, lines)
    copy_in(running, "sales.orders", COLUMNS, lines)
    running.run(
        "CREATE VIEW seen AS SELECT * FROM orders",
        'CREATE TABLE "Order Lines" AS SELECT who AS "Who", placed_at AS "Placed At", amount AS "AMOUNT", '
        'order_id AS "Order", note FROM orders',
    )
    return lines
