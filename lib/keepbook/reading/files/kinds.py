"""What kind a file is, told by its first bytes where they tell, else by its suffix; archives are unpacked."""

import errno
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from keepbook.errors import DataError
from keepbook.reading.files.dialect import Dialect, dialect_of, no_such_line
from keepbook.reading.files.texts import TextFile, binary, text_file
from keepbook.reading.locate import kind_of
from keepbook.unit import Source

NOT_DATA = {  # what a file begins with → what it is
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<": "a web page or XML, whatever its name says",
    b"SQLite format 3": "an SQLite database: write sqlite:// before its path",
    b"\x1f\x8b": "packed with gzip, but its name does not end in .gz",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
    b"\xfd7zXZ": "packed with xz",
    b"BZh91AY": "packed with bzip2",
}
OBJECTS = re.compile(rb'(?:\[\s*)?\{\s*"')
TEXT = re.compile(rb"\xff\xfe|\xfe\xff|[\t\r\n\x20-\xff]*$")
ASIDE = re.compile(r"(read.?me|licen[cs]e|notes|说明)[^/]*\.txt$", re.IGNORECASE)  # what lies beside data
AT_MOST = 100  # times its packed size: data pack well, bombs better
SMALL = 64 * 1024**2  # bytes that never hurt


def kind_of_file(file: Path, source: Source, wanted: Collection[str]) -> str:
    """What a file is: parquet, excel, json, csv, or text separated by white space."""
    with binary(file) as content:
        head = content.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel"
    if what := next((what for sign, what in NOT_DATA.items() if head.startswith(sign)), None):
        raise DataError(
            f"{file.name} is {what}.",
            expected="a CSV, text, Excel, JSON or Parquet file, or a zip of such",
            do="Export it again as CSV or Excel, or correct `source`.",
        )
    kind = kind_of(file)
    if kind in ("csv", "parquet", "json"):
        return "json" if kind == "csv" and OBJECTS.match(head) else kind
    if kind == "excel" and not TEXT.match(head):  # else a text that only calls itself xls
        return kind
    if head.startswith((b"{", b"[")):
        return "json"
    text = text_file(file, source.encoding)
    fields = dialect_in(text, source, wanted).names
    apart = first_line(text.head())  # by white space
    fewer = len(set(wanted) & set(fields)) < len(set(wanted) & set(apart))
    return "text" if kind == "text" and (fewer or len(fields) < 2) else "csv"


def first_line(head: str) -> list[str]:
    """The fields of the first line that is not blank, by white space."""
    return next(filter(None, map(str.split, head.splitlines())))


def dialect_in(text: TextFile, source: Source, wanted: Collection[str]) -> Dialect:
    """How a CSV file's fields are separated and named."""
    header = source.header
    try:
        return dialect_of(text.head(), wanted, source.delimiter, header)
    except LookupError:
        raise (text.empty() if isinstance(header, bool) else no_such_line(text.path, header)) from None


def is_zip(file: Path) -> bool:
    """Whether a file is an archive of files, and not a spreadsheet, which is packed alike."""
    inside = {one.filename for one in members_of(file)}
    if not inside:
        return kind_of(file) == "zip"
    return not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & inside


def members_of(file: Path) -> list[zipfile.ZipInfo]:
    """What an archive holds; nothing where the file is none, or its directory is damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError):  # what cannot be read at all is said later
        return []


def check_size(file: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuses what would fill the disk or the memory."""
    whole = sum(one.file_size for one in members)
    if whole > max(SMALL, AT_MOST * file.stat().st_size) or whole > shutil.disk_usage(file.parent).free:
        raise DataError(
            f"{file.name} would unpack to {whole / 1e6:,.0f} MB.",
            expected=f"at most {AT_MOST} times its own size, and room on the disk",
            do="If that is right, unpack it yourself and name the files.",
        )


def unpacked(file: Path, folder: Path) -> list[Path]:
    """The data files of an archive, by name."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if _is_data(one.filename)]
            if not members:
                raise DataError(
                    f"{file.name} holds no data file.",
                    expected="CSV, text, Excel, JSON or Parquet files in the archive",
                    do="Correct `source`, or unpack it and name the file.",
                )
            names = [_last(one.filename) for one in members]
            if inner := [name for name in names if kind_of(Path(name)) == "zip"]:
                raise _cannot(file, f"holds another archive, {inner[0]!r:.60}")
            check_size(file, members)
            in_order = sorted(members, key=lambda one: one.filename)
            return [_extracted(archive, one, Path(tempfile.mkdtemp(dir=folder))) for one in in_order]
    except RuntimeError as fault:  # what zipfile says of a locked member
        raise _cannot(file, "is locked by a password" if "password" in str(fault) else "is damaged") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno not in (None, errno.EINVAL):  # a seek to nowhere
            raise
        raise _cannot(file, "is no whole zip archive") from None


def _is_data(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
    aside = hidden or ASIDE.match(_last(name)) or name.endswith("/")
    return not aside and kind_of(Path(_last(name))) is not None


def _last(name: str) -> str:
    """A member's own name: no path of an archive leads anywhere."""
    return PurePosixPath(name.replace("\\", "/")).name


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> Path:
    target = folder / _last(member.filename)
    with archive.open(member) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return target


def _cannot(file: Path, why: str) -> DataError:
    return DataError(
        f"{file.name} {why}.",
        expected="a whole zip archive without a password or archives in it",
        do="Export it again, or unpack it and name the file.",
    )
