"""Catalogues: every language has every sentence with the same facts, and the library says each of them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, visitor
from fluent.syntax import ast as ftl

import keepbook
from keepbook.text import ENGLISH
from keepbook.text.language import FOLDER

LIBRARY = Path(keepbook.__file__).parent
FILES = sorted(FOLDER.glob("*/*.ftl"))
SHARED = ("formats", "shared")
# Files of a language that are still to be written, and why; to be struck out as they come.
MISSING: dict[str, dict[str, str]] = {"zh": {}}

Entry = ftl.Message | ftl.Term


def parsed(path: Path) -> list[ftl.EntryType]:
    return FluentParser().parse(path.read_text(encoding="utf-8")).body


def entries(path: Path) -> dict[str, Entry]:
    return {entry.id.name: entry for entry in parsed(path) if isinstance(entry, Entry)}


class Facts(visitor.Visitor):
    """The facts that an entry speaks of, and the other messages it takes in."""

    def __init__(self, entry: Entry | ftl.Attribute) -> None:
        self.names: set[str] = set()
        self.taken: set[str] = set()
        self.visit(entry)

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:
        self.names.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:
        self.taken.add(node.id.name)


class NeededFacts(Facts):
    """Those that it speaks of whatever it chooses."""

    def visit_SelectExpression(self, node: ftl.SelectExpression) -> None:
        self.visit(node.selector)


def parts(entry: Entry, others: dict[str, Entry] | None = None) -> dict[str, set[str]]:
    """Attribute (or "" for the value) → the facts in it, and in those of `others` that it takes in."""

    def facts_of(node: Entry | ftl.Attribute) -> set[str]:
        facts = Facts(node)
        taken = [others[name] for name in facts.taken if name in others] if others else []
        return facts.names.union(*(facts_of(entry.value) for entry in taken if entry.value))  # type: ignore[arg-type]

    found = {attribute.id.name: facts_of(attribute) for attribute in entry.attributes}
    return found | ({"": facts_of(entry.value)} if entry.value else {})  # type: ignore[arg-type]


def with_shared(path: Path) -> dict[str, Entry]:
    shared = path.with_name("shared.ftl")
    return (entries(shared) if shared.is_file() else {}) | entries(path)


def differences(english: Path, other: Path) -> list[str]:
    """What a language's file lacks, has too much, or says of other facts than the English one."""
    if not other.is_file():
        return [f"{other.parent.name}/{other.name} is missing"]
    ours, theirs = (
        {name: parts(entry, all_of) for name, entry in all_of.items()}
        for all_of in map(with_shared, (english, other))
    )
    found = [f"{name} is missing" for name in ours.keys() - theirs.keys()]
    own = {
        name for name in theirs.keys() - ours.keys() if not name.startswith("cell-")
    }  # English: the notebook
    found += [f"{name} is not in English" for name in own]
    return sorted(found) + [
        f"{name}: {theirs[name]} instead of {ours[name]}"
        for name in ours
        if name in theirs and theirs[name] != ours[name]
    ]


# ── every language ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_is_clean(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [entry.content for entry in parsed(path) if isinstance(entry, ftl.Junk)]
    names = Counter(entry.id.name for entry in parsed(path) if isinstance(entry, Entry))
    assert not [name for name, times in names.items() if times > 1], "defined twice"
    assert not [line for line in text.splitlines() if line != line.rstrip() or "\t" in line]
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert not [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", name)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_emphasis_is_closed_and_there_is_no_other_markup(path: Path) -> None:
    class Texts(visitor.Visitor):
        def visit_Pattern(self, node: ftl.Pattern) -> None:
            text = "".join(e.value for e in node.elements if isinstance(e, ftl.TextElement))
            assert not re.search("</?[a-z]", re.sub("<b>[^<>]*</b>", "", text)), text
            self.generic_visit(node)

    for entry in entries(path).values():
        Texts().visit(entry)


@pytest.mark.parametrize("path", [path for path in FILES if path.stem not in SHARED], ids=lambda p: p.stem)
def test_a_subject_redefines_nothing_shared(path: Path) -> None:
    assert not entries(path.with_name("shared.ftl")).keys() & entries(path).keys()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == ENGLISH], ids=lambda p: p.stem
)
def test_every_language_says_the_same_of_the_same_facts(path: Path) -> None:
    for folder in {path.parent for path in FILES} - {FOLDER / ENGLISH}:
        if path.stem in MISSING.get(folder.name, {}):
            assert not (folder / path.name).exists(), f"strike {path.stem} out of MISSING"
        else:
            assert not differences(path, folder / path.name), folder.name


def test_what_a_translation_has_wrong_is_found(tmp_path: Path) -> None:
    english, german = tmp_path / "en.ftl", tmp_path / "de.ftl"
    english.write_text("a = { $n } x\n    .t = { $m }\nb = y\nc = { $n ->\n   *[other] { $k }\n}\n")
    assert differences(english, german) == [f"{tmp_path.name}/de.ftl is missing"]
    german.write_text("c = { $k } { $n }\na = { $n } x\n    .t = { $m }\nb = y\n")
    assert differences(english, german) == []
    german.write_text("a = { $n } x\n    .t = { $n }\nc = { $k }\nd = z\n")
    assert differences(english, german) == [
        "b is missing",
        "d is not in English",
        "a: {'t': {'n'}, '': {'n'}} instead of {'t': {'m'}, '': {'n'}}",
        f"c: {{'': {{'k'}}}} instead of {{'': {set(parts(entries(english)['c'])[''])!r}}}",
    ]


# ── the library and its sentences ───────────────────────────────────────────────────────────────────────


def pattern_of(node: ast.expr) -> list[str]:
    """The ids that an argument can be, as regular expressions: constants, choices of them, f-strings."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.IfExp):
        return pattern_of(node.body) + pattern_of(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(
                re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else ".+"
                for piece in node.values
            )
        ]
    return []


def subjects_of(path: Path) -> dict[str, str]:
    """Function of a module that says sentences, or makes errors of them → the subject of its catalogue."""
    text = path.read_text(encoding="utf-8")
    both = r'^(\w+), (\w+) = catalogue\("(\w+)"\), errors\("\3"\)$'
    found = dict(re.findall(r'^(\w+) = (?:catalogue|errors)\("(\w+)"\)$', text, re.M))
    for say, wrong, subject in re.findall(both, text, re.M):
        found |= {say: subject, wrong: subject}
    return found


@cache
def asked() -> list[tuple[str, str, str]]:
    """Subject, pattern of the id, and where: every call of a function of `catalogue(…)` or `errors(…)`."""
    found = []
    for path in LIBRARY.rglob("*.py"):
        tree, says = ast.parse(path.read_text(encoding="utf-8")), subjects_of(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in says:
                where = f"{path.relative_to(LIBRARY)}:{node.lineno}"
                found += [(str(says[node.func.id]), one, where) for one in pattern_of(node.args[0])]
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Chart.of":  # says its caption, too
                subject, where = str(says[ast.unparse(node.args[0])]), f"{path.name}:{node.lineno}"
                found += [(subject, one, where) for one in pattern_of(node.args[1])]
                found += [(subject, rf"{one}\.caption", where) for one in pattern_of(node.args[1])]
    return found


@cache
def spoken() -> dict[tuple[str, str], Entry]:
    """Subject and id, or id.attribute → its entry, in English."""
    found = {}
    for path in (FOLDER / ENGLISH).glob("*.ftl"):
        for name, entry in entries(path).items():
            for part in parts(entry):
                found[path.stem, f"{name}.{part}" if part else name] = entry
    return found


def test_every_sentence_that_is_asked_for_is_there() -> None:
    missing = [
        f"{where}: {subject}, {pattern}"
        for subject, pattern, where in asked()
        if not any(stem in (subject, *SHARED) and re.fullmatch(pattern, name) for stem, name in spoken())
    ]
    assert not missing


@cache
def written() -> tuple[set[str], list[str]]:
    """Texts in code and templates that may be ids, and patterns of those that are put together."""
    texts, patterns = set[str](), []
    for path in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns += [one for one in pattern_of(node) if re.search("[a-z]{2}", one)]
    for path in (LIBRARY / "assets").iterdir():
        texts |= set(re.findall(r"say\(['\"]([\w.-]+)", path.read_text(encoding="utf-8")))
    return texts, patterns


def test_no_sentence_is_left_that_nobody_says() -> None:
    """Its id, or that of what it is part of, stands somewhere; or another sentence takes it in."""
    taken = {name for entry in spoken().values() for name in Facts(entry).taken}
    texts, patterns = written()
    unused = [
        f"{stem}.ftl: {name}"
        for stem, name in spoken()
        if not {name, name.partition(".")[0], name.partition(".")[2]} & (texts | taken)
        and not any(re.fullmatch(pattern, name) for pattern in patterns)
    ]
    assert sorted(unused) == []


def test_every_fact_of_a_sentence_is_given_where_it_is_asked_for_by_name() -> None:
    """No page is needed to find it out: keywords of the call, unless there is `**`."""
    wrong = []
    for path in LIBRARY.rglob("*.py"):
        for subject, name, given, line in calls_by_name(path):
            entry = next((spoken()[s, name] for s in (subject, *SHARED) if (s, name) in spoken()), None)
            if entry is not None and (lacks := needed(subject, name) - given):
                wrong.append(f"{path.relative_to(LIBRARY)}:{line}: {name} lacks {sorted(lacks)}")
    assert not wrong


def needed(subject: str, name: str) -> set[str]:
    """The facts that a sentence cannot do without, and those that it takes in."""
    stem = next(s for s in (subject, *SHARED) if (s, name) in spoken())
    entry, (_id, _dot, part) = spoken()[stem, name], name.partition(".")
    node = next((a for a in entry.attributes if a.id.name == part), None) if part else entry.value
    facts = NeededFacts(node)  # type: ignore[arg-type]
    return facts.names.union(*(needed(stem, other) for other in facts.taken))


def calls_by_name(path: Path) -> list[tuple[str, str, set[str], int]]:
    """Subject, id, facts given and line of every call with a constant id and without `**`."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), []
    subjects = subjects_of(path)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        subject = subjects.get(node.func.id)
        keywords = {keyword.arg for keyword in node.keywords}
        if subject and node.args and isinstance(node.args[0], ast.Constant) and None not in keywords:
            name, given = str(node.args[0].value), {k for k in keywords if k}
            parts = ("", ".expected", ".do") if node.func.id == "wrong" else ("",)
            found += [(subject, name + part, given, node.lineno) for part in parts]
    return found
