"""One notebook run in one kernel of its own, through papermill."""

import logging
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen
from threading import Event
from typing import Any, ClassVar

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.exceptions import PapermillExecutionError
from papermill.inspection import inspect_notebook
from traitlets import Unicode
from traitlets.config import Config

from keepbook.errors import MIME_TYPE, KeepbookError
from keepbook.text import FULL, LANGUAGE, as_error, catalogue, current, errors, joined

START_TIMEOUT = 120  # seconds; many kernels may start at once on a small machine
ATTEMPTS = 1 if sys.platform != "win32" else 2  # TCP ports are now and then taken between pick and bind
SOCKET_PATH = 70  # characters of its folder; the system allows some 100 for the whole path
STDERR = "stderr.txt"
PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}
GIVEN = ("unit", "save_to")  # what every notebook of the project has as a parameter
EXTENSION = "--ext=keepbook.errors"  # errors of ours leave the kernel as data
NOTEBOOK = "KEEPBOOK_NOTEBOOK"  # environment variable of the kernel: which notebook it runs
say, wrong = catalogue("runner"), errors("runner")
logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what it has to say, the outcome says better


class CellFailed(Exception):
    """A notebook did not run to its end: what went wrong, the code of its cell, and a traceback."""

    def __init__(self, fault: KeepbookError, cell: str, traceback: str = "") -> None:
        super().__init__(str(fault))
        self.fault, self.cell, self.traceback = fault, cell, traceback


class Kernel(AsyncKernelManager):
    """A kernel that is known while it lives, so that an interrupted run can end it from another thread."""

    living: ClassVar[dict[int, Popen[bytes]]] = {}
    ending: ClassVar[Event] = Event()
    stderr_file = Unicode(config=True, help="File for what the process itself says, e.g. why it crashed.")
    notebook = Unicode(config=True, help="Name of the notebook, for the notebook.")
    language = Unicode(config=True, help="Language of the report.")

    async def start_kernel(self, *args: Any, extra_arguments: Sequence[str] = (), **kwargs: Any) -> None:  # type: ignore[override]
        """As in any kernel manager."""
        kwargs |= {"env": {**os.environ, NOTEBOOK: self.notebook, LANGUAGE: self.language}}
        with open(self.stderr_file, "wb") as stderr:  # noqa: PTH123
            await super().start_kernel(
                *args, stderr=stderr, extra_arguments=[*extra_arguments, EXTENSION], **kwargs
            )
        if process := getattr(self.provisioner, "process", None):
            self.living[id(self)] = process
        if self.ending.is_set():
            self.end_all()

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """As in any kernel manager."""
        self.living.pop(id(self), None)
        await super().cleanup_resources(restart)

    @classmethod
    def end_all(cls) -> None:
        """Ends every kernel, with what it has started itself; those about to start end at once."""
        cls.ending.set()
        for process in list(cls.living.values()):
            if process.poll() is not None:
                continue
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)  # each kernel leads a group of its own


def execute(path: Path, parameters: dict[str, Any], scratch: Path) -> nbformat.NotebookNode:
    """The notebook, run with parameters; nothing is written by papermill, whose writes can be seen half done.

    Raises
    ------
    CellFailed : a cell raised or ended the kernel, or the kernel died.
    KeepbookError : it is no notebook, or does not have the parameters.
    """
    notebook, reached = _read(path), list[nbformat.NotebookNode]()

    def remember(cell: nbformat.NotebookNode, **_index: int) -> None:
        reached.append(cell)

    for attempt in range(ATTEMPTS):
        folder = _folder(scratch)
        try:
            made = papermill.execute_notebook(
                notebook,
                None,
                parameters=parameters,
                kernel_manager_class=Kernel,
                config=_private(folder, path.stem),
                on_cell_execute=remember,
                progress_bar=False,
                log_output=False,
                start_timeout=START_TIMEOUT,
            )
            break
        except PapermillExecutionError as error:
            raise _raised(error, path, reached) from error
        except RuntimeError as error:  # nbclient's word for a dead kernel, while it starts or later
            if reached or attempt + 1 == ATTEMPTS or Kernel.ending.is_set():
                raise _died(error, path, reached, folder) from error
    _ended_itself(made, path)
    return made


def _read(path: Path) -> nbformat.NotebookNode:
    """The notebook without outputs: what a report shows was computed for it."""
    try:
        notebook = papermill.iorw.load_notebook_node(str(path))
        nbformat.validate(notebook)
    except OSError:
        raise
    except Exception as error:  # its readers have no exception of their own for a file that is something else
        reason = next(iter(str(error).splitlines()), type(error).__name__)[:200]
        raise wrong("no-jupyter-notebook", path, reason=reason) from error
    notebook.metadata["kernelspec"] = PYTHON  # this one's Python, whatever its last editor called it
    if missing := [name for name in GIVEN if name not in inspect_notebook(notebook)]:
        raise wrong("no-parameter", path.name, name=missing[0], names=joined(GIVEN))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _folder(scratch: Path) -> Path:
    short = sys.platform == "win32" or len(str(scratch)) <= SOCKET_PATH
    return Path(tempfile.mkdtemp(prefix="kb-", dir=scratch if short else "/tmp"))


def _private(folder: Path, notebook: str) -> Config:
    """Unix sockets in a folder of this kernel's own: kernels side by side cannot take each other's ports."""
    own = {"stderr_file": str(folder / STDERR), "notebook": notebook, "language": current()}
    if sys.platform != "win32":
        own |= {"transport": "ipc", "connection_file": str(folder / "k.json")}
    return Config(Kernel=own)


# ── what went wrong ─────────────────────────────────────────────────────────────────────────────────────


def _raised(error: PapermillExecutionError, path: Path, reached: list[nbformat.NotebookNode]) -> CellFailed:
    where = f"{path.name}, In [{error.exec_count}]"
    if error.ename == "SystemExit":
        return CellFailed(wrong("ended-itself", where), error.source)
    known = next((_data_of(cell) for cell in reached if cell.execution_count == error.exec_count), {})
    trace = known.get("traceback") or "\n".join(error.traceback)
    if "what" in known:
        fault = KeepbookError.from_dict(known)
    elif known.get("errno") in FULL:
        fault = as_error(OSError(known["errno"], error.evalue))
    else:
        fault = wrong("cell-failed", error=f"{error.ename}: {error.evalue[:500]}")
    fault.where = fault.where or where
    return CellFailed(fault, error.source, trace)


def _data_of(cell: nbformat.NotebookNode) -> dict[str, Any]:
    """What a cell's error is, as `keepbook.errors` handed it over; nothing where that was none of ours."""
    data = [output.data for output in cell.outputs if output.output_type == "display_data"]
    return next((one[MIME_TYPE] for one in reversed(data) if MIME_TYPE in one), {})


def _died(error: RuntimeError, path: Path, reached: list[nbformat.NotebookNode], folder: Path) -> CellFailed:
    stderr = (folder / STDERR).read_text(encoding="utf-8", errors="replace")[-5000:]
    where = say("kernel-died.where", file=path.name, cell=len(reached)) if reached else path.name
    fault = wrong("kernel-died", where, started=bool(reached))
    return CellFailed(fault, reached[-1].source if reached else "", f"{error}\n{stderr}")


def _ended_itself(notebook: nbformat.NotebookNode, path: Path) -> None:
    """papermill passes over `sys.exit(0)`, with all cells behind it unseen."""
    for cell in notebook.cells:
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            where = f"{path.name}, In [{cell.execution_count}]"
            raise CellFailed(wrong("ended-itself", where), cell.source)
