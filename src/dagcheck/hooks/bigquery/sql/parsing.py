"""GoogleSQL to trees of sqlglot, in which a function is what the author wrote.

sqlglot knows many functions of many dialects and rewrites their arguments. Here it knows none: each call keeps the name
and the arguments that BigQuery's documentation has, and only what this package lists by that name is run.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.errors import ParseError, TokenError

from dagcheck.hooks.bigquery.results import BigQueryError, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import lexical

_SYNTAX = {"CAST", "SAFE_CAST", "EXTRACT"}  # what is no plain call: CAST(x AS t), EXTRACT(part FROM x)


_FUNCTION_PARSERS = {name: read for name, read in BigQuery.Parser.FUNCTION_PARSERS.items() if name in _SYNTAX}


class GoogleSql(BigQuery):  # type: ignore[misc] # sqlglot has no types here
    """BigQuery's dialect without any function."""

    class Tokenizer(BigQuery.Tokenizer):  # type: ignore[misc] # as above
        """Reads the words of statements that sqlglot does not parse as words too."""

        COMMANDS: set[object] = set()  # noqa: RUF012 - as in sqlglot

    class Parser(BigQuery.Parser):  # type: ignore[misc] # as above
        """Reads f(x) as a call of f."""

        FUNCTIONS: dict[str, object] = {}  # noqa: RUF012 - as in sqlglot
        FUNCTION_PARSERS = _FUNCTION_PARSERS
        NO_PAREN_FUNCTIONS: dict[object, object] = {}  # noqa: RUF012 - as above


_dialect = GoogleSql()
POSITION = "_position"
"""What a positional parameter is called: @_position0 is the first ?."""
_SIGNS = frozenset("+-*/^|&=<>.[](),;@?~%{}") | {"||", "<<", ">>", "!=", "<>", "<=", ">=", "=>"}


def tokens(sql: str) -> list[Any]:
    """Return the tokens of a statement or script; each has the offsets `start` and `end` of its text.

    What sqlglot reads for the sake of other dialects (x::INT64, a ILIKE b) is no GoogleSQL.
    """
    try:
        found = list(_dialect.tokenize(sql))
    except TokenError as error:
        raise BigQueryError(f"Syntax error: {error}") from error
    for token, following in zip(found, [*found[1:], None], strict=True):
        written = sql[token.start : token.end + 1]
        if (
            not (written[:1].isalnum() or written[:1] in "_\"'`@")
            and written not in _SIGNS
            and token.token_type.name != "NUMBER"
        ):
            raise BigQueryError(f'Syntax error: Unexpected "{written}"')
        if written.lower() in {"rb", "br"} and following is not None and following.start == token.end + 1:
            raise UnsupportedSqlError(f"a literal with the prefix {written}")
        if token.token_type.name in _LITERALS:
            token.text = lexical.text_of(written)
        if written.upper() in _FOREIGN:
            raise BigQueryError(f'Syntax error: Unexpected keyword or identifier "{written}"')
    return found


_LITERALS = frozenset({"BYTE_STRING", "RAW_STRING", "STRING"})
_FOREIGN = frozenset(
    {"ANTI", "ASOF", "GLOB", "ILIKE", "ISNULL", "LATERAL", "NOTNULL", "REGEXP", "RLIKE", "SEMI", "SIMILAR"}
)


def numbered(sql: str) -> str:
    """Return the SQL with a name for each positional parameter."""
    parts, position, number = [], 0, 0
    for token in tokens(sql):
        if token.token_type.name == "PLACEHOLDER":
            parts += [sql[position : token.start], f"@{POSITION}{number}"]
            position, number = token.end + 1, number + 1
    return "".join(parts) + sql[position:]


def statement(sql: str) -> exp.Expression:
    """Return the tree of one statement.

    Raises:
        BigQueryError: it is not GoogleSQL.
        UnsupportedSqlError: sqlglot does not know the statement.

    """
    known = tokens(sql)
    if known and known[0].token_type.name == "FROM":
        raise UnsupportedSqlError("a query that begins with FROM")
    try:
        trees = _dialect.parser().parse(known, sql)
    except (ParseError, TokenError) as error:
        raise BigQueryError(f"Syntax error: {_where(error)}") from error
    trees = [tree for tree in trees if tree is not None]
    if len(trees) != 1:
        raise BigQueryError("Syntax error: Unexpected end of statement")
    if isinstance(trees[0], exp.Command):
        raise UnsupportedSqlError(f"the statement {trees[0].name.upper()}")
    found: exp.Expression = trees[0]
    return found


def query_of(sql: str) -> exp.Expression:
    """Return the tree of a query."""
    tree = statement(sql)
    if not isinstance(tree, exp.Query):
        raise BigQueryError("Syntax error: a query was expected")
    return tree


def expression(sql: str) -> exp.Expression:
    """Return the tree of an expression."""
    tree = statement(f"SELECT {sql}")
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or part(tree, "from"):
        raise BigQueryError(f"Syntax error: Unexpected expression {sql!r}")
    found: exp.Expression = tree.expressions[0]
    return found


def part(tree: exp.Expression, name: str) -> exp.Expression | None:
    """Return a clause whose key is a keyword of Python: sqlglot 28 began to write from_, with_."""
    found: exp.Expression | None = tree.args.get(f"{name}_") or tree.args.get(name)
    return found


def _where(error: Exception) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    first = details[0]
    near = first.get("highlight") or first.get("end_context") or ""
    return f"{first.get('description')} at [{first.get('line')}:{first.get('col')}], near {near.strip()!r}"
