"""The hook and the operators in the tier `embedded`: statements are really run, by the engine in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = [pytest.mark.every_version, pytest.mark.providers]
_MERGE = """
MERGE shop.customers AS target
USING (SELECT customer, SUM(price) AS spent FROM shop.orders GROUP BY customer) AS source
ON target.customer = source.customer
WHEN MATCHED THEN UPDATE SET spent = target.spent + source.spent
WHEN NOT MATCHED THEN INSERT (customer, spent) VALUES (customer, spent)
"""


def _job(sql: str) -> dict[str, Any]:
    return {"configuration": {"query": {"query": sql, "useLegacySql": False}}}


def _night() -> dict[str, Any]:
    """Load a file, merge it into a table, check the result, fail on a wrong check."""
    import pendulum
    from airflow import DAG
    from airflow.providers.google.cloud.operators import bigquery as ops
    from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

    from dagcheck import run_dag
    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    start = pendulum.datetime(2024, 1, 1, tz="UTC")
    check = {"use_legacy_sql": False, "location": "US"}
    total = "SELECT SUM(spent) FROM shop.customers"
    with mocked_bigquery("embedded") as bigquery:
        with DAG("night", schedule=None, start_date=start) as dag:  # noqa: AIR311 -- the name that 2.7 to 3.3 have
            load = GCSToBigQueryOperator(
                task_id="load", bucket="in", source_objects=["orders.csv"], autodetect=True,
                destination_project_dataset_table=f"{bigquery.project}.shop.orders",
            )  # fmt: skip
            merge = ops.BigQueryInsertJobOperator(task_id="merge", deferrable=True, **_job(_MERGE))
            good = ops.BigQueryValueCheckOperator(task_id="good", sql=total, pass_value=17, **check)
            bad = ops.BigQueryCheckOperator(
                task_id="bad", sql="SELECT COUNT(*) FROM shop.orders WHERE price > 9", **check
            )
            load >> merge >> [good, bad]
        bigquery.seed("shop.customers", [{"customer": "Ann", "spent": 5}]).delay(1)
        bigquery.objects["gs://in/orders.csv"] = b"customer,price\nAnn,3\nBob,2\nBob,7\n"
        run = run_dag(dag, "2024-01-01")
        return {
            "states": dict(run.states),
            "customers": bigquery.query("SELECT * FROM shop.customers ORDER BY customer"),
        }


def _hook() -> dict[str, Any]:
    """Read by each transport, through parameters; change rows; see the errors of the engine."""
    from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook
    from google.api_core.exceptions import BadRequest
    from google.cloud import bigquery as library

    from dagcheck.hooks.bigquery.mock import mocked_bigquery
    from dagcheck.hooks.bigquery.results import UnsupportedSqlError

    sql = "SELECT id, name FROM shop.orders ORDER BY id"
    ids = library.QueryJobConfig(query_parameters=[library.ArrayQueryParameter("ids", "INT64", [2])])
    told: dict[str, Any] = {}
    try:
        with mocked_bigquery("embedded") as bigquery:
            bigquery.seed("shop.orders", [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}]).page_size(1)
            hook = BigQueryHook(location="US", use_legacy_sql=False)  # before 10.21 a connection could not say so
            client = hook.get_client(project_id=bigquery.project)
            frame = getattr(hook, "get_df", None) or hook.get_pandas_df
            told["get_records"] = [list(row) for row in hook.get_records(sql)]
            told["frame"] = frame(sql).to_dict("records")
            chosen = client.query("SELECT name FROM shop.orders WHERE id IN UNNEST(@ids)", job_config=ids)
            told["client"] = [dict(row) for row in chosen.result()]
            update = client.query("UPDATE shop.orders SET name = UPPER(name) WHERE id = 1")
            update.result()
            told["changed"] = update.num_dml_affected_rows
            told["rows"] = bigquery.rows("shop.orders")
            try:
                client.query("SELECT nope FROM shop.orders").result()
            except BadRequest as error:
                told["unknown"] = "Unrecognized name: nope" in str(error)
            try:
                client.query("SELECT NET.HOST('http://a')").result()
            except BadRequest as error:
                told["refused"] = "does not know" in str(error)
    except UnsupportedSqlError as error:
        told["again"] = "does not know" in str(error)
    return told


def test_a_night_of_a_warehouse_has_its_effects(room: Room) -> None:
    assert room(_night) == {
        "states": {"load": "success", "merge": "success", "good": "success", "bad": "failed"},
        "customers": [{"customer": "Ann", "spent": 8}, {"customer": "Bob", "spent": 9}],
    }


def test_the_hook_reads_and_changes_what_is_there_and_hears_what_is_refused(room: Room) -> None:
    assert room(_hook) == {
        "get_records": [[1, "ham"], [2, "eggs"]],
        "frame": [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}],
        "client": [{"name": "eggs"}],
        "changed": 1,
        "rows": [{"id": 1, "name": "HAM"}, {"id": 2, "name": "eggs"}],
        "unknown": True,
        "refused": True,
        "again": True,
    }
