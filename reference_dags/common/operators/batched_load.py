"""An operator that copies the rows of a query into a table; see components/orders_warehouse.py (C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, ClassVar
from uuid import uuid4

from common.compat import BaseOperator

MOST_PARAMETERS = 65_535
"""What PostgreSQL's protocol takes in one statement."""


class BatchedLoadOperator(BaseOperator):
    """Copy what a query finds into a table of PostgreSQL, batch by batch, in one transaction.

    The rows that `replace_where` names are deleted first, in the same transaction: a rerun replaces what the run
    before has written, and a failure at any row leaves the table as it was. The query's columns must be named as the
    table's. Values belong into `parameters`, which the database quotes (`%(day)s`), never into the SQL itself.

    `sql` may be a file (`sql/orders.sql`, beside the DAG file). A batch is one INSERT; reading is by a cursor in the
    server, so memory holds one batch. Returns the number of rows.
    """

    template_fields: Sequence[str] = (
        "source_conn_id", "sql", "parameters", "target_conn_id", "target_table", "replace_where", "batch_size",
    )  # fmt: skip
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers: ClassVar[dict[str, str]] = {"sql": "sql", "parameters": "json"}
    ui_color = "#e8f7e4"

    def __init__(  # noqa: PLR0913 -- all of it is configuration
        self,
        *,
        source_conn_id: str,
        sql: str,
        target_conn_id: str,
        target_table: str,
        parameters: Mapping[str, Any] | None = None,
        replace_where: str | None = None,
        batch_size: int = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source_conn_id = source_conn_id
        self.sql = sql
        self.parameters = parameters
        self.target_conn_id = target_conn_id
        self.target_table = target_table
        self.replace_where = replace_where
        self.batch_size = batch_size

    def execute(self, context: Mapping[str, Any]) -> int:
        """Copy the rows; raises ValueError for a batch size below one, and what the database raises."""
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        del context
        size = int(self.batch_size)  # a template makes it a text
        if size < 1:
            raise ValueError(f"batch_size is {size}: a batch holds at least one row")
        source, target = PostgresHook(self.source_conn_id), PostgresHook(self.target_conn_id)
        with closing(source.get_conn()) as reading, closing(target.get_conn()) as writing:
            with closing(reading.cursor(name=f"load_{uuid4().hex}")) as rows, closing(writing.cursor()) as table:
                rows.execute(self.sql, self.parameters)
                count = self._copy(rows, table, size)
            writing.commit()
        self.log.info("%s rows into %s, in batches of %s", count, self.target_table, size)
        return count

    def _copy(self, rows: Any, table: Any, size: int) -> int:
        count = 0
        if self.replace_where:
            table.execute(f"DELETE FROM {quoted(self.target_table)} WHERE {self.replace_where}", self.parameters)  # noqa: S608 -- the DAG's own condition
        while batch := rows.fetchmany(size):
            columns = [column[0] for column in rows.description]
            table.execute(insertion(self.target_table, columns, len(batch)), [cell for row in batch for cell in row])
            count += len(batch)
        return count


def insertion(table: str, columns: Sequence[str], rows: int) -> str:
    """Return an INSERT of several rows; raises ValueError for more values than one statement may have."""
    if len(columns) * rows > MOST_PARAMETERS:
        most = MOST_PARAMETERS // len(columns)
        raise ValueError(f"batch_size {rows} is too much for {len(columns)} columns: {most} rows at most")
    row = f"({', '.join(['%s'] * len(columns))})"
    names = ", ".join(quoted(column) for column in columns)
    return f"INSERT INTO {quoted(table)} ({names}) VALUES {', '.join([row] * rows)}"  # noqa: S608 -- names are quoted


def quoted(name: str) -> str:
    """Return a name, `schema.table` too, as an SQL identifier."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))
