"""What was called and what to answer: shared by all mocked hooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_LONGEST = 80  # characters of a value in a message


class UnansweredCallError(AssertionError):
    """The code called something that the test has no answer for; told again when the mock ends, if it was caught."""


class UnusedAnswerError(AssertionError):
    """The test has an answer that nothing asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: the method's name, and its arguments by parameter name (defaults left out)."""

    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Show it as it would be written."""
        return f"{self.method}({', '.join(f'{name}={short(value)}' for name, value in self.arguments.items())})"


@dataclass(slots=True, kw_only=True)
class Answer:
    """What to answer to calls of `method` whose arguments are as in `when`.

    An argument matches if it is equal, if it is a text in which a compiled pattern is found, or if a function says so.
    An exception (class or object) is raised, a function is called with the call's own arguments, any other value is
    returned. After `times` calls it is used up; None is never.
    """

    method: str
    value: Any
    when: Mapping[str, Any] = field(default_factory=dict)
    times: int | None = None
    used: int = 0

    def fits(self, call: Call) -> bool:
        """Tell whether it answers this call."""
        if self.method != call.method or (self.times is not None and self.used >= self.times):
            return False
        return all(name in call.arguments and _matches(call.arguments[name], self.when[name]) for name in self.when)

    def give(self, positional: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Return, or raise, what it holds."""
        self.used += 1
        if isinstance(self.value, BaseException) or is_exception_class(self.value):
            raise self.value
        return self.value(*positional, **named) if callable(self.value) else self.value

    def __str__(self) -> str:
        """Show it as it was given."""
        when = "".join(f", {name}={short(value)}" for name, value in self.when.items())
        return f"answer({self.method!r}, {short(self.value)}{when})"


def constant(value: Any) -> Callable[..., Any]:
    """Return an answer that is this very value, also if it is a function, a class or an exception object."""
    return lambda *_, **__: value


def is_exception_class(value: Any) -> bool:
    """Tell whether `value` is a class of exceptions."""
    return isinstance(value, type) and issubclass(value, BaseException)


def short(value: Any) -> str:
    """Return a value as it may stand in a message."""
    if isinstance(value, re.Pattern):
        return f"re.compile({value.pattern!r})"
    if callable(value) and hasattr(value, "__name__"):
        return str(value.__name__)
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _matches(given: Any, wanted: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(given, str) and wanted.search(given) is not None
    if callable(wanted) and not isinstance(wanted, type):
        return bool(wanted(given))
    return bool(given == wanted)
