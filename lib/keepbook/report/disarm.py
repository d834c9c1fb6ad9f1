"""Takes out of HTML whatever would run or load, which keeps the browser's console quiet, too."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

DROPPED = {"script", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed", "applet"}
DROPPED |= {"noscript", "template", "title"}
LOADING = {"src", "srcset", "href", "xlink:href", "poster", "background", "data", "action", "formaction"}
LOADING |= {"ping", "longdesc"}
PAINT = {"style", "fill", "stroke", "filter", "mask", "clip-path", "cursor"}
PAINT |= {"marker-start", "marker-mid", "marker-end"}
LOCAL = re.compile(r"#|data:(image|font)/")
CLICKABLE = re.compile(r"(?![a-z][a-z0-9+.-]*:|//)|https?:|mailto:")
REMOTE_CSS = re.compile(r"@import|url\(\s*+[\"']?+(?!#|data:)|image-set\(|\\", re.IGNORECASE)


def disarm(soup: BeautifulSoup) -> None:
    """Take out whatever would run or load; links stay, since only a click follows them."""
    for node in [node for node in soup.descendants if isinstance(node, PreformattedString)]:
        node.extract()  # comments, doctypes, processing instructions
    for tag in soup.find_all(DROPPED):
        if tag.name != "title" or not tag.find_parent("svg"):
            tag.decompose()
    for style in soup.find_all("style"):
        if REMOTE_CSS.search(style.get_text()):
            style.decompose()
    for tag in soup.find_all(True):
        for name in [name for name in tag.attrs if not _harmless(tag, name)]:
            del tag[name]


def _harmless(tag: Tag, name: str) -> bool:
    """Whether an attribute neither runs nor loads anything."""
    value = tag[name]
    text = re.sub(r"[\x00-\x20]+", "", value if isinstance(value, str) else " ".join(value)).lower()
    if name.startswith("on") or name == "srcdoc":
        return False
    if name == "href" and tag.name in ("a", "area"):
        return bool(CLICKABLE.match(text))
    if name in LOADING:
        return bool(LOCAL.match(text))
    return name not in PAINT or not REMOTE_CSS.search(text)
