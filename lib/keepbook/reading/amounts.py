"""How text writes numbers: which sign stands before the decimals, and what may stand around the digits.

`1,234` is a thousand or a little more than one, and only its column can tell. Signs and codes of currencies,
blanks and apostrophes between groups, signs before or behind, and parentheses for less than nothing are read.
"""

from collections.abc import Callable

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

MONEY = "decimal(18, 4)"  # sums of decimals do not depend on the order of the lines
WIDE, NARROW = "０１２３４５６７８９．，－＋（）￥", "0123456789.,-+()¥"
CODES = (  # any three letters would take INV001 for money
    "USD|EUR|GBP|CNY|RMB|JPY|CHF|AUD|CAD|NZD|HKD|TWD|SGD|KRW|INR|IDR|MYR|THB|PHP|VND|RUB|UAH|TRY|PLN|CZK|HUF|RON|"
    "BGN|SEK|NOK|DKK|ISK|BRL|MXN|ARS|CLP|COP|PEN|ZAR|NGN|KES|EGP|MAD|AED|SAR|QAR|ILS|PKR|BDT|LKR|"
    "NT|HK|US|CA|AU|NZ|R|A|C|S"  # these before a sign only
)
CURRENCY = rf"(?:(?i:{CODES})?\p{{Sc}}|(?i:{CODES[: CODES.index('|NT')]})|Rs\.?|kr\.?|zł|Kč|元|円|원|人民币)"
NUMBER = rf"^(\()?([+-]?)({CURRENCY})?([+-]?)((?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?)({CURRENCY})?(-?)(\))?$"
PARTS = ("open", "first", "before", "second", "digits", "behind", "last", "close")  # its groups
MEANT = {  # a sign → the currencies it may mean
    "$": "USD CAD AUD NZD HKD TWD SGD MXN ARS CLP COP",
    "¥": "CNY JPY",
    **{"€": "EUR", "£": "GBP", "RMB": "CNY", "人民币": "CNY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY"},
    **{"ZŁ": "PLN", "KČ": "CZK", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "R$": "BRL", "C$": "CAD"},
    **{"CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "S$": "SGD", "₫": "VND", "₱": "PHP"},
}
GAP = r"[\s\p{Z}'’`]+"
NO_GROUPS = rf"\d{GAP}(?:\d{{1,2}}|\d{{4,}})(?:\D|$)|\d{{4}}{GAP}\d"  # two numbers, not groups of three
NO_CENTS = r"(\d[.,])--?(\D|$)"  # 5,- is no minus
PLAIN = "plain"  # a column of numbers that are all SIMPLE, or missing
SIMPLE = r"^[+-]?\d+(?:\.\d{1,2})?$"  # most values of most exports
WHOLE = r"^[+-]?\d+$"
WITH_POINT = r"^[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}(?:\.\d*)?$|^\d*\.?\d*(?:[eE][+-]?\d+)?$"
WITH_COMMA = r"^[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$|^\d*,?\d*$"
EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"


@ibis.udf.scalar.builtin(
    name="regexp_extract",
    signature=(("string", "string", "array<string>"), dt.Struct(dict.fromkeys(PARTS, "string"))),
)
def _groups(text: ir.StringValue, pattern: str, names: ir.ArrayValue) -> ir.StructColumn:
    """All groups of a pattern at one go; empty where the text does not match."""


def once(value: ir.Value, then: Callable[[ir.Value], ir.Value]) -> ir.Value:
    """`then(value)`, with the value computed once and not wherever the expression names it."""
    return ibis.array([value]).map(then)[0]


def bare(column: ir.Column) -> ir.StringColumn:
    """A number's text without blanks and apostrophes, its signs those of ASCII."""
    text = column.cast("string")
    return text.re_search(SIMPLE).ifelse(text, once(text.strip().translate(WIDE, NARROW), _bare))


def _bare(text: ir.StringColumn) -> ir.StringColumn:
    plain = text.re_replace(GAP, "").re_replace("[−–]", "-").re_replace(NO_CENTS, r"\100\2")
    return text.re_search(NO_GROUPS).ifelse("?", plain)


def _parts(text: ir.StringColumn) -> ir.StructColumn:
    return _groups(text, NUMBER, ibis.array(list(PARTS)))


def kind_of_number(text: ir.StringColumn) -> ir.StringColumn:
    """What a bare number shows; missing where it is blank.

    `point` or `comma`: before its decimals; `either ,`, `either .`: it could group digits, too; `small`,
    `large`: a whole number of up to three, or more digits; `other`: no number.
    """
    blank = text.isnull() | text.lower().isin(("", "-", "null", "none", "nan", "n/a"))
    return blank.ifelse(ibis.null("string"), once(_parts(text), _kind_of_parts))


def _kind_of_parts(parts: ir.StructColumn) -> ir.StringColumn:
    digits = parts["digits"]
    return ibis.cases(
        ((digits == "") | _sign(parts).isnull(), "other"),
        (digits.re_search(r"^\d{1,3}$"), "small"),
        (digits.re_search(r"^\d+(?:[eE][+-]?\d+)?$"), "large"),
        (digits.re_search(EITHER), digits.contains(",").ifelse("either ,", "either .")),
        (digits.re_search(WITH_POINT), "point"),
        (digits.re_search(WITH_COMMA), "comma"),
        else_="other",
    )


def currency_of(text: ir.StringColumn) -> ir.StringColumn:
    """The currency a bare number names; empty where it names none."""
    named = once(_parts(text), lambda parts: (parts["before"] + parts["behind"]).upper())
    return text.re_search(SIMPLE).ifelse("", named)


def number_in(column: ir.Column, decimal: str, kind: str) -> ir.NumericColumn:
    """A column's numbers; missing where the text is none, or none with this sign before its decimals.

    `decimal` is `.` or `,`, or PLAIN; `kind` is the engine's type of the result.
    """
    if column.type().is_numeric() and not column.type().is_boolean():
        return column.try_cast(kind)
    if decimal == PLAIN:
        return column.cast("string").try_cast(kind)
    text = column.cast("string")
    other = once(_parts(bare(column)), lambda parts: _sign(parts) + _digits(parts["digits"], decimal))
    return text.re_search(SIMPLE if decimal == "." else WHOLE).ifelse(text, other).try_cast(kind)


def _digits(digits: ir.StringColumn, decimal: str) -> ir.StringColumn:
    """With a point before the decimals; missing where they are grouped in another way."""
    form, group = (WITH_POINT, ",") if decimal == "." else (WITH_COMMA, ".")
    plain = digits.replace(group, "").replace(decimal, ".")
    return digits.re_search(form).ifelse(plain, ibis.null("string"))


def _sign(parts: ir.StructColumn) -> ir.StringColumn:
    """`-` or nothing; missing where a number has several signs, or half of a parenthesis."""
    signs = parts["open"] + parts["first"] + parts["second"] + parts["last"] + parts["close"]
    return ibis.cases((signs.isin(("", "+")), ""), (signs.isin(("-", "()")), "-"), else_=ibis.null("string"))
