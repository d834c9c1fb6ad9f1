"""How text writes days: the forms that are known, how a value's form is told, and how it becomes a day.

Every form is brought into ISO order first; one reader then handles time of day, AM and PM, and offsets. What
does not fit its column's form is missing, never another day.
"""

import datetime as dt

import ibis
import ibis.expr.types as ir

from keepbook.unit import Source, Unit

BLANK = ("", "-", "?", "null", "none", "nan", "nat", "n/a")
ISO = r"^\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"  # the plainest form
END = r"(?:$|[ T,])"
SHAPES = {  # form → what its values look like; tried in this order
    "ymd": (
        rf"^\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}{END}"
        r"|^\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日"
        r"|^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\.0|T?\d{4}(?:\d{2})?Z?)?$"
    ),
    "triple": rf"^\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}}){END}",  # dmy or mdy: the column tells
    "named": (
        r"(?i)^(?:[a-z]{3,9}\.?,? )?(?:\d{1,2}(?:st|nd|rd|th)?[ -][a-z]{3,9}\.?,?[ -](?:\d{4}|\d{2})"
        r"|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?:$|[ T,])"
    ),
    "epoch_ms": r"^(?:[1-9]\d{11}|1\d{12})(?:\.0)?$",  # up to 2033: 2011030512 is no moment of 2033
    "epoch": r"^(?:[1-9]\d{8}|1\d{9})(?:\.\d+)?$",
    "excel": r"^[2-6]\d{4}(?:\.\d+)?$",
}
TRIPLE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})"
ZONE_END = r"\d:\d{2}.*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
DAY = r"^\d{4}-\d{1,2}-\d{1,2}$"
MOMENT = r"^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}"
HALF_DAY = r"(?i)[ap]\.?m\.?$"
SPREADSHEET = dt.datetime(1899, 12, 30)  # day 0 of a spreadsheet, as its false 29 February 1900 makes it
SHORT = r"^\d+ [A-Za-z]+ \d{2}(?: |$)"  # %Y would take 11 for the year 11
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
MONTHS = [day + time for day in ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y") for time in TIMES]
SHORT_MONTHS = [day + time for day in ("%d %b %y", "%d %B %y") for time in TIMES]


@ibis.udf.scalar.builtin(name="timezone")
def _at(zone: str, moment: ibis.expr.datatypes.timestamp) -> ibis.expr.datatypes.timestamp:
    """A moment without zone, read as local time in `zone`; one with zone, shown as local time there."""


@ibis.udf.scalar.builtin(name="try_strptime")
def _parsed(text: str, forms: ibis.expr.datatypes.Array[str]) -> ibis.expr.datatypes.timestamp:
    """Text → timestamp by the first strptime form that fits, missing where none does."""


@ibis.udf.scalar.builtin(name="make_timestamp_ms")
def _since_1970(milliseconds: int) -> ibis.expr.datatypes.timestamp:
    """Milliseconds since 1970 → time stamp in UTC."""


def text_of(column: ir.Column) -> ir.StringColumn:
    """A column's values as text without blanks around or doubled in them."""
    return column.cast("string").re_replace(r"[\s\p{Z}]+", " ").strip()


def is_blank(text: ir.StringColumn) -> ir.BooleanColumn:
    """Whether a value of `text_of` says that there is none."""
    return text.isnull() | text.lower().isin(BLANK)


def shape_of(text: ir.StringColumn) -> ir.StringColumn:
    """The form a value looks like: a key of SHAPES, `other`, or missing for a blank one."""
    return ibis.cases(
        (text.re_search(SHAPES["ymd"]), "ymd"),
        (is_blank(text), ibis.null("string")),
        *((text.re_search(shape), form) for form, shape in SHAPES.items() if form != "ymd"),
        else_="other",
    )


def day_in(column: ir.Column, form: str, unit: Unit, source: Source) -> ir.DateColumn:
    """The calendar day in the unit's time zone; missing where the value does not fit the form.

    A day without time of day is nobody's midnight: it is never shifted.

    Parameters
    ----------
    form : a form's name, or a strptime pattern; iso: every value is of the form ISO, or missing.
    """
    if column.type().is_date():
        day = column
    elif column.type().is_timestamp():
        day = _local(column, bool(column.type().timezone), unit, source).date()
    else:
        day = _from_text(text_of(column) if form != "iso" else column.cast("string"), form, unit, source)
    return day.between(dt.date.min, dt.date.max).ifelse(day, ibis.null("date"))  # 'infinity' is no day


def _from_text(text: ir.StringColumn, form: str, unit: Unit, source: Source) -> ir.DateColumn:
    if "%" in form:
        moment = _parsed(text, ibis.array([form]))
        zoned = any(code in form for code in ("%z", "%Z"))
        timed = any(code in form for code in ("%H", "%I", "%X", "%c"))
        return (_local(moment, zoned, unit, source) if zoned or timed else moment).date()
    if form == "iso":
        moment = _local(text.try_cast("timestamp"), False, unit, source).date()
        return (text.length() > 10).ifelse(moment, text.try_cast("date"))
    if form in ("epoch", "epoch_ms", "excel"):
        fitting = text.re_search(SHAPES[form]).ifelse(text, ibis.null("string"))
        number = fitting.try_cast("float64") * (1000 if form == "epoch" else 1)
        if form == "excel":
            return (ibis.literal(SPREADSHEET) + number.floor().cast("int64").as_interval("D")).date()
        return _local(_since_1970(number.cast("int64")).cast("timestamp('UTC')"), True, unit, source).date()
    if form == "named":
        return _local(_from_names(text), False, unit, source).date()
    return _from_iso(_year_first(text, form), unit, source)


def _from_names(text: ir.StringColumn) -> ir.TimestampColumn:
    plain = text.re_replace(r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]* ", "")
    plain = plain.re_replace(r"(?i)(\d)(?:st|nd|rd|th)", r"\1").re_replace(r"[-,.]+ ?", " ")
    plain = plain.re_replace(r"(?i)\bsept\b", "Sep")
    short, long = (_parsed(plain, ibis.array(forms)) for forms in (SHORT_MONTHS, MONTHS))
    return plain.re_search(SHORT).ifelse(short, long)


def _year_first(text: ir.StringColumn, form: str) -> ir.StringColumn:
    """Any of the forms of digits → `2011-3-5 …`."""
    if form in ("dmy", "mdy"):
        day, month = (1, 2) if form == "dmy" else (2, 1)
        fits = text.re_search(rf"{TRIPLE}{END}")
        year = text.re_extract(TRIPLE, 3)
        century = ibis.cases((year.length() == 4, ""), (year < "69", "20"), else_="19")
        rest = text.re_replace(TRIPLE, "")
        ordered = century + year + "-" + text.re_extract(TRIPLE, month) + "-" + text.re_extract(TRIPLE, day)
        return fits.ifelse(ordered + rest, ibis.null("string"))
    digits = r"^(\d{4})(\d{2})(\d{2})"
    text = text.re_search("[年上下星周]").ifelse(_from_chinese(text), text)
    timed = text.re_replace(rf"{digits}T?(\d{{2}})(\d{{2}})(\d{{2}})?(Z?)$", r"\1-\2-\3 \4:\5:\6\7")
    return ibis.cases(
        (text.re_search(DAY), text),
        (text.re_search(rf"{digits}(?:\.0)?$"), text.re_replace(rf"{digits}(?:\.0)?$", r"\1-\2-\3")),
        (text.re_search(rf"{digits}(?:\.0)?T?\d{{4}}(?:\d{{2}})?Z?$"), timed.re_replace(":(Z?)$", r"\1")),
        else_=text.re_replace(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", r"\1-\2-\3"),
    )


def _from_chinese(text: ir.StringColumn) -> ir.StringColumn:
    """`2011年3月5日 星期六 下午3时05分` → `2011-3-5 3:05 PM`."""
    day = text.re_replace("(?:星期|周)[一二三四五六日天] ?", "")
    signs = day.re_replace(r" ?年 ?", "-").re_replace(r" ?月 ?", "-").re_replace(r" ?日 ?", " ")
    clock = signs.re_replace(r" ?[时時点點：] ?", ":").re_replace(r" ?分 ?", ":").re_replace(r" ?秒 ?", "")
    half = clock.re_replace(r"上午 ?(.*)$", r"\1 AM").re_replace(r"下午 ?(.*)$", r"\1 PM")
    return half.re_replace(r":( [AP]M)?$", r"\1").strip()


def _from_iso(text: ir.StringColumn, unit: Unit, source: Source) -> ir.DateColumn:
    text = text.re_replace(r"(:\d{2}),(\d)", r"\1.\2").re_replace(r"^(\S+)(?:T|, ?)(\d)", r"\1 \2")
    timed = text.re_search(MOMENT)
    joined = text.re_replace(r" (?:UTC|GMT)$", "Z").re_replace(r" ([+-]\d{2}:?\d{2})$", r"\1")
    clock = text.re_replace(r"(?i) ?([ap])\.?m\.?$", r" \1M")
    halves = ibis.array(["%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p"])
    zoned = _local(joined.try_cast("timestamp('UTC')"), True, unit, source)
    return ibis.cases(
        (text.re_search(DAY), text.try_cast("date")),
        (timed & text.re_search(HALF_DAY), _local(_parsed(clock, halves), False, unit, source).date()),
        (timed & joined.re_search(ZONE_END), zoned.date()),
        (timed, _local(text.try_cast("timestamp"), False, unit, source).date()),
        else_=ibis.null("date"),  # the engine would read 15/3/23 as a day of the year 15
    )


def _local(moment: ir.Column, has_zone: bool, unit: Unit, source: Source) -> ir.Column:
    if has_zone:
        return _at(unit.timezone, moment)
    if source.timezone in (None, unit.timezone):
        return moment
    return _at(unit.timezone, _at(source.timezone, moment))
