"""The house keeps its plan: imports run downwards, each foreign package has one home, rooms stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from keepbook.book import SUBJECTS as OPENED

LIBRARY = Path(__file__).parents[1] / "lib" / "keepbook"
MODULES = sorted(LIBRARY.rglob("*.py"))

SUBJECTS = {*OPENED, "experiments", "before_after", "summary", "quality", "drafting"}
# Top to bottom as in the README; a room may import only rooms further up the list, or itself.
FLOORS = [
    {"errors"},
    {"results"},
    {"text", "stats"},
    {"unit", "simulate"},
    {"reading"},
    {"tables"},
    {"plotting"},
    {"page"},
    SUBJECTS,  # never each other
    {"book", "report", "export"},
    {"runner"},
    {"console"},
    {"cli"},
    {"__init__"},
]
MAX_LINES = 300  # of a module; a longer one says why in its first line
HOMES = {
    "ibis": {
        "reading",
        "tables",
        "stats",
        *SUBJECTS,
    },  # measures are expressions; only reading opens anything
    "duckdb": {"reading"},
    "seaborn": {"plotting", *SUBJECTS},
    "matplotlib": {"plotting", *SUBJECTS},
    "papermill": {"runner"},
    "nbconvert": {"report"},
    "pydantic": {"unit"},
    "psycopg": {"reading"},
    "sqlite3": {"reading"},
    "python_calamine": {"reading"},
    "charset_normalizer": {"reading"},
    "yaml": {"unit", "drafting"},
    "lifetimes": {"clv"},
    "sklearn": {"clv"},
    "rich": {"console"},
    "xlsxwriter": {"export"},
    "fluent": {"text"},
    "babel": {"text"},
}


def room_of(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "keepbook":
                found |= {f"keepbook.{alias.name}" for alias in node.names}
    return found


def floor_of(room: str) -> int:
    return next(i for i, rooms in enumerate(FLOORS) if room in rooms)


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in MODULES} == set().union(*FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_imports_run_downwards(path: Path) -> None:
    room = room_of(path)
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("keepbook.")} - {
        "__version__"
    }
    wrong = {other for other in rooms - {room} if floor_of(other) >= floor_of(room)}
    assert not wrong, f"{room} imports {wrong}, which stand beside or above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_foreign_packages_have_one_home(path: Path) -> None:
    packages = {name.split(".")[0] for name in imports_of(path)}
    assert not {p for p in packages & HOMES.keys() if room_of(path) not in HOMES[p]}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_LINES or "(long: " in text.partition("\n")[0], (
        "no reason in its first line"
    )
    functions = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for function in functions:
        body = (function.end_lineno or 0) - function.lineno + 1
        documented = ast.get_docstring(function)
        length = body - (documented.count("\n") + 1 if documented else 0)
        assert length <= 50, f"{function.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_public_functions_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module says nothing of itself"
    public = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not public


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_every_error_says_what_to_do(path: Path) -> None:
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    errors = [
        n for n in calls if getattr(n.func, "id", "") in ("KeepbookError", "UnitFileError", "DataError")
    ]
    silent = [n.lineno for n in errors if not {"do", None} & {word.arg for word in n.keywords}]
    assert not silent, f"no `do` in lines {silent}"


def test_the_lock_holds_hashes_and_no_address() -> None:
    lock = (LIBRARY.parents[1] / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > lock.count("==") > 100
