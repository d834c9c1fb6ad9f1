"""Text files whose columns are separated by any run of white space."""

from collections import Counter
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt

from keepbook.errors import DataError
from keepbook.reading.files.kinds import first_line
from keepbook.reading.files.parts import listed, names_of
from keepbook.reading.files.texts import text_file
from keepbook.reading.locate import GLOB
from keepbook.reading.stated import Stated, stated
from keepbook.unit import Source


@ibis.udf.scalar.builtin(name="error")
def _stop(message: str) -> dt.Array[str]:
    """Ends the query with this message."""


def text_view(
    files: list[Path], source: Source, alias: str, folder: Path, engine: ibis.BaseBackend
) -> tuple[Stated, ...]:
    """Columns separated by any run of white space; every file must have the same."""
    texts = [text_file(file, source.encoding) for file in files]
    heads = [names_of(first_line(t.head()), source, t.path) for t in texts]
    for text, names in zip(texts, heads, strict=True):
        if names != heads[0]:
            raise DataError(
                f"{text.path.name} does not have the columns of {texts[0].path.name}.",
                expected=listed(heads[0]),
                do=f"Make the files alike; {text.path.name} has {listed(names)}.",
            )
    lines = engine.read_csv(
        [GLOB.sub(r"[\g<0>]", str(text.plain(0, folder))) for text in texts],
        columns={"line": "VARCHAR"},
        header=source.header is not False,
        delim="\x01",
        quote="",
        escape="",
        auto_detect=False,
    )
    lines = lines.mutate(line=lines.line.strip()).filter(lambda t: t.line != "")
    fields = lines.line.re_split(r"\s+")
    broken = ibis.literal(f"a line does not have {len(heads[0])} fields: '") + lines.line.substr(0, 80) + "'"
    whole = (fields.length() == len(heads[0])).ifelse(fields, _stop(broken))
    split = lines.select(fields=whole)
    engine.create_view(
        alias, split.select(**{name: split.fields[i] for i, name in enumerate(heads[0])}), overwrite=True
    )
    found = Counter(stated("white-space", encoding=text.encoding) for text in texts)
    return tuple(stated("files", n=n, how=how) for how, n in found.items())
