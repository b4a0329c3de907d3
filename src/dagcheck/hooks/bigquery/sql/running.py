"""Scripts run: variables, branches, loops, errors that are caught."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, Result
from dagcheck.hooks.bigquery.sql import casts, ddl, parsing, statements, types, values
from dagcheck.hooks.bigquery.sql.catalog import TEMPORARY
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Session
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.scripts import Assert, Assign, Block, Declare, For, If, Jump, Loop, Plain, Raise, Step
from dagcheck.hooks.bigquery.sql.typed import Typed, coerced, constant
from dagcheck.hooks.bigquery.sql.types import BOOL, INT64, STRING, SqlType

_MOST_STEPS = 100_000


class _Jumped(Exception):  # noqa: N818 - no error: how BREAK, CONTINUE and RETURN leave what they are in
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def run(compiler_for: Callable[[Session], Compiler], session: Session, steps: Sequence[Step]) -> Result:
    """Run a script; of one statement alone, the result is that statement's."""
    script = _Script(compiler_for, session)
    try:
        script.run(steps)
    except _Jumped as jump:
        if jump.kind != "RETURN":
            raise BigQueryError(f"Syntax error: {jump.kind} is only allowed inside of a loop body") from None
    finally:
        script.forget_temporary_tables()
    if len(steps) == 1 and isinstance(steps[0], Plain):
        return script.results[0]
    last = next((each for each in reversed(script.results) if each.statement_type == "SELECT"), None)
    fields, rows = (last.fields, last.rows) if last is not None else ((), ())
    return Result(statement_type="SCRIPT", fields=fields, rows=rows, children=tuple(script.results))


class _Script:
    def __init__(self, compiler_for: Callable[[Session], Compiler], session: Session) -> None:
        self._compiler_for = compiler_for
        self._session = session
        self._variables: dict[str, Typed] = {}
        self._count = 0
        self.results: list[Result] = []

    def run(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._count += 1
            if self._count > _MOST_STEPS:
                raise BigQueryError(f"The script has run more than {_MOST_STEPS} statements")
            _RUN[type(step)](self, step)

    def _compiler(self) -> Compiler:
        return self._compiler_for(dataclasses.replace(self._session, variables=self._variables))

    def _value(self, text: str, wanted: SqlType | None = None) -> Typed:
        """Return what an expression is now, as a literal that is none to the rules of coercion."""
        compiler = self._compiler()
        found = compiler.expression(parsing.expression(text), Scope())
        found = coerced(found, wanted) if wanted is not None else found
        [[raw]] = compiler.database.execute(f"SELECT {found.sql}")
        kind = INT64 if found.type == types.NULL else found.type
        return Typed(values.literal(values.read(raw, kind), kind), kind)

    def _is_true(self, text: str) -> bool:
        return self._value(text, BOOL).sql == "TRUE"

    def plain(self, step: Plain) -> None:
        node = parsing.statement(step.sql)
        if isinstance(node, exp.Create):
            self._make_room()
        result = statements.run(self._compiler(), node)
        if result.affected is not None:
            self._variables["@@row_count"] = Typed(constant(result.affected, INT64).sql, INT64)
        self.results.append(result)

    def _make_room(self) -> None:
        catalog = self._compiler().catalog
        if not catalog.has_dataset(self._session.project, TEMPORARY):
            catalog.create_dataset(self._session.project, TEMPORARY)

    def forget_temporary_tables(self) -> None:
        compiler = self._compiler()
        if compiler.catalog.has_dataset(self._session.project, TEMPORARY):
            with statements.transaction(compiler):
                ddl.drop_dataset(compiler, self._session.project, TEMPORARY, cascade=True)

    def declare(self, step: Declare) -> None:
        wanted = None
        if step.type is not None:
            cast = parsing.expression(f"CAST(NULL AS {step.type})")
            wanted = casts.type_of(cast.args["to"])
        for name in step.names:
            if name in self._variables:
                raise BigQueryError(f"Re-declaring variable {name} is not allowed")
            if step.default is not None:
                self._variables[name] = self._value(step.default, wanted)
            else:
                kind = wanted or INT64
                self._variables[name] = Typed(values.literal(None, kind), kind)

    def assign(self, step: Assign) -> None:
        for name in step.names:
            if name not in self._variables:
                raise BigQueryError(f"Undeclared variable: {name}")
        if not step.several:
            name = step.names[0]
            self._variables[name] = self._value(step.value, self._variables[name].type)
            return
        found = self._value(step.value)
        if len(found.type.fields) != len(step.names):
            raise BigQueryError(f"SET has {len(step.names)} variables, and a value of type {found.type}")
        for i, (name, (_, of)) in enumerate(zip(step.names, found.type.fields, strict=True)):
            field = Typed(f"struct_extract({found.sql}, 'f{i}')", of)
            self._variables[name] = coerced(field, self._variables[name].type)

    def branch(self, step: If) -> None:
        for condition, body in step.branches:
            if condition is None or self._is_true(condition):
                self.run(body)
                return

    def loop(self, step: Loop) -> None:
        while step.condition is None or self._is_true(step.condition):
            if self._broken(step.body):
                return
            if step.until is not None and self._is_true(step.until):
                return

    def _broken(self, body: Sequence[Step]) -> bool:
        self._count += 1
        try:
            self.run(body)
        except _Jumped as jump:
            if jump.kind == "RETURN":
                raise
            return jump.kind == "BREAK"
        return False

    def each(self, step: For) -> None:
        compiler = self._compiler()
        query = compiler.query(parsing.query_of(step.query), Scope())
        kind = types.struct((column.name, column.type) for column in query.columns)
        hidden = self._variables.get(step.name)
        if hidden is not None:
            raise BigQueryError(f"Re-declaring variable {step.name} is not allowed")
        for row in compiler.database.execute(query.sql):
            read = [values.read(value, of) for value, (_, of) in zip(row, kind.fields, strict=False)]
            self._variables[step.name] = Typed(values.literal(read, kind), kind)
            if self._broken(step.body):
                break
        self._variables.pop(step.name, None)

    def block(self, step: Block) -> None:
        outside = set(self._variables)
        try:
            self.run(step.body)
        except BigQueryError as error:
            if step.handler is None:
                raise
            kind = types.struct([("message", STRING)])
            self._variables["@@error"] = Typed(values.literal([error.message], kind), kind)
            self.run(step.handler)
        finally:
            for name in set(self._variables) - outside - {"@@row_count", "@@error"}:
                del self._variables[name]

    def fail(self, step: Raise) -> None:
        if step.message is None:
            known = self._variables.get("@@error")
            text = (
                self._value("@@error.message").sql if known is not None else "'RAISE outside of an exception handler'"
            )
        else:
            text = self._value(step.message, STRING).sql
        [[message]] = self._compiler().database.execute(f"SELECT {text}")
        raise BigQueryError(str(message))

    def check(self, step: Assert) -> None:
        if not self._is_true(step.condition):
            self.fail(Raise(step.message or "'Assertion failed'"))

    @staticmethod
    def jump(step: Jump) -> None:
        raise _Jumped(step.kind)


_RUN: Mapping[type, Callable[[_Script, Any], None]] = {
    Assert: _Script.check,
    Plain: _Script.plain,
    Declare: _Script.declare,
    Assign: _Script.assign,
    If: _Script.branch,
    Loop: _Script.loop,
    For: _Script.each,
    Block: _Script.block,
    Raise: _Script.fail,
    Jump: lambda script, step: script.jump(step),
}
