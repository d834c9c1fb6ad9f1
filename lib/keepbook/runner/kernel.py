"""One notebook run in one kernel of its own, through papermill."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from keepbook.errors import KeepbookError, from_text

START_TIMEOUT = 120  # seconds; many kernels may start at once on a small machine


class CellFailed(Exception):
    """A cell of a notebook raised.

    Attributes
    ----------
    fault : what went wrong, as a person is told. cell : its code. traceback : for whoever mends it.
    """

    def __init__(self, fault: KeepbookError, cell: str, traceback: str) -> None:
        super().__init__(str(fault))
        self.fault, self.cell, self.traceback = fault, cell, traceback


def execute(notebook: Path, output: Path, parameters: dict[str, Any]) -> None:
    """Runs a notebook with parameters and writes the executed one to `output`.

    Raises
    ------
    CellFailed : a cell raised, or the kernel died.
    """
    attempts = 1 if _has_ipc() else 2  # TCP ports are now and then taken between being picked and bound
    for attempt in range(attempts):
        try:
            with _private_kernel() as config:
                papermill.execute_notebook(
                    str(notebook),
                    str(output),
                    parameters=parameters,
                    config=config,
                    progress_bar=False,
                    log_output=False,
                    start_timeout=START_TIMEOUT,
                )
            return
        except PapermillExecutionError as error:
            raise _cell_failed(error) from error
        except RuntimeError as error:
            if attempt + 1 == attempts or "died before replying" not in str(error):
                died = KeepbookError(
                    "The notebook's kernel died.",
                    where=notebook.name,
                    expected="a kernel that lives to the last cell; it may have run out of memory",
                    do="Run with fewer --jobs, or set KEEPBOOK_MEMORY lower.",
                )
                raise CellFailed(died, "", f"{type(error).__name__}: {error}") from error


@contextmanager
def _private_kernel() -> Iterator[Config]:
    """Unix sockets at a path of this run's own: kernels side by side cannot take each other's ports."""
    if not _has_ipc():
        yield Config()
        return
    folder = tempfile.mkdtemp(prefix="kb-")
    try:
        settings = {"transport": "ipc", "connection_file": os.path.join(folder, "k.json")}  # noqa: PTH118
        yield Config(AsyncKernelManager=settings, KernelManager=settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_ipc() -> bool:
    return sys.platform != "win32"


def _cell_failed(error: PapermillExecutionError) -> CellFailed:
    known = from_text(error.evalue)
    if known is None:
        known = KeepbookError(f"{error.ename}: {str(error.evalue)[:500]}", do="The cell and traceback below say more.")
    return CellFailed(known, error.source, "\n".join(error.traceback))
