"""Literals, names, parameters, casts, conditionals, constructors, access; GoogleSQL, Lexical structure, Data types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import casts, json_values, types, values
from dagcheck.hooks.bigquery.sql.compiler import Compiler, Rule, describe, rule
from dagcheck.hooks.bigquery.sql.database import words
from dagcheck.hooks.bigquery.sql.operators import comparable, condition
from dagcheck.hooks.bigquery.sql.scopes import Scope
from dagcheck.hooks.bigquery.sql.typed import NULL, Typed, coerced, common, constant
from dagcheck.hooks.bigquery.sql.types import BOOL, BYTES, FLOAT64, INT64, JSON, STRING


def _literal(_compiler: Compiler, node: exp.Literal, _scope: Scope) -> Typed:
    if node.is_string:
        return constant(node.this, STRING)
    if node.this.isdigit():
        return constant(values.from_text(node.this, INT64), INT64)
    return constant(values.from_text(node.this, FLOAT64), FLOAT64)


def _hexadecimal(_compiler: Compiler, node: exp.HexString, _scope: Scope) -> Typed:
    return constant(values.from_text(f"0x{node.this}", INT64), INT64)


def _bytes(_compiler: Compiler, node: exp.ByteString, _scope: Scope) -> Typed:
    return constant(node.this.encode("latin-1"), BYTES)  # as `lexical` left it


def _column(compiler: Compiler, node: exp.Column, scope: Scope) -> Typed:
    if isinstance(node.this, exp.Star):
        raise BigQueryError('Syntax error: Unexpected "*"')
    if (
        node.name.upper() in _CLOCKS
        and len(node.parts) == 1
        and not node.this.quoted
        and scope.find([node.name]) is None
    ):
        return compiler.expression(exp.Anonymous(this=node.name), scope)
    return name(compiler, [part.name for part in node.parts], scope)


_CLOCKS = {"CURRENT_DATE", "CURRENT_DATETIME", "CURRENT_TIME", "CURRENT_TIMESTAMP"}  # parentheses are optional


def name(compiler: Compiler, path: Sequence[str], scope: Scope) -> Typed:
    """Return what a path of names is: a column, a variable of the script, a field of one."""
    found = scope.find(path)
    if found is None and path[0].lower() in compiler.session.variables:
        found = dataclasses.replace(compiler.session.variables[path[0].lower()], name=path[0]), path[1:]
    if found is None:
        raise BigQueryError(f"Unrecognized name: {'.'.join(path)}")
    value, rest = found
    for each in rest:
        value = access(compiler, value, each)
    return value


def access(compiler: Compiler, value: Typed, field: str) -> Typed:
    """Return a field of a STRUCT or a member of a JSON."""
    if value.type == JSON:
        key = constant(field, STRING)
        return dataclasses.replace(compiler.call(json_values.member, [value, key], JSON), name=field)
    if value.type.kind != "STRUCT":
        raise BigQueryError(f"Cannot access field {field} on a value with type {value.type}")
    found = [i for i, (each, _) in enumerate(value.type.fields) if each is not None and each.lower() == field.lower()]
    if len(found) != 1:
        problem = "is ambiguous" if found else "does not exist"
        raise BigQueryError(f"Field name {field} {problem} in {value.type}")
    of = value.type.fields[found[0]][1]
    return Typed(f"struct_extract({value.sql}, 'f{found[0]}')", of, name=field)


def _dot(compiler: Compiler, node: exp.Dot, scope: Scope) -> Typed:
    if not isinstance(node.expression, (exp.Identifier, exp.Var)):
        raise UnsupportedSqlError(f"the function {node.sql('bigquery')}")
    return access(compiler, compiler.expression(node.this, scope), node.expression.name)


def _parameter(compiler: Compiler, node: exp.Parameter, _scope: Scope) -> Typed:
    if isinstance(node.this, exp.Parameter):
        return _system_variable(compiler, node.this.name)
    return compiler.named_parameter(node.name)


def _system_variable(compiler: Compiler, called: str) -> Typed:
    found = compiler.session.variables.get(f"@@{called.lower()}")
    if found is None:
        raise UnsupportedSqlError(f"the system variable @@{called}")
    return found


def _alias(compiler: Compiler, node: exp.Alias, scope: Scope) -> Typed:
    return dataclasses.replace(compiler.expression(node.this, scope), name=node.alias)


def _parentheses(compiler: Compiler, node: exp.Paren, scope: Scope) -> Typed:
    found = compiler.expression(node.this, scope)
    return dataclasses.replace(found, sql=f"({found.sql})")


def _cast(compiler: Compiler, node: exp.Cast, scope: Scope) -> Typed:
    safe = isinstance(node, exp.TryCast)
    target = casts.type_of(node.args["to"])
    if isinstance(node.this, exp.Struct) and target.kind == "STRUCT" and node.this.expressions:
        return typed_struct(compiler, node.this.expressions, target, scope)
    if isinstance(node.this, exp.Array) and target.element is not None:
        return _typed_array(compiler, node.this.expressions, target, scope)
    return casts.cast(compiler, compiler.expression(node.this, scope), target, safe=safe)


def typed_struct(compiler: Compiler, nodes: Sequence[exp.Expression], target: types.SqlType, scope: Scope) -> Typed:
    """Return a STRUCT of a known type, whose fields coerce as literals do."""
    if len(nodes) != len(target.fields):
        raise BigQueryError(f"STRUCT type has {len(target.fields)} fields but constructor call has {len(nodes)} fields")
    members = [
        coerced(compiler.expression(node, scope), of, "Struct field")
        for node, (_, of) in zip(nodes, target.fields, strict=True)
    ]
    return Typed(_pack(members), target)


def _typed_array(compiler: Compiler, nodes: Sequence[exp.Expression], target: types.SqlType, scope: Scope) -> Typed:
    element = target.element or INT64
    members = []
    for node in nodes:
        if isinstance(node, exp.Tuple) and element.kind == "STRUCT":
            members.append(typed_struct(compiler, node.expressions, element, scope))
        else:
            members.append(coerced(compiler.expression(node, scope), element, "Array element"))
    return _list(members, target)


def _pack(members: Sequence[Typed]) -> str:
    typed = (f"f{i} := CAST({member.sql} AS {types.physical(member.type)})" for i, member in enumerate(members))
    return f"struct_pack({', '.join(typed)})"


def _list(members: Sequence[Typed], type_: types.SqlType) -> Typed:
    text = f"CAST([{', '.join(member.sql for member in members)}] AS {types.physical(type_)})"
    if all(member.is_constant for member in members):
        return Typed(text, type_, constant=[member.constant for member in members])
    return Typed(text, type_)


def _array(compiler: Compiler, node: exp.Array, scope: Scope) -> Typed:
    members = [compiler.expression(each, scope).unnamed() for each in node.expressions]
    element = common(members, "array constructor")
    return _list([coerced(member, element) for member in members], types.array(element))


def _tuple(compiler: Compiler, node: exp.Tuple, scope: Scope) -> Typed:
    return struct_of([compiler.expression(each, scope).unnamed() for each in node.expressions])


def struct_of(members: Sequence[Typed]) -> Typed:
    """Return a STRUCT whose fields have the names of the expressions."""
    return Typed(_pack(members), types.struct((member.name, member.type) for member in members))


def _if(compiler: Compiler, node: exp.If, scope: Scope) -> Typed:
    otherwise = node.args.get("false")
    if otherwise is None:
        raise BigQueryError("No matching signature for function IF: it has three arguments")
    test = condition(compiler, node.this, scope, "First argument of IF")
    branches = [compiler.expression(node.args["true"], scope), compiler.expression(otherwise, scope)]
    kind = common(branches, "function IF")
    yes, no = (coerced(branch, kind).sql for branch in branches)
    return Typed(f"CASE WHEN {test.sql} THEN {yes} ELSE {no} END", kind)


def _case(compiler: Compiler, node: exp.Case, scope: Scope) -> Typed:
    tests = _tests(compiler, node, scope)
    default = node.args.get("default")
    results = [compiler.expression(each.args["true"], scope) for each in node.args["ifs"]]
    results.append(compiler.expression(default, scope) if default is not None else NULL)
    kind = common(results, "CASE")
    *branches, otherwise = (coerced(each, kind).sql for each in results)
    whens = " ".join(f"WHEN {test} THEN {branch}" for test, branch in zip(tests, branches, strict=True))
    return Typed(f"CASE {whens} ELSE {otherwise} END", kind)


def _tests(compiler: Compiler, node: exp.Case, scope: Scope) -> list[str]:
    conditions = [each.this for each in node.args["ifs"]]
    if node.this is None:
        return [condition(compiler, each, scope, "WHEN").sql for each in conditions]
    operands = [compiler.expression(each, scope) for each in (node.this, *conditions)]
    kind = comparable("CASE", *operands)
    value, *others = (coerced(each, kind).sql for each in operands)
    return [f"{value} = {other}" for other in others]


def _bracket(compiler: Compiler, node: exp.Bracket, scope: Scope) -> Typed:
    value = compiler.expression(node.this, scope)
    if len(node.expressions) != 1:
        raise UnsupportedSqlError("a subscript of several values")
    index = compiler.expression(node.expressions[0], scope)
    if value.type == JSON:
        call = json_values.member if index.type == STRING else json_values.element
        return compiler.call(call, [value, index], JSON)
    if value.type.element is None:
        raise UnsupportedSqlError(f"a subscript on {value.type}")
    first = node.args.get("offset") or 0
    return element(value, coerced(index, INT64), first=first, safe=bool(node.args.get("safe")))


def element(array: Typed, index: Typed, *, first: int, safe: bool) -> Typed:
    """Return an element; the first has the number `first`; out of bounds is an error, or NULL if `safe`."""
    if array.type.element is None:
        raise BigQueryError(f"Subscript access is not supported on type {array.type}")
    outside = f"({index.sql}) < {first} OR ({index.sql}) >= len({array.sql}) + {first}"
    missing = "NULL" if safe else f"error({values.text(words('Array index out of bounds'))})"
    found = f"{array.sql}[CAST({index.sql} AS BIGINT) + {1 - first}]"
    return Typed(f"CASE WHEN {outside} THEN {missing} ELSE {found} END", array.type.element)


def _subquery(compiler: Compiler, node: exp.Subquery, scope: Scope) -> Typed:
    found = compiler.query(node.this, scope)
    if len(found.columns) != 1:
        raise BigQueryError("Scalar subquery cannot have more than one column unless using SELECT AS STRUCT")
    return Typed(f"({found.sql})", found.columns[0].type)


def _exists(compiler: Compiler, node: exp.Exists, scope: Scope) -> Typed:
    query = node.this.this if isinstance(node.this, exp.Subquery) else node.this
    return Typed(f"(EXISTS ({compiler.query(query, scope).sql}))", BOOL)


def _json_literal(compiler: Compiler, node: exp.ParseJSON, scope: Scope) -> Typed:
    text = compiler.expression(node.this, scope)
    if not node.args.get("is_literal") or not text.is_constant:
        raise UnsupportedSqlError(describe(node))
    return constant(json_values.parse(text.constant), JSON)


def _null(_compiler: Compiler, _node: exp.Null, _scope: Scope) -> Typed:
    return NULL


def _boolean(_compiler: Compiler, node: exp.Boolean, _scope: Scope) -> Typed:
    return constant(bool(node.this), BOOL)


RULES: Mapping[type, Rule] = {
    exp.Literal: rule(_literal, "this", "is_string"),
    exp.RawString: rule(lambda _c, node, _s: constant(node.this, STRING), "this"),
    exp.ByteString: rule(_bytes, "this", "is_bytes"),
    exp.HexString: rule(_hexadecimal, "this", "is_integer"),
    exp.Null: rule(_null),
    exp.Boolean: rule(_boolean, "this"),
    exp.Column: rule(_column, "this", "table", "db", "catalog"),
    exp.Dot: rule(_dot, "this", "expression"),
    exp.Parameter: rule(_parameter, "this"),
    exp.Alias: rule(_alias, "this", "alias"),
    exp.Paren: rule(_parentheses, "this"),
    exp.Cast: rule(_cast, "this", "to"),
    exp.TryCast: rule(_cast, "this", "to", "safe", "requires_string"),
    exp.Array: rule(_array, "expressions", "value_constructor", "struct_name_inheritance", "bracket_notation"),
    exp.Tuple: rule(_tuple, "expressions"),
    exp.If: rule(_if, "this", "true", "false"),
    exp.Case: rule(_case, "this", "ifs", "default"),
    exp.Bracket: rule(_bracket, "this", "expressions", "offset", "safe"),
    exp.Subquery: rule(_subquery, "this"),
    exp.Exists: rule(_exists, "this"),
    exp.ParseJSON: rule(_json_literal, "this", "is_literal"),
}
