"""Text files as the engine needs them: UTF-8, one kind of line end, the column names first.

A file that is so already is read where it is. Any other is written anew, once, into the engine's folder.
How its letters are written is told by its bytes, never by its name. What is valid UTF-8 is UTF-8: nothing
else yields that by chance. For the rest the evidence is how bytes beyond ASCII stand together.
"""

import codecs
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

from charset_normalizer import from_bytes

from keepbook.errors import DataError

MAX_HEAD = 128 * 1024  # characters: more than any title and some data
CHUNK = 1024 * 1024
ANSI = "an encoding such as gb18030 or cp1252 as `encoding:`, or a file in UTF-8"
SAMPLE = 256 * 1024  # bytes beyond which more text would not change the verdict
UTF8 = "utf-8-sig"  # with a mark or without
MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
RUN = re.compile(rb"[\x80-\xff]+")
LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")  # UTF-8
COMMON = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa9][\xa1-\xfe]")  # 3,755 daily hanzi, and signs
FOUR = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")  # what GB 2312 lacks, such as £
LATE_HANZI = re.compile(rb"[\xc9-\xd7][\xa1-\xfe]")
OTHERS = ["big5", "shift_jis", "euc_kr", "cp1251", "cp1253", "cp1255", "cp1256", "cp874"]
ZEROS, MIXED = "holds zero bytes", "is UTF-8 in some places and not in others"


@dataclass(frozen=True)
class TextFile:
    """A file and how its letters are written."""

    path: Path
    encoding: str

    @property
    def _codec(self) -> str:
        return UTF8 if self.encoding == "utf-8" else self.encoding  # a mark is no part of the first name

    def head(self) -> str:
        """The beginning of its text, in whole lines."""
        with self.text() as text:
            head = text.read(MAX_HEAD) + text.readline()
        if not head.strip():
            raise self.empty()
        if "\0" in head:
            raise _undecided(self.path, ZEROS)
        return head

    def empty(self) -> DataError:
        """What to say of a file without anything in it."""
        return DataError(
            f"{self.path.name} is empty.", expected="a line of column names and data", do="Export it again."
        )

    def plain(self, skipped: int, folder: Path) -> Path:
        """The file, or a copy of it in UTF-8 without its first lines and with one kind of line end."""
        packed = self.path.suffix.lower() == ".gz" != self.path.suffix  # the engine knows small letters only
        if self._codec == UTF8 and not skipped and not packed and not self._mixes_line_ends():
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
        """Its text, line ends made alike; an error names the line with a byte the encoding does not allow."""
        try:
            with binary(self.path) as file, io.TextIOWrapper(file, self._codec, newline=None) as text:
                yield text
        except UnicodeError:
            raise self._broken() from None

    def _broken(self) -> DataError:
        """Which line cannot be read in the file's encoding, where that can be told."""
        place = self.path.name
        with binary(self.path) as file, suppress(UnicodeError):  # of a mark that is not there
            text = io.TextIOWrapper(file, self._codec, errors="replace", newline=None)
            line = next((n for n, content in enumerate(text, 1) if "�" in content), None)
            place = f"Line {line} of {place}" if line else place
        return DataError(
            f"{place} is no text in {self.encoding}.",
            expected=ANSI,
            do="Correct `encoding:`, or export the file again.",
        )


@contextmanager
def binary(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a file, unpacked where it is packed with gzip."""
    packed = path.suffix.lower() == ".gz"
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            yield cast(io.BufferedReader, file)
    except (gzip.BadGzipFile, zlib.error, EOFError) as fault:
        why = "it is damaged" if isinstance(fault, zlib.error) else str(fault)
        raise DataError(
            f"{path.name} cannot be unpacked: {why.rstrip('.')}.",
            expected="a whole gzip file",
            do="Export it again.",
        ) from None


def text_file(path: Path, encoding: str | None) -> TextFile:
    """A text file with its encoding: the one given, else the one its bytes tell."""
    if encoding:
        return TextFile(path, encoding)
    with binary(path) as file:
        return TextFile(path, _encoding_of(file, path))


def _undecided(path: Path, why: str) -> DataError:
    return DataError(
        f"{path.name} {why}.",
        expected=ANSI,
        do="Say `encoding:`, or save the file as CSV in UTF-8; if it is no text, correct `source`.",
    )


# ── encodings ───────────────────────────────────────────────────────────────────────────────────────────


def _encoding_of(file: BinaryIO, path: Path) -> str:
    """The Python codec that reads the file's text; an error where its bytes do not tell."""
    head = file.read(SAMPLE)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _wide(head, path)
    beyond = _not_utf8(file, head, path)
    return _by_its_letters(beyond, path) if beyond else "utf-8"


def _not_utf8(file: BinaryIO, head: bytes, path: Path) -> bytes:
    """The text from its first letter beyond ASCII on; nothing where all of it is UTF-8.

    Where most letters are UTF-8, the file is damaged, or put together of two kinds: an error.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    above = False  # letters beyond ASCII in what was decoded
    chunk = head
    while True:
        try:
            above |= not decoder.decode(chunk, final=not chunk).isascii()
        except UnicodeDecodeError as fault:
            first = RUN.search(fault.object)
            assert first is not None, "what breaks UTF-8 is beyond ASCII"
            text = fault.object[first.start() :] + file.read(SAMPLE)
            if above or fault.start - first.start() > SAMPLE or _well_formed(text[:SAMPLE]) >= 0.5:
                raise _undecided(path, MIXED) from None
            return text
        if not chunk:
            return b""
        chunk = file.read(4 * CHUNK)


def _well_formed(text: bytes) -> float:
    """The share of letters beyond ASCII that are UTF-8; by chance, it is small in any other encoding."""
    good = len(LETTER.findall(text))
    return good / (good + sum(map(len, RUN.findall(LETTER.sub(b" ", text)))))


def _wide(head: bytes, path: Path) -> str:
    """UTF-16 without its mark: Latin letters, digits and commas have every second byte zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) / 8 and max(even, odd) > 4 * min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    raise _undecided(path, ZEROS)


def _by_its_letters(text: bytes, path: Path) -> str:
    """An encoding older than UTF-8, from the first lines with letters beyond ASCII."""
    lines = [line for line in text[:SAMPLE].split(b"\n") if not line.isascii()]
    known = b"\n".join(lines[:-1] or lines)  # the last one may be cut
    runs = RUN.findall(known)
    if _fits(known, "gb18030") and _is_chinese(runs, known):
        return "gb18030"
    alone = sum(len(run) == 1 for run in runs)
    if alone >= 0.6 * len(runs):  # accents among Latin letters
        if _well_formed(text[:SAMPLE]):
            raise _undecided(path, MIXED)
        return "cp1252" if _fits(known, "cp1252") else "latin-1"
    best = from_bytes(known, cp_isolation=OTHERS).best()
    if best is None:
        raise _undecided(path, "is no UTF-8 text, and its letters do not tell what else")
    return best.encoding


def _is_chinese(runs: list[bytes], text: bytes) -> bool:
    """Letters in pairs, most of them from the rows of GB 2312, or in the fours of GB 18030."""
    if FOUR.search(text):
        return True
    pairs = sum(len(run) // 2 for run in runs)
    odd = sum(len(run) % 2 for run in runs)
    known = sum(len(COMMON.findall(run)) for run in runs)
    late = sum(len(LATE_HANZI.findall(run)) for run in runs)
    korean = pairs >= 40 and late < 0.03 * pairs  # hangul fill the same rows, but only the first half of them
    return odd <= 0.2 * len(runs) and known >= 0.6 * pairs > 0 and not korean


def _fits(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
