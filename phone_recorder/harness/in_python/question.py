"""A method that is a question: without its parentheses it is neither true nor false, so that no test passes by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar, overload

from phone_recorder.errors import UsageError

Asked = ParamSpec("Asked")
Of = TypeVar("Of")
Answer = TypeVar("Answer")

__tracebackhide__ = True
"""pytest shows the test, and not what raises here."""


class NotCalled(Generic[Asked, Answer]):
    """A question of somebody, which has no answer yet."""

    def __init__(self, ask: Callable[Asked, Answer], name: str) -> None:
        self._ask = ask
        self._name = name

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        return self._ask(*args, **kwargs)

    def __bool__(self) -> NoReturn:
        raise UsageError(f"{self._name} was not asked: write {self._name}(...)")

    def __eq__(self, other: object) -> bool:
        return bool(self)

    __hash__ = None  # type: ignore[assignment]  # it is equal to nothing

    def __repr__(self) -> str:
        return self._name


class question(Generic[Of, Asked, Answer]):
    """Makes a question of a method; it is written as `property` is."""

    def __init__(self, method: Callable[Concatenate[Of, Asked], Answer]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, asked: None, kind: type) -> Callable[Concatenate[Of, Asked], Answer]: ...
    @overload
    def __get__(self, asked: Of, kind: type) -> NotCalled[Asked, Answer]: ...
    def __get__(self, asked: Of | None, kind: type) -> Any:
        return self._method if asked is None else NotCalled(self._method.__get__(asked), self._method.__name__)
