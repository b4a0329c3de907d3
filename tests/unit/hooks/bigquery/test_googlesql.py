"""Each statement of the table in googlesql/ has the outcome of BigQuery's documentation, or is refused by name."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import googlesql
import pytest

import make_bigquery_table
from dagcheck.hooks.bigquery.results import BigQueryError, Parameter, Result, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import Engine, casts, parsing, types

STATEMENTS = [each for family in googlesql.FAMILIES for each in googlesql.statements(family)]


CHANGES = "statements"  # the family whose statements change tables


@functools.cache
def _shared(family: str) -> Engine:
    return _filled(family)


def _filled(family: str) -> Engine:
    engine = Engine()
    engine.create_dataset("project", "shop")
    if given := next(googlesql.statements(family)).given:
        _run(engine, given)
    return engine


def _run(engine: Engine, sql: str, parameters: Sequence[Parameter] = ()) -> Result:
    return engine.run(sql, parameters=parameters, project="project", dataset="shop")


def _parameter(given: dict[str, Any]) -> Parameter:
    cast = parsing.expression(f"CAST(NULL AS {given['type']})")
    field = types.to_field("", casts.type_of(cast.args["to"]))
    return Parameter(name=given.get("name"), field=field, value=given["value"])


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda each: f"{each.family}: {each.construct}")
def test_a_statement_has_the_outcome_of_the_documentation_or_is_refused_by_name(statement: googlesql.Statement) -> None:
    engine = _filled(CHANGES) if statement.family == CHANGES else _shared(statement.family)
    if statement.refused is not None:
        with pytest.raises(UnsupportedSqlError) as refused:
            _outcome(engine, statement)
        assert statement.refused.lower() in refused.value.construct.lower()
    elif statement.error is not None:
        with pytest.raises(BigQueryError) as error:
            _outcome(engine, statement)
        assert statement.error in error.value.message
    else:
        _compare(_outcome(engine, statement), statement)


def _outcome(engine: Engine, statement: googlesql.Statement) -> Result:
    result = _run(engine, statement.sql, [_parameter(each) for each in statement.parameters])
    if statement.affected is not None:
        assert result.affected == statement.affected
    return _run(engine, statement.then) if statement.then else result


def _compare(result: Result, statement: googlesql.Statement) -> None:
    rows = [[googlesql.text_of(value) for value in row] for row in result.rows]
    if "ORDER BY" in (statement.then or statement.sql):
        assert rows == statement.rows
    else:
        assert sorted(rows) == sorted(statement.rows or [])
    if statement.columns is not None:
        shown = [f"{each.name} {each.type}{' REPEATED' * (each.mode == 'REPEATED')}" for each in result.fields]
        assert ", ".join(shown) == statement.columns


def test_the_table_has_at_least_eighty_statements_of_which_most_are_right() -> None:
    assert len(STATEMENTS) >= 80
    assert sum(each.outcome == "right" for each in STATEMENTS) >= 80


def test_each_statement_says_one_outcome_and_the_page_that_it_comes_from() -> None:
    for each in STATEMENTS:
        assert [each.rows is not None, each.error is not None, each.refused is not None].count(True) == 1, (
            each.construct
        )
        assert each.page


def test_the_page_of_the_documentation_shows_the_table_as_it_is() -> None:
    written = make_bigquery_table.PAGE.read_text(encoding="utf-8")
    assert written == make_bigquery_table.page(), "run tools/make_bigquery_table.py"
