"""How a text file writes its letters: told by its bytes, never by its name.

What is valid UTF-8 is UTF-8: no other encoding yields that by chance in a text of any length. For the rest
the evidence is how bytes beyond ASCII stand together; the verdict is stated in every report and can be
overridden.
"""

import codecs
import re
from typing import BinaryIO

from charset_normalizer import from_bytes

CHUNK = 4 * 1024**2  # bytes
SAMPLE = 256 * 1024  # bytes beyond which more text would not change the verdict
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
RUN = re.compile(rb"[\x80-\xff]+")
LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)  # of UTF-8
MIXED = "is UTF-8 in some places and not in others"
COMMON = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa9][\xa1-\xfe]")  # 3,755 daily hanzi, and signs
FOUR = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")  # what GB 2312 lacks, such as £
LATE_HANZI = re.compile(rb"[\xc9-\xd7][\xa1-\xfe]")
OTHERS = ["big5", "shift_jis", "euc_kr", "cp1251", "cp1253", "cp1255", "cp1256", "cp874"]
WESTERN = "cp1252"


class Undecided(Exception):
    """The bytes are no text, or do not tell how it is written; the argument says what they look like."""


def encoding_of(file: BinaryIO) -> str:
    """The Python codec that reads the file's text.

    Raises
    ------
    Undecided : it is no text, or nothing tells how it is written.
    """
    head = file.read(SAMPLE)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _wide(head)
    beyond = _not_utf8(file, head)
    return _by_its_letters(beyond) if beyond else "utf-8"


def _not_utf8(file: BinaryIO, head: bytes) -> bytes:
    """The text from its first letter beyond ASCII on; nothing where all of it is UTF-8.

    Raises
    ------
    Undecided : most letters are UTF-8: the file is damaged, or put together of two kinds.
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
                raise Undecided(MIXED) from None
            return text
        if not chunk:
            return b""
        chunk = file.read(CHUNK)


def _well_formed(text: bytes) -> float:
    """The share of letters beyond ASCII that are UTF-8; by chance, it is small in any other encoding."""
    good = len(LETTER.findall(text))
    return good / (good + sum(map(len, RUN.findall(LETTER.sub(b" ", text)))))


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: Latin letters, digits and commas have every second byte zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) / 8 and max(even, odd) > 4 * min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    raise Undecided("holds zero bytes")


def _by_its_letters(text: bytes) -> str:
    """An encoding older than UTF-8, from the first lines with letters beyond ASCII."""
    lines = [line for line in text[:SAMPLE].split(b"\n") if not line.isascii()]
    lines = lines[:-1] or lines  # the last one may be cut
    runs = RUN.findall(b"\n".join(lines))
    if _is_chinese(runs, b"\n".join(lines)):
        return "gb18030"
    alone = sum(len(run) == 1 for run in runs)
    if alone >= 0.6 * len(runs):  # accents among Latin letters
        if _well_formed(text[:SAMPLE]):
            raise Undecided(MIXED)
        return WESTERN if _fits(lines, WESTERN) else "latin-1"
    best = from_bytes(b"\n".join(lines), cp_isolation=OTHERS).best()
    if best is None:
        raise Undecided("is no UTF-8 text, and its letters do not tell what else")
    return best.encoding


def _is_chinese(runs: list[bytes], text: bytes) -> bool:
    """Letters in pairs, most of them from the rows of GB 2312, or in the fours of GB 18030."""
    try:
        text.decode("gb18030")
    except UnicodeDecodeError:
        return False
    if FOUR.search(text):
        return True
    pairs = sum(len(run) // 2 for run in runs)
    odd = sum(len(run) % 2 for run in runs)
    known = sum(len(COMMON.findall(run)) for run in runs)
    late = sum(len(LATE_HANZI.findall(run)) for run in runs)
    korean = pairs >= 40 and late < 0.03 * pairs  # hangul fill the same rows, but only the first half of them
    return odd <= 0.2 * len(runs) and known >= 0.6 * pairs > 0 and not korean


def _fits(lines: list[bytes], encoding: str) -> bool:
    try:
        b"\n".join(lines).decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
