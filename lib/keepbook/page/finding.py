"""A sentence of the answer of a page, and the money that hangs on it."""

from typing import Self


class Finding(str):
    """A sentence of the answer, and the money a year that hangs on it, by which findings are ranked.

    Parameters
    ----------
    stake : without one it ranks behind those that have one. warns : this money is being lost, and something
        should be done. page : name and link of the page that it is from, where that is another one.
    """

    stake: float | None
    warns: bool
    page: tuple[str, str] | None

    def __new__(
        cls, text: str, stake: float | None = None, warns: bool = False, page: tuple[str, str] | None = None
    ) -> Self:
        """The sentence with what is known of it."""
        made = super().__new__(cls, text)
        made.stake, made.warns, made.page = stake, warns, page
        return made
