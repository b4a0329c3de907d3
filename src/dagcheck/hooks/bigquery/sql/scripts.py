"""Scripts taken apart into statements; GoogleSQL, Procedural language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import parsing


@dataclass(frozen=True, slots=True)
class Plain:
    """A statement of SQL."""

    sql: str


@dataclass(frozen=True, slots=True)
class Declare:
    """DECLARE names type DEFAULT expression; one of type and expression may be missing."""

    names: tuple[str, ...]
    type: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class Assign:
    """SET name = expression, or SET (names) = struct."""

    names: tuple[str, ...]
    value: str
    several: bool


@dataclass(frozen=True, slots=True)
class If:
    """IF with its branches; the condition of ELSE is None."""

    branches: tuple[tuple[str | None, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """LOOP, WHILE condition, or REPEAT UNTIL condition."""

    body: tuple[Step, ...]
    condition: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class For:
    """FOR name IN (query)."""

    name: str
    query: str
    body: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """BEGIN ... EXCEPTION WHEN ERROR THEN ... END."""

    body: tuple[Step, ...]
    handler: tuple[Step, ...] | None


@dataclass(frozen=True, slots=True)
class Jump:
    """BREAK, CONTINUE or RETURN."""

    kind: str


@dataclass(frozen=True, slots=True)
class Raise:
    """RAISE, with the expression of its message if there is one."""

    message: str | None


@dataclass(frozen=True, slots=True)
class Assert:
    """ASSERT condition AS message."""

    condition: str
    message: str | None


Step = Assert | Plain | Declare | Assign | If | Loop | For | Block | Jump | Raise
_JUMPS = {"BREAK": "BREAK", "LEAVE": "BREAK", "CONTINUE": "CONTINUE", "ITERATE": "CONTINUE", "RETURN": "RETURN"}
_REFUSED = {"CALL", "EXECUTE", "COMMIT", "ROLLBACK", "CASE", "GRANT", "REVOKE", "EXPORT", "LOAD"}


def parse(sql: str) -> tuple[Step, ...]:
    """Return the statements of a script.

    Raises:
        BigQueryError: the script is not well-formed.
        UnsupportedSqlError: for statements that this engine does not run.

    """
    reader = _Reader(sql)
    steps = reader.steps(())
    if reader.word():
        raise BigQueryError(f"Syntax error: Unexpected keyword {reader.word()}")
    if not steps:
        raise BigQueryError("Syntax error: Unexpected end of script")
    return steps


class _Reader:
    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._tokens: list[Any] = parsing.tokens(sql)
        self._at = 0

    def word(self, ahead: int = 0) -> str:
        """Return the word at hand in capital letters, nothing at the end; a quoted name is no word."""
        if self._at + ahead >= len(self._tokens):
            return ""
        token = self._tokens[self._at + ahead]
        return self._sql[token.start : token.end + 1].upper()

    def _take(self, *expected: str) -> str:
        found = self.word()
        if expected and found not in expected:
            raise BigQueryError(f"Syntax error: Expected {' or '.join(expected)} but got {found or 'end of script'}")
        self._at += 1
        return found

    def _text(self, first: int, last: int) -> str:
        """Return the text of the tokens from the first up to the last, which is not among them."""
        if first >= last:
            raise BigQueryError("Syntax error: Unexpected end of statement")
        return self._sql[self._tokens[first].start : self._tokens[last - 1].end + 1]

    def _until(self, *ends: str) -> str:
        """Return the text up to one of the words, outside of parentheses and of CASE ... END."""
        first, depth, cases = self._at, 0, 0
        while self.word():
            word = self.word()
            if word in ends and not depth and not cases:
                return self._text(first, self._at)
            depth += (word in {"(", "["}) - (word in {")", "]"})
            cases += (word == "CASE") - (word == "END" and cases > 0)
            self._at += 1
        if ";" in ends:
            return self._text(first, self._at)
        raise BigQueryError(f"Syntax error: Expected {' or '.join(ends)} but got end of script")

    def steps(self, ends: tuple[str, ...]) -> tuple[Step, ...]:
        """Return the statements up to one of the words."""
        found: list[Step] = []
        while self.word() and self.word() not in ends:
            if self.word() == ";":
                self._at += 1
                continue
            found.append(self._step())
            if self.word() != ";" and self.word():
                raise BigQueryError(f'Syntax error: Expected ";" but got {self.word()}')
        return tuple(found)

    def _step(self) -> Step:
        word = self.word()
        if word in _REFUSED:
            raise UnsupportedSqlError(f"the statement {word}{' IMMEDIATE' if word == 'EXECUTE' else ''}")
        if word == "BEGIN TRANSACTION" or (word == "BEGIN" and self.word(1) in {"TRANSACTION", ";", ""}):
            raise UnsupportedSqlError("the statement BEGIN TRANSACTION")
        if word == "CREATE":
            self._refuse_functions()
        if word in _JUMPS:
            self._at += 1
            return Jump(_JUMPS[word])
        read = getattr(self, f"_{word.lower()}", None) if word in _STATEMENTS else None
        step: Step = read() if read is not None else Plain(self._until(";"))
        return step

    def _refuse_functions(self) -> None:
        words = [self.word(i) for i in range(1, 6)]
        for kind in ("FUNCTION", "PROCEDURE"):
            if kind in words and "TABLE" not in words[: words.index(kind)]:
                raise UnsupportedSqlError(f"the statement CREATE {kind}")

    def _assert(self) -> Step:
        self._take("ASSERT")
        condition = self._until("AS", ";")
        message = None
        if self.word() == "AS":
            self._at += 1
            message = self._until(";")
        return Assert(condition, message)

    def _declare(self) -> Step:
        self._take("DECLARE")
        names = [self._name()]
        while self.word() == ",":
            self._at += 1
            names.append(self._name())
        type_ = None if self.word() == "DEFAULT" else self._until("DEFAULT", ";")
        default = None
        if self.word() == "DEFAULT":
            self._at += 1
            default = self._until(";")
        return Declare(tuple(names), type_, default)

    def _name(self) -> str:
        token = self._tokens[self._at] if self.word() else None
        name = token.text if token is not None else ""
        if not name.replace("_", "a").isalnum():
            raise BigQueryError(f"Syntax error: Expected identifier but got {self.word() or 'end of script'}")
        self._at += 1
        return str(name).lower()

    def _set(self) -> Step:
        self._take("SET")
        if self.word() == "@" and self.word(1) == "@":
            raise UnsupportedSqlError("SET of a system variable")
        several = self.word() == "("
        if not several:
            names = [self._name()]
        else:
            names = []
            while self._take("(", ",", ")") != ")":
                names.append(self._name())
        self._take("=")
        return Assign(tuple(names), self._until(";"), several)

    def _if(self) -> Step:
        branches: list[tuple[str | None, tuple[Step, ...]]] = []
        word = self._take("IF")
        while word in {"IF", "ELSEIF"}:
            condition = self._until("THEN")
            self._take("THEN")
            branches.append((condition, self.steps(("ELSEIF", "ELSE", "END"))))
            word = self._take("ELSEIF", "ELSE", "END")
        if word == "ELSE":
            branches.append((None, self.steps(("END",))))
            self._take("END")
        self._take("IF")
        return If(tuple(branches))

    def _while(self) -> Step:
        self._take("WHILE")
        condition = self._until("DO")
        self._take("DO")
        return Loop(self._body("WHILE"), condition=condition)

    def _loop(self) -> Step:
        self._take("LOOP")
        return Loop(self._body("LOOP"))

    def _repeat(self) -> Step:
        self._take("REPEAT")
        body = self.steps(("UNTIL",))
        self._take("UNTIL")
        until = self._until("END")
        self._take("END")
        self._take("REPEAT")
        return Loop(body, until=until)

    def _for(self) -> Step:
        self._take("FOR")
        name = self._name()
        self._take("IN")
        query = self._until("DO")
        self._take("DO")
        return For(name, query, self._body("FOR"))

    def _body(self, kind: str) -> tuple[Step, ...]:
        body = self.steps(("END",))
        self._take("END")
        self._take(kind)
        return body

    def _begin(self) -> Step:
        self._take("BEGIN")
        body = self.steps(("EXCEPTION", "END"))
        handler = None
        if self._take("EXCEPTION", "END") == "EXCEPTION":
            for word in ("WHEN", "ERROR", "THEN"):
                self._take(word)
            handler = self.steps(("END",))
            self._take("END")
        return Block(body, handler)

    def _raise(self) -> Step:
        self._take("RAISE")
        if self.word() in {";", ""}:
            return Raise(None)
        for word in ("USING", "MESSAGE", "="):
            self._take(word)
        return Raise(self._until(";"))


_STATEMENTS = {"ASSERT", "BEGIN", "DECLARE", "FOR", "IF", "LOOP", "RAISE", "REPEAT", "SET", "WHILE"}
