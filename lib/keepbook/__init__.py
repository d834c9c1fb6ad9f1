"""Keepbook: who stays, what customers are worth, and which retention strategy works, per business unit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keepbook.book import Book as open
    from keepbook.text import language

__version__ = "0.2.0"
FACE = {  # name → module and name behind it, loaded when first asked for
    "open": ("keepbook.book", "Book"),
    "compare": ("keepbook.book.comparison", "Comparison"),
    "language": ("keepbook.text", "language"),
}
__all__ = ["__version__", "compare", "language", "open"]


def __getattr__(name: str) -> Any:
    if name in FACE:
        module, attribute = FACE[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'keepbook' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
