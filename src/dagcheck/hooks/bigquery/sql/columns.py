"""What a CREATE statement says of a table: columns, partitions, options; GoogleSQL, Data definition language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlglot import exp

from dagcheck.hooks.bigquery.results import BigQueryError, Field, Partitioning, TableId, TableInfo, UnsupportedSqlError
from dagcheck.hooks.bigquery.sql import casts, types
from dagcheck.hooks.bigquery.sql.compiler import Compiler, check_parts, describe
from dagcheck.hooks.bigquery.sql.scopes import Scope, same


@dataclasses.dataclass(slots=True)
class Properties:
    """What stands beside the columns."""

    temporary: bool = False
    partition: exp.Expression | None = None
    clustering: tuple[str, ...] = ()
    description: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    require_filter: bool = False


def properties_of(compiler: Compiler, node: exp.Expression) -> Properties:
    """Return what PARTITION BY, CLUSTER BY and OPTIONS say."""
    found = Properties()
    holder = node.args.get("properties")
    for each in holder.expressions if holder is not None else ():
        if isinstance(each, exp.TemporaryProperty):
            found.temporary = True
        elif isinstance(each, exp.PartitionedByProperty):
            found.partition = each.this
        elif isinstance(each, (exp.Cluster, exp.ClusterProperty)):
            found.clustering = tuple(key.name for key in each.expressions)
        elif isinstance(each, exp.LocationProperty):
            continue
        elif type(each) is exp.Property:
            _option(compiler, each.name, each.args["value"], found)
        else:
            raise UnsupportedSqlError(f"CREATE with {describe(each)}")
    return found


_NO_EFFECT = {
    "friendly_name",
    "expiration_timestamp",
    "partition_expiration_days",
    "kms_key_name",
    "location",
    "default_table_expiration_days",
}


def _option(compiler: Compiler, name: str, node: exp.Expression, found: Properties) -> None:
    value = compiler.expression(node, Scope())
    if name.lower() == "description" and value.is_constant:
        found.description = value.constant
    elif name.lower() == "labels" and value.is_constant:
        found.labels = tuple((key, text) for key, text in value.constant)
    elif name.lower() == "require_partition_filter" and value.is_constant:
        found.require_filter = bool(value.constant)
    elif name.lower() not in {"description", "labels", *_NO_EFFECT}:
        raise UnsupportedSqlError(f"the option {name}")


def info_of(named: TableId, fields: tuple[Field, ...], properties: Properties) -> TableInfo:
    """Return the table that a CREATE statement describes."""
    return TableInfo(
        id=named,
        fields=fields,
        partitioning=_partitioning(properties, fields),
        clustering=properties.clustering,
        description=properties.description,
        labels=properties.labels,
    )


def _partitioning(properties: Properties, fields: Sequence[Field]) -> Partitioning | None:
    if properties.partition is None:
        return None
    kind, column = _partitioned_by(properties.partition)
    if column.upper() in {"_PARTITIONDATE", "_PARTITIONTIME"}:
        if kind != "DAY":
            raise UnsupportedSqlError(f"PARTITION BY {column} by {kind}")
        return Partitioning(require_filter=properties.require_filter)
    if not any(same(field.name, column) for field in fields):
        raise BigQueryError(f"Unrecognized name: {column}")
    return Partitioning(type=kind, field=column, require_filter=properties.require_filter)


def _partitioned_by(node: exp.Expression) -> tuple[str, str]:
    """Return the kind of partitions and the name of the column."""
    while isinstance(node, (exp.Schema, exp.Tuple, exp.Paren)):
        node = node.expressions[0] if node.expressions else node.this
    kind, column = "DAY", node
    if isinstance(node, exp.Anonymous):
        column = node.expressions[0]
        function = str(node.this).upper()
        if function in {"DATE_TRUNC", "DATETIME_TRUNC", "TIMESTAMP_TRUNC"}:
            kind = node.expressions[1].name.upper()
        elif function == "RANGE_BUCKET":
            kind = "RANGE"
        elif function != "DATE":
            raise BigQueryError("PARTITION BY expression must be DATE(<timestamp_column>), a DATE column, ...")
    if not isinstance(column, (exp.Column, exp.Identifier)):
        raise UnsupportedSqlError("this PARTITION BY")
    return kind, column.name


def column_of(node: exp.Expression) -> Field:
    """Return a column as it is declared."""
    if not isinstance(node, exp.ColumnDef):
        raise UnsupportedSqlError(f"CREATE TABLE with {describe(node)}")
    check_parts(node, {"this", "kind", "constraints"})
    field = types.to_field(node.name, casts.type_of(node.args["kind"], parameters=False))
    for constraint in node.args.get("constraints") or ():
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.NotNullColumnConstraint):
            field = dataclasses.replace(field, mode="REQUIRED")
        elif isinstance(kind, exp.DefaultColumnConstraint):
            field = dataclasses.replace(field, default=kind.this.sql("bigquery"))
        elif isinstance(kind, exp.Properties) or kind is None:
            field = dataclasses.replace(field, description=_description(constraint))
        else:
            raise UnsupportedSqlError(f"a column with {describe(kind)}")
    return field


def _description(constraint: exp.Expression) -> str | None:
    for option in constraint.find_all(exp.Property):
        if option.name.lower() == "description":
            return str(option.args["value"].name)
    return None
