"""A sensor for rows in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from common.compat import BaseHook, BaseSensorOperator


class DatabaseRecordSensor(BaseSensorOperator):
    """Wait until a query counts at least `at_least`; its first row's first value is the count.

    The SQL, also of a `.sql` file, and its parameters are templates. Values belong into `parameters`: the driver quotes
    them. An error of the database fails the task, which is then retried; it is never taken for "not yet".
    """

    template_fields: Sequence[str] = ("sql", "parameters")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers: Mapping[str, str] = {"sql": "sql"}

    def __init__(
        self, *, conn_id: str, sql: str, parameters: Mapping[str, Any] | None = None, at_least: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.sql = sql
        self.parameters = parameters
        self.at_least = at_least

    def poke(self, context: Any) -> bool:
        """Ask once."""
        del context
        hook = BaseHook.get_connection(self.conn_id).get_hook()
        row = hook.get_first(self.sql, parameters=self.parameters)
        count = row[0] if row and row[0] is not None else 0
        self.log.info("%s of %s rows are there", count, self.at_least)
        return bool(count >= self.at_least)
