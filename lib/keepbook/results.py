"""A result, or the reason why there is none: carried along instead of asked for at every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeGuard, TypeVar, overload

from keepbook.errors import NotEnoughData

T = TypeVar("T")


class Missing:
    """Stands where a result would; whatever is done with it raises the reason why it is missing.

    Attributes
    ----------
    reason : NotEnoughData, in words for the reader.

    >>> nothing = Missing(NotEnoughData("Too few customers."))
    >>> nothing
    Too few customers.
    >>> nothing.customers
    Traceback (most recent call last):
    keepbook.errors.NotEnoughData: Too few customers.
    """

    def __init__(self, reason: NotEnoughData) -> None:
        self.reason = reason

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # asked by Python and Jupyter, not by an analyst
            raise AttributeError(name)
        raise self.reason.with_traceback(None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise self.reason.with_traceback(None)

    __getitem__ = __iter__ = __len__ = __call__

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return str(self.reason)


class result(Generic[T]):
    """A property that is computed once; where the data cannot carry it, it is `Missing`.

    A missing result that another one is made of makes that one missing, too, for the same reason.
    """

    def __init__(self, measure: Callable[[Any], T]) -> None:
        self.measure, self.__doc__ = measure, measure.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, analysis: None, owner: type) -> result[T]: ...
    @overload
    def __get__(self, analysis: object, owner: type) -> T: ...
    def __get__(self, analysis: object | None, owner: type) -> result[T] | T:
        if analysis is None:
            return self
        found = attempt(self.measure, analysis)
        analysis.__dict__[self.name] = found  # found there from now on
        return found


def attempt(measure: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What a measure finds, or `Missing` with its reason."""
    try:
        return measure(*args, **kwargs)
    except NotEnoughData as reason:
        return Missing(reason)  # type: ignore[return-value]


def is_missing(found: object) -> TypeGuard[Missing]:
    """Whether it is the reason for a result that is not there."""
    return isinstance(found, Missing)


def known(found: T) -> T | None:
    """The result; None where it is missing.

    >>> known(5), known(Missing(NotEnoughData("Too few.")))
    (5, None)
    """
    return None if isinstance(found, Missing) else found


def needed(found: T) -> T:
    """The result itself, for a function that would not notice that it is missing.

    Raises
    ------
    NotEnoughData : it is, for this reason.
    """
    if isinstance(found, Missing):
        raise found.reason.with_traceback(None)
    return found
