from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from airflow.providers.postgres.hooks.postgres import PostgresHook

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.postgres.mock import MockPostgres


def overdue() -> list[int]:
    return [row[0] for row in PostgresHook("ledger").get_records("SELECT id FROM invoices WHERE NOT paid ORDER BY id")]


def test_unpaid_invoices_are_overdue(ledger: MockPostgres) -> None:
    ledger.seed("invoices", [{"id": 1, "paid": True}, {"id": 2, "paid": False}, {"id": 3, "paid": False}])
    assert overdue() == [2, 3]


def test_the_ledger_may_be_down(mock_hook: Callable[[type], MockHook]) -> None:
    mock_hook(PostgresHook).answer("get_records", ConnectionRefusedError("down"))
    with pytest.raises(ConnectionRefusedError):
        overdue()
