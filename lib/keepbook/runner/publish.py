"""Reports appear whole or not at all: made aside, then put in place by renaming."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

STAGING = ".staging"


@contextmanager
def staged(folder: Path, reports: Path) -> Iterator[Path]:
    """A new empty folder that takes `folder`'s place when the block ends well, and vanishes when it does not."""
    aside = reports / STAGING / uuid.uuid4().hex[:12]
    aside.mkdir(parents=True)
    try:
        yield aside
        _swap(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _swap(aside: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    old = _old_of(folder)
    if folder.exists():
        folder.rename(old)
    try:
        aside.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(reports: Path) -> None:
    """Puts back what a run that was cut off between two renames had moved aside, and clears its leftovers."""
    for old in reports.glob("*/.old-*"):
        folder = old.with_name(old.name.removeprefix(".old-"))
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(folder)


def _old_of(folder: Path) -> Path:
    return folder.with_name(f".old-{folder.name}")


def write(path: Path, text: str) -> None:
    """Writes a file whole: aside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """As `write`, for an object."""
    write(path, json.dumps(value, ensure_ascii=False, indent=1, default=str))
