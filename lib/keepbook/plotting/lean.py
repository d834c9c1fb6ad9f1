"""A drawing in fewer bytes: without what a page has anyway, what cannot be seen, and what is said twice."""

import re
from itertools import groupby

TEXT = 10  # points: 13 px, for a drawing is never shown smaller than it was drawn
REFERENCE = re.compile(r'(?:url\(#|href="#)([^")]+)')
USES = re.compile(r"<g([^>]*)>((?:<use[^>]*/>){2,})</g>")
OPEN_PATHS = re.compile(r'(?:<path d="[^"z]*"[^>]*\bfill: none; stroke[^>]*/>){2,}')
PATH = re.compile(r'<path d="([^"]*)"([^>]*)/>')
LONG_NUMBER = re.compile(r"(?<![\w#.-])-?\d+\.\d{2,}")
STYLE = re.compile(r' style="[^"]*"')


def leaner(text: str, name: str) -> str:
    """The SVG of a figure, its ids unlike those of other figures.

    Parameters
    ----------
    name : what its ids begin with.
    """
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = re.sub(r"\bfont: ([^;\"]*)", _font, text)
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    text = re.sub(r' xmlns(:xlink)?="[^"]*"| version="1.1"| transform="rotate\(-0 [^"]*"', "", text)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S).replace("xlink:href", "href")
    text = re.sub(r"<[^<>]*>", lambda tag: LONG_NUMBER.sub(_rounded, tag[0]), text)  # not what is written
    text = re.sub(r'\bd="([^"]*)"', _path, text)
    text = re.sub(r">\s+<", "><", text)
    text = _without_groups(_renamed(text, name))
    # A clip is a part of the look, which is told once where several shapes share it.
    text = re.sub(r' clip-path="([^"]*)"([^<>]*) style="', r'\2 style="clip-path: \1; ', text)
    text = re.sub(r'<path d="[^"]*" style="fill: none"/>', "", text)  # a paper that cannot be seen
    return OPEN_PATHS.sub(_joined, USES.sub(_told_once, text))


def _font(found: re.Match[str]) -> str:
    """Size and weight; the family is the page's own."""
    size = re.search(r"([\d.]+)px", found[1])
    words = set(found[1].partition("px")[0].split())
    weight = "; font-weight: 600" if words & {"bold", "600", "650", "700"} else ""
    return f"font-size: {size[1] if size else TEXT}px{weight}"


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")


def _path(found: re.Match[str]) -> str:
    """Without blanks around letters; straight lines go on without a letter."""
    path = " ".join(found[1].split())
    if not re.search("[B-KN-Yb-kn-y]", path):
        path = path.replace(" L ", " ")
    path = re.sub(" ?([A-Za-z]) ?", r"\1", path)
    return f'd="{path}"'


def _renamed(text: str, name: str) -> str:
    """Short ids for what is referred to, none for the rest."""
    short = {known: f"{name}-{i}" for i, known in enumerate(dict.fromkeys(REFERENCE.findall(text)))}
    text = re.sub(
        r' id="([^"]*)"', lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", text
    )
    return REFERENCE.sub(lambda found: found[0].replace(found[1], short[found[1]]), text)


def _without_groups(text: str) -> str:
    """Groups without an attribute group nothing."""
    kept: list[bool] = []
    pieces = []
    for piece in re.split(r"(<g\b[^>]*>|</g>)", text):
        if piece == "</g>":
            pieces.append(piece if kept.pop() else "")
        elif piece.startswith("<g"):
            if not piece.endswith("/>"):
                kept.append(piece != "<g>")
                pieces.append(piece if kept[-1] else "")
        else:
            pieces.append(piece)
    return re.sub(r"<g\b[^>]*></g>", "", "".join(pieces))


def _told_once(found: re.Match[str]) -> str:
    """Marks that all look alike take their look from their group."""
    looks = set(STYLE.findall(found[2]))
    if len(looks) != 1 or found[2].count(" style=") != found[2].count("<use"):
        return found[0]
    return f"<g{found[1]}{looks.pop()}>{STYLE.sub('', found[2])}</g>"


def _joined(found: re.Match[str]) -> str:
    """Open lines of one look in one path."""
    parts = groupby(PATH.findall(found[0]), key=lambda part: part[1])
    return "".join(f'<path d="{" ".join(d for d, _look in same)}"{look}/>' for look, same in parts)
