"""A PostgreSQL server of the tests' own: a new cluster in a folder of its own, passwords by SCRAM."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import unavailable

ADMIN, PASSWORD = "admin", "the password of admin"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
SETTINGS = {
    "fsync": "off",
    "max_connections": "20",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}


@dataclass
class Server:
    """A server on the loopback address; `start` and `stop` may be called as often as a test likes.

    Attributes
    ----------
    programs : folder of PostgreSQL's programs.
    folder : holds the cluster, its socket and its log.
    port : a free one.
    """

    programs: Path
    folder: Path
    port: int
    process: subprocess.Popen | None = field(default=None, repr=False)

    def start(self) -> None:
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "-k", self.folder, *settings], stdout=log, stderr=log, cwd="/", **_nobody_special()
            )
        end = time.monotonic() + 30
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.folder / "log").read_text(errors="replace"))
            time.sleep(0.05)

    def stop(self) -> None:
        """As an administrator does it: sessions are ended, and told so."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def run(self, *statements: str, base: str = "shop") -> list[Any]:
        """Statements as the administrator; what the last one finds."""
        import psycopg

        with psycopg.connect(self.dsn(base), autocommit=True) as session:
            for statement in statements:
                found = session.execute(statement)
            return found.fetchall() if found.description else []

    def dsn(self, base: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={ADMIN} password='{PASSWORD}' dbname={base}"

    def _answers(self) -> bool:
        import psycopg

        try:
            self.run("SELECT 1", base="postgres")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def serving() -> Iterator[Server]:
    """A running server with an empty database called shop."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        unavailable("no driver for PostgreSQL found: pip install 'psycopg[binary]'")
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="keepbook-pg-", dir="/tmp"))  # short: a socket's path has 107 signs
    server = Server(programs, folder, _free_port())
    try:
        _make_cluster(server)
        server.start()
        server.run("CREATE DATABASE shop", base="postgres")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The newest PostgreSQL on this machine."""
    found = [path for place in PLACES for path in Path("/").glob(place[1:]) if (path / "initdb").exists()]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if not found or os.name != "posix":
        unavailable("no PostgreSQL found: apt-get install postgresql")
    return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])


def _make_cluster(server: Server) -> None:
    secret = server.folder / "password"
    secret.write_text(PASSWORD)
    user = _nobody_special()
    if user:
        for path in (server.folder, secret):
            shutil.chown(path, user["user"], user["group"])
    command = [server.programs / "initdb", "-D", server.folder / "data", "-U", ADMIN, "--pwfile", secret]
    more = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run([*command, *more], capture_output=True, text=True, cwd="/", **user)
    if made.returncode:
        raise RuntimeError(made.stderr)


def _nobody_special() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    import pwd  # not on Windows, where this is never asked

    if os.geteuid():
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        unavailable("PostgreSQL does not run as root, and there is no user postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
