"""Turns what engines and drivers say into what a person is told; a secret never passes."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

import pyarrow as pa

from keepbook.errors import DataError, KeepbookError
from keepbook.unit import Unit

OUR_OWN_FAULTS = (NameError, AttributeError, TypeError, AssertionError)
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
CSV_LINE = re.compile(r"CSV Error on Line: (\d+)\n(?:Original Line: ?(.*)\n)?")
CSV_FILE = re.compile(r"^\s*file = (.+)$", re.MULTILINE)
COPY_WITHOUT = re.compile(r"/copy-(\d+)-[0-9a-f]+/")  # how many lines of the file a copy of it leaves out
FULL = "memory is full, and so is the disk for temporary files: free some (TMPDIR), or raise KEEPBOOK_MEMORY"
PLAINLY = {  # what an engine says → the same for people
    "Out of Memory Error": FULL,
    "No space left on device": FULL,
    "state machine reached": "{file} mixes kinds of line ends, or a quote in it is not closed",
}
# the folder of a file that is named in quotes
FOLDER = re.compile(r"""(?<=["'])(?:/|[A-Za-z]:\\)[^"']*[/\\](?=[^/\\"']+["'])""")
CSV_REASONS = {  # what DuckDB says → what is wrong with the line
    r"Expected Number of Columns: (\d+) Found: 1\b": r"has 1 field, not \1",
    r"Expected Number of Columns: (\d+) Found: (\d+)": r"has \2 fields, not \1",
    r"unterminated quote": r"has a quote that is not closed, or text behind a closing quote",
    r"not utf-8 encoded": r"is not UTF-8 text",
    r"Maximum line size": r"is too long to be a line: is a quote above it not closed?",
}


def place(unit: Unit, table: str) -> str:
    """Where a source stands: file and key."""
    return f"{unit.path.parent.name}/{unit.path.name}, {table}"


@contextmanager
def reading(unit: Unit, table: str) -> Iterator[None]:
    """Whatever a source makes go wrong inside the block leaves it as a `DataError` that says where.

    Faults of this library stay what they are. The engine's own error is not chained: it may hold a password.
    """
    where = place(unit, table)
    try:
        yield
    except KeepbookError as fault:
        fault.where = fault.where or where
        raise
    except Exception as fault:  # every engine has an exception family of its own
        if isinstance(fault, OUR_OWN_FAULTS) and not isinstance(fault, pa.ArrowException):
            raise
        raise DataError(
            f"The source '{table}' cannot be read: {without_secrets(in_a_line(fault), unit)}",
            where=where,
            do="Check that it is there, whole and what the unit file says, and that the disk has room.",
        ) from None


def in_a_line(fault: BaseException) -> str:
    """An engine's message in one line; for a broken line of a CSV file which one it is."""
    text = str(fault)
    file = CSV_FILE.search(text)
    name = Path(file[1]).name if file else "the file"
    for sign, words in PLAINLY.items():
        if sign in text:
            return words.format(file=name)
    if line := CSV_LINE.search(text):
        said = ((re.search(pattern, text), reason) for pattern, reason in CSV_REASONS.items())
        reason = next((found.expand(reason) for found, reason in said if found), "cannot be read")
        skipped = COPY_WITHOUT.search(file[1]) if file else None
        number = int(line[1]) + int(skipped[1] if skipped else 0)
        return f"line {number} of {name} {reason}: {(line[2] or '')[:80]!r}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else type(fault).__name__
    sought = "No files found" in first or isinstance(fault, OSError)  # where it was looked for is the answer
    return (first if sought else FOLDER.sub("", first))[:300]


def without_secrets(text: str, unit: Unit) -> str:
    """The text with every environment value a source uses, however it is written, as its `${NAME}` again."""
    parts = [part for source in unit.sources.values() for part in source.named_sources().values()]
    forms = {form: name for name in PLACEHOLDER.findall(" ".join(parts)) for form in _forms_of(name)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, f"${{{forms[form]}}}")
    return text


def _forms_of(name: str) -> set[str]:
    """A secret as it is, as it stands in a URL, and the pieces a reader of URLs may cut it into."""
    value = os.environ.get(name, "")
    plain = unquote(value)
    pieces = {piece for piece in re.split(r"[/?#@:&=]", f"{value}@{plain}") if len(piece) >= 4}
    return {value, plain, quote(value, safe=""), *pieces} - {""}
