"""One run at a time for a folder of reports, and nothing left lying about by runs that died."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from keepbook.runner.publish import STAGING
from keepbook.text import catalogue, errors

LOCK, PREFIX = ".lock", "kb-"

say, wrong = catalogue("runner"), errors("runner")


@contextmanager
def locked(reports: Path) -> Iterator[Path]:
    """Holds `reports` for the block, and yields a scratch folder, which all temporary files of the run go to.

    The lock is the operating system's, which frees it however a run ends, so none is ever stale. The file
    says who holds it and which scratch folder the next run has to clear if this one is killed.

    Raises
    ------
    KeepbookError : another run holds it.
    """
    reports.mkdir(parents=True, exist_ok=True)
    with (reports / LOCK).open("a+b", buffering=0) as file:
        file.seek(0)
        process, _, scratch = file.read().decode(errors="replace").partition(" ")
        if not _taken(file):
            raise wrong("another-run", reports, process=process or say("another-run.unknown"))
        _clear(reports, Path(scratch))
        mine = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            _note(file, f"{os.getpid()} {mine}")
            yield mine
        finally:
            _clear(reports, mine)
            _note(file, "")


def _taken(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 20)  # far behind the text, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _note(file: BinaryIO, text: str) -> None:
    with suppress(OSError):  # a full disk: the lock holds without words
        file.truncate(0)
        file.write(text.encode())


def _clear(reports: Path, scratch: Path) -> None:
    shutil.rmtree(reports / STAGING, ignore_errors=True)
    if scratch.name.startswith(PREFIX):  # never trust a file to name a folder to delete
        shutil.rmtree(scratch, ignore_errors=True)
