"""Keeps the values of `${NAME}` out of everything that is written or said."""

import json
import os
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, urlsplit

NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_NAME = re.compile(r"pass|pw|secret|token|key|credential", re.IGNORECASE)
SHORTEST, SHORTEST_NUMBER = 4, 6  # shorter ones (a port, a year) are no secrets, and occur in any report

Hide = Callable[[str], str]


def hider(*unit_files: Path) -> Hide:
    """Puts `${NAME}` for the value of every variable the unit files name, however a text quotes it."""
    forms: dict[str, str] = {}
    for name in {name for file in unit_files for name in _secret_names(_text_of(file))}:
        for value in _secrets_in(os.environ.get(name, "")):
            forms |= dict.fromkeys(_forms(value), f"${{{name}}}")
    if not forms:
        return str
    pattern = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))
    return lambda text: pattern.sub(lambda match: forms[match[0]], text)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _secret_names(text: str) -> set[str]:
    """Variables that stand in a URL or hold one, or are called like a secret; a part of a path is none."""
    in_urls = {name for line in text.splitlines() if "://" in line for name in NAME.findall(line)}
    named = set(NAME.findall(text))
    return in_urls | {n for n in named if SECRET_NAME.search(n) or "://" in os.environ.get(n, "")}


def _secrets_in(value: str) -> list[str]:
    """The value; and where it is a whole address, the password inside it, which drivers quote alone."""
    try:
        password = urlsplit(value).password or ""
    except ValueError:
        password = ""
    found = {value, password, unquote(password)}
    return [v for v in found if len(v) >= (SHORTEST_NUMBER if v.isdigit() else SHORTEST)]


def _forms(value: str) -> set[str]:
    quoted = {value, quote(value), quote(value, safe=""), quote_plus(value), repr(value)[1:-1]}
    quoted |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return quoted | {escape(form) for form in quoted}
