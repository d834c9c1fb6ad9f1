"""A browser without a window prints a page: found where it usually is, ended in time, nothing left of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from keepbook.text import errors

VARIABLE = "KEEPBOOK_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
MAX_SECONDS = 180  # of one print
MAX_FAREWELL = 1.0  # seconds until the last of its processes is gone
MAX_SAID = 200  # characters of what it said
BARE = "--no-sandbox"  # as root it must be without
SANDBOX = re.compile("no usable sandbox|move to new namespace", re.IGNORECASE)
QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-breakpad",  # its watcher would outlive it
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--proxy-server=127.0.0.1:9",  # whatever it would ask for, nobody answers
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)

wrong = errors("export")


def find_chromium(page: Path) -> str:
    """The browser to print with; `page` is what a reader may print by hand.

    Raises
    ------
    KeepbookError : there is none.
    """
    if named := os.environ.get(VARIABLE):
        if found := shutil.which(named):
            return found
        raise wrong("no-such-chromium", named)
    if found := next(filter(None, map(shutil.which, (*NAMES, *_usual_places()))), None):
        return found
    raise wrong("no-chromium", page=str(page))


def _usual_places() -> list[str]:
    """Where it is on systems that do not put it on the path."""
    if sys.platform == "darwin":
        return [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in MAC]
    if sys.platform == "win32":
        roots = filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")))
        return [str(Path(root, place)) for root in roots for place in WINDOWS]
    return []


def print_page(html: str, path: Path, program: str, marks: list[str], *, page: Path) -> int:
    """Prints a page of HTML into a PDF.

    Parameters
    ----------
    html : the page; it loads nothing.
    path : of the PDF; the page lies beside it meanwhile, for a confined browser does not see every folder.
    program : the browser.
    marks : ids of the page that links lead to. A browser that could not read the page prints its own words
        instead and says that all is well: the document is only taken if all are in it.
    page : what a reader may print by hand if this fails.

    Returns
    -------
    int : number of pages.

    Raises
    ------
    KeepbookError : no whole document came of it in time.
    """
    source = path.with_suffix(".html")
    try:
        source.write_text(html, encoding="utf-8")
        said = _run(program, [f"--print-to-pdf={path}", source.resolve().as_uri()], page)
    finally:
        with suppress(OSError):
            source.unlink(missing_ok=True)
    content = path.read_bytes() if path.is_file() else b""
    if not content.startswith(b"%PDF") or not all(f"/{mark}".encode() in content for mark in marks):
        raise wrong("chromium-failed", program, reason=said, page=str(page))
    return len(re.findall(rb"/Type\s*/Page\b", content))


def _run(program: str, wanted: list[str], page: Path) -> str:
    """Runs it to its end; the last thing it said."""
    root = sys.platform != "win32" and os.geteuid() == 0
    said = _once([program, *QUIET, *([BARE] if root else []), *wanted], page)
    if not root and SANDBOX.search(
        said
    ):  # in some containers it cannot shut itself in; the page has no script
        said = _once([program, *QUIET, BARE, *wanted], page)
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1][:MAX_SAID] if lines else "–"


def _once(command: list[str], page: Path) -> str:
    """Runs it once, in a profile of its own, for as long as it may take; what it said."""
    with tempfile.TemporaryDirectory(prefix="keepbook-", ignore_cleanup_errors=True) as profile:
        said, own = Path(profile, "said.txt"), f"--user-data-dir={profile}"
        with said.open("wb") as output, _started([command[0], own, *command[1:]], output) as process:
            try:
                process.wait(MAX_SECONDS)
            except subprocess.TimeoutExpired:
                raise wrong("chromium-hung", command[0], seconds=MAX_SECONDS, page=str(page)) from None
        return said.read_text(encoding="utf-8", errors="replace")


@contextmanager
def _started(command: list[str], output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that leads a group of its own, of which none is left when the block ends, however it ends."""
    new: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        new = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    new |= {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
    process = None
    try:
        with _uninterrupted():
            process = subprocess.Popen(command, **new)
        yield process
    finally:
        if process:
            _end(process)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: else a process could be started that nobody knows of."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting, before = list[int](), {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    for one in before:
        signal.signal(one, lambda number, _frame: waiting.append(number))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler or signal.SIG_DFL)
        for number in waiting:
            signal.raise_signal(number)


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
        process.wait()
        return
    deadline = time.monotonic() + MAX_FAREWELL
    with suppress(ProcessLookupError):  # raised as soon as none is left that could write into the profile
        while time.monotonic() < deadline:
            os.killpg(process.pid, signal.SIGKILL)
            process.poll()
            time.sleep(0.02)
    process.wait()
