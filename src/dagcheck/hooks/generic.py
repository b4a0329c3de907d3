"""A strict fake for any hook class: its methods keep their signatures, every call needs an answer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dagcheck.errors import UsageError, unknown
from dagcheck.hooks.answers import Answer, Call, short
from dagcheck.hooks.book import Book
from dagcheck.hooks.methods import Kind, mockable, never_works
from dagcheck.replacing import replaced


class MockHook:
    """The test's side of a mocked hook class: give answers, look at the calls."""

    def __init__(self, hook: type) -> None:
        self._hook = hook
        self._book = Book(hook.__name__)
        self._kinds: dict[str, Kind] = {}
        self._real: dict[str, Any] = {}
        self._through: set[str] = set()
        for name, kind, value in mockable(hook):
            self._kinds[name], self._real[name] = kind, value

    def answer(self, method: str, value: Any, *, times: int | None = None, **when: Any) -> MockHook:
        """Answer calls of `method` whose arguments are as in `when` (see `dagcheck.hooks.answers.Answer`).

        The answer given last comes first. Raises UsageError for a method that the hook does not have, for one that
        raises NotImplementedError in the installed provider, and for an argument that the method does not take.
        """
        self._known(method)
        if self._kinds[method] != "property":
            self._check_arguments(method, when)
            if never_works(self._real[method]):
                raise UsageError(f"{self._name(method)} raises NotImplementedError in the installed provider")
        elif when:
            raise UsageError(f"{self._name(method)} is a property: it has no arguments")
        self._book.add(Answer(method=method, value=value, when=when, times=times))
        return self

    def pass_through(self, *methods: str) -> MockHook:
        """Let these methods or properties of the real hook run; what they call on the hook is mocked all the same."""
        for method in methods:
            self._known(method)
        self._through.update(methods)
        return self

    @property
    def methods(self) -> list[str]:
        """The names of the methods and properties that are mocked."""
        return list(self._kinds)

    @property
    def calls(self) -> list[Call]:
        """Every call, in order; methods that only pass through are not among them."""
        return list(self._book.calls)

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        self._known(method)
        return [call for call in self._book.calls if call.method == method]

    def assert_called(self, method: str, **when: Any) -> Call:
        """Return the only call of `method` with these arguments; AssertionError if there is none, or more."""
        self._known(method)
        wanted = Answer(method=method, value=None, when=when)
        found = [call for call in self._book.calls if wanted.fits(call)]
        if len(found) != 1:
            arguments = ", ".join(f"{name}={short(value)}" for name, value in when.items())
            raise AssertionError(
                f"{self._name(method)}({arguments}) was called {len(found)} times; {self._book.told()}"
            )
        return found[0]

    def assert_not_called(self, method: str | None = None) -> None:
        """AssertionError if the method (or any, without a name) was called."""
        calls = self.calls if method is None else self.calls_of(method)
        if calls:
            raise AssertionError(f"{calls[0]} was called; {self._book.told()}")

    def assert_all_used(self) -> None:
        """Raise UnusedAnswerError (an AssertionError) if an answer was never asked for."""
        self._book.raise_unused()

    def _known(self, method: str) -> None:
        if method not in self._kinds and callable(getattr(self._hook, method, None)):
            why = "it is private, static, a class method, of a base class of Airflow's, or patched by somebody else"
            raise UsageError(f"{self._name(method)} is not mocked: {why}")
        if method not in self._kinds:
            raise UsageError(unknown(f"method of {self._hook.__name__}", method, self._kinds))

    def _name(self, method: str) -> str:
        return f"{self._hook.__name__}.{method}"

    def _check_arguments(self, method: str, when: dict[str, Any]) -> None:
        parameters = inspect.signature(self._real[method]).parameters
        if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
            return
        for name in when:
            if name not in list(parameters)[1:]:
                raise UsageError(unknown(f"argument of {self._name(method)}", name, list(parameters)[1:]))

    def verify(self, *, strict_answers: bool = False) -> None:
        """Raise the first call without an answer again; with `strict_answers`, UnusedAnswerError for an unused one."""
        self._book.verify(strict_answers=strict_answers)

    def replacements(self) -> dict[str, Any]:
        """Return what stands in the class while the mock lasts, by name."""
        return {name: self._replacement(name) for name in self._kinds}

    def _replacement(self, name: str) -> Any:
        real, kind = self._real[name], self._kinds[name]
        if kind == "property":
            return _Property(real, lambda: self._book.reply(Call(method=name), (), {}), lambda: name in self._through)
        if never_works(real):
            return real

        def called(*args: Any, **kwargs: Any) -> Any:
            if name in self._through:
                return real(*args, **kwargs)
            return self._book.reply(_call(name, real, args, kwargs), args[1:], kwargs)

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            answer = called(*args, **kwargs)
            return await answer if inspect.isawaitable(answer) else answer

        replacement: Callable[..., Any] = awaited if kind == "async" else called
        return functools.wraps(real)(replacement)


class _Property:
    """Stands for a property of the hook; what the hook itself sets is kept, as far as the real one may be set."""

    def __init__(self, real: Any, reply: Callable[[], Any], passes: Callable[[], bool]) -> None:
        self._real = real
        self._reply = reply
        self._passes = passes

    def __get__(self, hook: Any, owner: type | None = None) -> Any:
        if hook is None:
            return self
        if self._passes() or self in vars(hook).get("_dagcheck_set", ()):
            return self._real.__get__(hook, owner)
        return self._reply()

    def __set__(self, hook: Any, value: Any) -> None:
        if isinstance(self._real, property):
            self._real.__set__(hook, value)  # raises AttributeError where it may not be set
        else:
            vars(hook)[self._real.attrname] = value
        vars(hook).setdefault("_dagcheck_set", []).append(self)


# What decorators of the Google provider fill in (fallback_to_default_project_id, common/hooks/base_google.py).
_FILLED = frozenset({"project_id"})


def _call(name: str, real: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Call:
    """Bind as Python would: a wrong call is the TypeError that it is in production."""
    signature = inspect.signature(real)
    try:
        bound = signature.bind_partial(*args, **kwargs)
        filled = _FILLED & signature.parameters.keys() - bound.arguments.keys() if hasattr(real, "__wrapped__") else ()
        signature.bind(*args, **kwargs, **dict.fromkeys(filled))
    except TypeError as error:
        raise TypeError(f"{getattr(real, '__qualname__', name)}() {error}") from None
    own = next(iter(signature.parameters))
    arguments = {key: value for key, value in bound.arguments.items() if key != own}
    spread = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD), None)
    arguments.update(arguments.pop(spread, {}) if spread else {})
    return Call(method=name, arguments=arguments)


@contextmanager
def mocked_hook(hook: type, *, strict_answers: bool = False) -> Iterator[MockHook]:
    """Replace the methods of a hook class, for whoever imported it and whenever, until the block ends.

    The constructor is the real one. At the end a call without an answer is raised again, in case that the code caught
    it; with `strict_answers` an answer that nothing asked for is an error too.
    """
    mock = MockHook(hook)
    with replaced(hook, **mock.replacements()):
        yield mock
    mock.verify(strict_answers=strict_answers)
