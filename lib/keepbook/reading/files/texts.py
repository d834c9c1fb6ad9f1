"""Text files as the engine needs them: UTF-8, one kind of line end, the column names first.

A file that is so already is read where it is. Any other is written anew, once, into the engine's folder.
"""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from keepbook.errors import DataError
from keepbook.reading.files.encodings import Undecided, encoding_of

MAX_HEAD = 128 * 1024  # characters: more than any title and some data
CHUNK = 1024 * 1024
ANSI = "an encoding such as gb18030 or cp1252 as `encoding:`, or a file in UTF-8"


@dataclass(frozen=True)
class TextFile:
    """A file and how its letters are written."""

    path: Path
    encoding: str

    @property
    def is_utf8(self) -> bool:
        return self.encoding in ("utf-8", "utf-8-sig")

    @property
    def _codec(self) -> str:
        return "utf-8-sig" if self.is_utf8 else self.encoding  # a mark is no part of the first name

    def head(self) -> str:
        """The beginning of its text, in whole lines.

        Raises
        ------
        DataError : it is empty, or cannot be read in its encoding, or is no text.
        """
        with self.text() as text:
            head = text.read(MAX_HEAD) + text.readline()
        if not head.strip():
            raise self.empty()
        if "\0" in head:
            raise _undecided(self.path, "holds zero bytes")
        return head

    def empty(self) -> DataError:
        """What to say of a file without anything in it."""
        return DataError(
            f"{self.path.name} is empty.", expected="a line of column names and data", do="Export it again."
        )

    def plain(self, skipped: int, folder: Path) -> Path:
        """The file, or a copy of it in UTF-8 without its first lines and with one kind of line end."""
        packed = self.path.suffix.lower() == ".gz" != self.path.suffix  # the engine knows small letters only
        if self.is_utf8 and not skipped and not packed and not self._mixes_line_ends():
            return self.path
        mark = hashlib.sha256(f"{self.path} {self.encoding}".encode()).hexdigest()[:12]
        place = folder / f"copy-{skipped}-{mark}"  # what the engine says of the copy can be told of the file
        place.mkdir(exist_ok=True)
        copy = place / re.sub(r"\.gz$", "", self.path.name, flags=re.IGNORECASE)
        with self.text() as text, copy.open("w", encoding="utf-8", newline="\n") as clean:
            for _ in range(skipped):
                text.readline()
            while chunk := text.read(CHUNK):
                clean.write(chunk)
        return copy

    def _mixes_line_ends(self) -> bool:
        """Whether lines, or breaks inside quotes, end in several ways: the engine wants one."""
        pairs = feeds = returns = 0
        last = b""
        with binary(self.path) as file:
            while chunk := file.read(CHUNK):
                if b"\r" in chunk or last == b"\r":
                    pairs += (last + chunk).count(b"\r\n")
                    returns += chunk.count(b"\r")
                feeds += chunk.count(b"\n")
                last = chunk[-1:] if chunk.endswith(b"\r") else b""
        return sum(count > 0 for count in (pairs, feeds - pairs, returns - pairs)) > 1

    @contextmanager
    def text(self) -> Iterator[io.TextIOWrapper]:
        """Its text, line ends made alike.

        Raises
        ------
        DataError : a byte is not what the encoding allows; the message says in which line.
        """
        try:
            with (
                binary(self.path) as file,
                io.TextIOWrapper(cast(io.BufferedReader, file), self._codec, newline=None) as text,
            ):
                yield text
        except UnicodeError:
            raise self._broken() from None

    def _broken(self) -> DataError:
        """Which line cannot be read in the file's encoding, where that can be told."""
        place = self.path.name
        with binary(self.path) as file, suppress(UnicodeError):  # of a mark that is not there
            raw = cast(io.BufferedReader, file)
            text = io.TextIOWrapper(raw, self._codec, errors="replace", newline=None)
            line = next((n for n, content in enumerate(text, 1) if "�" in content), None)
            place = f"Line {line} of {place}" if line else place
        return DataError(
            f"{place} is no text in {self.encoding}.",
            expected=ANSI,
            do="Correct `encoding:`, or export the file again.",
        )


@contextmanager
def binary(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked where it is packed with gzip.

    Raises
    ------
    DataError : the packing is damaged.
    """
    packed = path.suffix.lower() == ".gz"
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            yield cast(BinaryIO, file)
    except (gzip.BadGzipFile, zlib.error, EOFError) as fault:
        why = "it is damaged" if isinstance(fault, zlib.error) else str(fault)
        raise DataError(
            f"{path.name} cannot be unpacked: {why.rstrip('.')}.",
            expected="a whole gzip file",
            do="Export it again.",
        ) from None


def text_file(path: Path, encoding: str | None) -> TextFile:
    """A text file with its encoding: the one given, else the one its bytes tell.

    Raises
    ------
    DataError : it is no text, or nothing tells how it is written.
    """
    if encoding:
        return TextFile(path, encoding)
    try:
        with binary(path) as file:
            return TextFile(path, encoding_of(file))
    except Undecided as fault:
        raise _undecided(path, str(fault)) from None


def _undecided(path: Path, why: str) -> DataError:
    return DataError(
        f"{path.name} {why}.",
        expected=ANSI,
        do="Say `encoding:`, or save the file as CSV in UTF-8; if it is no text, correct `source`.",
    )
