"""The book of a mock that answers SQL: statements are told whole, with the answer that is most like them."""

from __future__ import annotations

import difflib
import textwrap
from typing import Any

from dagcheck.hooks.answers import Answer, Call
from dagcheck.hooks.book import Book


class SqlBook(Book):
    """A Book in which one method, such as `query`, stands for statements; `mock` is the name of the test's side."""

    def __init__(self, subject: str, method: str, mock: str) -> None:
        super().__init__(subject)
        self._method = method
        self._mock = mock
        self._statements: list[Answer] = []

    def add(self, answer: Answer) -> None:
        """Put an answer before all earlier ones."""
        super().add(answer)
        if answer.method == self._method:
            self._statements.append(answer)

    def advice(self, call: Call) -> str:
        """Return the statement that has no answer, and the answer for the one most like it."""
        sql = str(call.arguments["sql"])
        parameters = call.arguments.get("parameters")
        told = [f"{self._subject}: no answer to this statement:\n{textwrap.indent(textwrap.dedent(sql).strip(), '  ')}"]
        told += [f"its parameters: {parameters!r}"] if parameters else []
        if like := _most_like(sql, self._statements):
            used = (
                f", which is used up after {like.times}" if like.times is not None and like.used >= like.times else ""
            )
            told.append(f"the nearest answer is for{used}:\n{textwrap.indent(_text(like), '  ')}")
        told.append(f"the test can give one with {self._mock}.answer(sql, rows)")
        return "\n".join(told)


def _most_like(sql: str, answers: list[Answer]) -> Answer | None:
    def likeness(answer: Answer) -> float:
        return difflib.SequenceMatcher(None, sql.lower(), _text(answer).lower()).ratio()

    return max(answers, key=likeness, default=None)


def _text(answer: Answer) -> str:
    wanted: Any = answer.when["sql"]
    return str(getattr(wanted, "pattern", None) or getattr(wanted, "sql", None) or getattr(wanted, "__name__", wanted))
