"""Zip archives: the data files in them, unpacked into the engine's folder."""

import errno
import re
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from keepbook.errors import DataError
from keepbook.reading.locate import kind_of

ASIDE = re.compile(r"(read.?me|licen[cs]e|notes|说明)[^/]*\.txt$", re.IGNORECASE)  # what lies beside data
AT_MOST = 100  # times its packed size: data pack well, bombs better
SMALL = 64 * 1024**2  # bytes that never hurt


def members_of(file: Path) -> list[zipfile.ZipInfo]:
    """What an archive holds; nothing where the file is none, or its directory is damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError):  # what cannot be read at all is said later
        return []


def unpacked(file: Path, folder: Path) -> list[Path]:
    """The data files of an archive, by name.

    Raises
    ------
    DataError : it is damaged, locked by a password, holds no data file, or more than it can hold honestly.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if _is_data(one.filename)]
            if not members:
                raise DataError(
                    f"{file.name} holds no data file.",
                    expected="CSV, text, Excel, JSON or Parquet files in the archive",
                    do="Correct `source`, or unpack it and name the file.",
                )
            if inner := next((one.filename for one in members if _kind(one.filename) == "zip"), None):
                raise _cannot(file, f"holds another archive, {_last(inner)!r:.60}")
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
    hidden |= bool(ASIDE.match(_last(name)))
    return not hidden and not name.endswith("/") and _kind(name) is not None


def _kind(name: str) -> str | None:
    return kind_of(Path(_last(name)))


def _last(name: str) -> str:
    """A member's own name: no path of an archive leads anywhere."""
    return PurePosixPath(name.replace("\\", "/")).name


def check_size(file: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuses what would fill the disk or the memory.

    Raises
    ------
    DataError : the members are far larger than their packed size lets data be.
    """
    whole = sum(one.file_size for one in members)
    if whole > max(SMALL, AT_MOST * file.stat().st_size) or whole > shutil.disk_usage(file.parent).free:
        raise DataError(
            f"{file.name} would unpack to {whole / 1e6:,.0f} MB.",
            expected=f"at most {AT_MOST} times its own size, and room on the disk",
            do="If that is right, unpack it yourself and name the files.",
        )


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
