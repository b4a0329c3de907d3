"""The provider's BigQueryHook, by each of its transports, against the server, on every generation of the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = pytest.mark.provider("google")


def _hook(tier: str) -> dict[str, Any]:
    """Read two orders by every transport of the hook that answers at once."""
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    sql = "SELECT id, name FROM shop.orders ORDER BY id"
    orders = [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}]
    with mocked_bigquery(tier) as bigquery:  # type: ignore[arg-type]
        bigquery.seed("shop.orders", orders)
        if tier == "fake":
            bigquery.answer(sql, orders)
        hook = BigQueryHook(location="US")
        frame = getattr(hook, "get_df", None) or hook.get_pandas_df
        return {
            "client": [dict(row) for row in hook.get_client(project_id=bigquery.project).query(sql).result()],
            "get_records": [list(row) for row in hook.get_records(sql)],
            "get_first": list(hook.get_first(sql)),
            "frame": frame(sql).to_dict("records"),
            "exists": [
                hook.table_exists(project_id=bigquery.project, dataset_id="shop", table_id=table)
                for table in ("orders", "orderz")
            ],
        }


@pytest.mark.parametrize("tier", ["fake"])
def test_each_transport_reads_the_same_rows_in_every_tier(room: Room, tier: str) -> None:
    assert room(_hook, tier) == {
        "client": [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}],
        "get_records": [[1, "ham"], [2, "eggs"]],
        "get_first": [1, "ham"],
        "frame": [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}],
        "exists": [True, False],
    }


def _inserted() -> dict[str, Any]:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    with mocked_bigquery("fake") as bigquery:
        bigquery.seed("shop.orders", schema={"id": "INT64", "name": "STRING"})
        hook, told = BigQueryHook(), ""
        table = {"project_id": bigquery.project, "dataset_id": "shop", "table_id": "orders"}
        hook.insert_all(**table, rows=[{"id": 3, "name": "tea"}], fail_on_error=True)
        try:
            hook.insert_all(**table, rows=[{"id": 4}, {"id": "four"}], fail_on_error=True)
        except Exception as error:  # noqa: BLE001 -- told
            told = str(error)
        return {"rows": bigquery.rows("shop.orders"), "told": told}


def test_rows_that_the_schema_does_not_take_are_refused_with_bigquerys_words(room: Room) -> None:
    told = room(_inserted)
    assert told["rows"] == [{"id": 3, "name": "tea"}]
    assert "'location': 'id'" in told["told"]
    assert "Cannot convert value to integer (bad value): four" in told["told"]
    assert "'reason': 'stopped'" in told["told"]


def _unanswered() -> list[str]:
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

    from dagcheck.hooks.answers import UnansweredCallError
    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    told = []
    try:
        with mocked_bigquery("fake") as bigquery:
            bigquery.answer("SELECT id FROM shop.orders", [{"id": 1}])
            try:
                BigQueryHook(location="US").get_records("SELECT id FROM shop.order")
            except Exception as error:  # noqa: BLE001 -- what careless code does
                told.append(str(error))
    except UnansweredCallError as error:
        told.append(str(error))
    return told


def test_a_statement_without_an_answer_is_told_to_the_code_and_again_when_the_block_ends(room: Room) -> None:
    first, again = room(_unanswered)
    assert "no answer to this statement:\n  SELECT id FROM shop.order\n" in first
    assert again == (
        "no answer to this statement:\n  SELECT id FROM shop.order\n"
        "the nearest answer is for:\n  SELECT id FROM shop.orders\n"
        "the test can give one with mock_bigquery.answer(sql, rows)"
    )
