"""The book of a mock: the calls that came, the answers that are there, and what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dagcheck import host
from dagcheck.errors import nearest
from dagcheck.hooks.answers import Answer, Call, UnansweredCallError, UnusedAnswerError
from dagcheck.sandbox.usercode import UserCode


class Book:
    """Answers calls, the answer given last first; safe to use from several threads."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._answers: list[Answer] = []
        self._unanswered: list[Exception] = []
        self._lock = threading.RLock()
        self.calls: list[Call] = []

    def add(self, answer: Answer) -> None:
        """Put an answer before all earlier ones."""
        with self._lock:
            self._answers.insert(0, answer)

    def reply(self, call: Call, positional: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Note the call and give its answer; raises UnansweredCallError where there is none."""
        with self._lock:
            self.calls.append(call)
            answer = next((one for one in self._answers if one.fits(call)), None)
            if answer is None:
                error = UnansweredCallError(f"{self.advice(call)}{_place()}")
                self._unanswered.append(error)
                raise error
        return answer.give(positional, named)

    def reply_or(self, call: Call, real: Callable[[], Any]) -> Any:
        """Note the call and give its answer, or else what is real."""
        with self._lock:
            self.calls.append(call)
            answer = next((one for one in self._answers if one.fits(call)), None)
        return answer.give((), call.arguments) if answer else real()

    def answers_to(self, method: str) -> bool:
        """Tell whether there is any answer to a method."""
        return any(answer.method == method for answer in self._answers)

    def raise_unanswered(self) -> None:
        """Raise the first thing that went wrong again: the code under test may have caught it."""
        if self._unanswered:
            raise self._unanswered[0]

    def raise_unused(self) -> None:
        """Raise UnusedAnswerError if an answer was never asked for."""
        unused = [str(answer) for answer in reversed(self._answers) if not answer.used]
        if unused:
            raise UnusedAnswerError(f"{self._subject}: nothing asked for {_lines(unused)}\n{self.told()}")

    def verify(self, *, strict_answers: bool) -> None:
        """Raise the first call without an answer again; with `strict_answers`, UnusedAnswerError for an unused one."""
        self.raise_unanswered()
        if strict_answers:
            self.raise_unused()

    def told(self) -> str:
        """Return the calls that came, as text."""
        return f"the calls were {_lines(map(str, self.calls))}" if self.calls else "there was no call"

    def keep(self, error: Exception) -> None:
        """Note what went wrong while answering, for `raise_unanswered`."""
        with self._lock:
            self._unanswered.append(error)

    def advice(self, call: Call) -> str:
        """Return what to tell of a call without an answer."""
        same = [str(answer) for answer in self._answers if answer.method == call.method]
        like = nearest(call.method, [answer.method for answer in self._answers]) if not same else None
        known = f"; its answers are {_lines(same)}" if same else f"; an answer to {like} is there" if like else ""
        return (
            f"{self._subject}: no answer to {call}{known}\nthe test can give one with mock.answer({call.method!r}, ...)"
        )


def _place() -> str:
    """Return where the innermost line of the user's own code is, as a line of a message."""
    file, line = UserCode(str(host.rootdir()), ()).innermost()
    return f"\nit was called at {file}:{line}" if file else ""


def _lines(items: Iterable[str]) -> str:
    every = list(items)
    return every[0] if len(every) == 1 else "".join(f"\n  {item}" for item in every)
