"""The provider's operators, sensors and transfers, run by `run_dag` against the server: on every generation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

pytestmark = [pytest.mark.every_version, pytest.mark.providers]

SUCCEED = (
    "check", "check_deferred", "copy", "create_dataset", "create_table", "delete_dataset", "delete_table", "exists",
    "exists_deferred", "extract", "get_data", "get_data_deferred", "insert_job", "insert_job_deferred",
    "interval_check", "list_tables", "load", "load_deferred", "partition", "partition_deferred", "update_schema",
    "update_table", "upsert", "value_check", "value_check_deferred",
)  # fmt: skip
FAIL = {
    "check_fails": "Test failed.",
    "check_fails_deferred": "Test failed.",
    "insert_job_fails": "Unrecognized name: bad at [1:8]",
    "insert_job_fails_deferred": "Unrecognized name: bad at [1:8]",
}
DEFER = (
    "check_deferred", "check_fails_deferred", "get_data_deferred", "insert_job_deferred", "insert_job_fails_deferred",
    "load_deferred", "value_check_deferred",
)  # fmt: skip


def _job(sql: str) -> dict[str, Any]:
    return {"configuration": {"query": {"query": sql, "useLegacySql": False}}}


def _checks(ops: Any, deferrable: dict[str, Any], suffix: str) -> None:
    """Operators that run statements, both ways."""
    check = {"use_legacy_sql": False, "location": "US", **deferrable}
    ops.BigQueryInsertJobOperator(task_id=f"insert_job{suffix}", **_job("SELECT 1 AS one"), **deferrable)
    ops.BigQueryInsertJobOperator(task_id=f"insert_job_fails{suffix}", **_job("SELECT bad"), **deferrable)
    ops.BigQueryCheckOperator(task_id=f"check{suffix}", sql="SELECT 1 AS one", **check)
    ops.BigQueryCheckOperator(task_id=f"check_fails{suffix}", sql="SELECT 0 AS zero", **check)
    ops.BigQueryValueCheckOperator(task_id=f"value_check{suffix}", sql="SELECT 1 AS one", pass_value=1, **check)
    ops.BigQueryGetDataOperator(task_id=f"get_data{suffix}", dataset_id="shop", table_id="orders", **deferrable)


def _sensors(sensors: Any, deferrable: dict[str, Any], suffix: str, project: str) -> None:
    place = {"project_id": project, "dataset_id": "shop", **deferrable}
    sensors.BigQueryTableExistenceSensor(task_id=f"exists{suffix}", table_id="orders", **place)
    sensors.BigQueryTablePartitionExistenceSensor(
        task_id=f"partition{suffix}", table_id="days", partition_id="20240101", **place
    )


def _transfers(project: str) -> None:
    from airflow.providers.google.cloud.transfers.bigquery_to_bigquery import BigQueryToBigQueryOperator
    from airflow.providers.google.cloud.transfers.bigquery_to_gcs import BigQueryToGCSOperator
    from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

    for suffix, deferrable in (("", {}), ("_deferred", {"deferrable": True})):
        GCSToBigQueryOperator(
            task_id=f"load{suffix}", bucket="in", source_objects=["orders.csv"], skip_leading_rows=1,
            destination_project_dataset_table=f"{project}.shop.loaded{suffix}", **deferrable,
            schema_fields=[{"name": "id", "type": "INTEGER"}, {"name": "name", "type": "STRING"}],
        )  # fmt: skip
    BigQueryToGCSOperator(
        task_id="extract",
        source_project_dataset_table=f"{project}.shop.orders",
        destination_cloud_storage_uris=["gs://out/orders-*.csv"],
    )
    BigQueryToBigQueryOperator(
        task_id="copy",
        source_project_dataset_tables=f"{project}.shop.orders",
        destination_project_dataset_table=f"{project}.shop.copied",
    )


def _resources(ops: Any, project: str) -> None:
    """Operators on datasets and tables; 22.0 replaced BigQueryCreateEmptyTableOperator."""
    fields = [{"name": "id", "type": "INTEGER"}]
    place = {"dataset_id": "shop", "table_id": "made"}
    if hasattr(ops, "BigQueryCreateTableOperator"):
        resource = {"schema": {"fields": fields}}
        ops.BigQueryCreateTableOperator(task_id="create_table", table_resource=resource, **place)
    else:
        ops.BigQueryCreateEmptyTableOperator(task_id="create_table", schema_fields=fields, **place)
    ops.BigQueryCreateEmptyDatasetOperator(task_id="create_dataset", dataset_id="fresh")
    ops.BigQueryDeleteDatasetOperator(task_id="delete_dataset", dataset_id="old", delete_contents=True)
    ops.BigQueryDeleteTableOperator(task_id="delete_table", deletion_dataset_table=f"{project}.shop.gone")
    ops.BigQueryGetDatasetTablesOperator(task_id="list_tables", dataset_id="stable")
    ops.BigQueryUpdateTableOperator(
        task_id="update_table", dataset_id="stable", table_id="told", table_resource={"description": "new"},
        fields=["description"],
    )  # fmt: skip
    ops.BigQueryUpdateTableSchemaOperator(
        task_id="update_schema", dataset_id="stable", table_id="changed",
        schema_fields_updates=[{"name": "name", "description": "the name"}],
    )  # fmt: skip
    ops.BigQueryUpsertTableOperator(
        task_id="upsert", dataset_id="shop", table_resource={"tableReference": {"tableId": "upserted"}}
    )


def _prepare(bigquery: Any) -> None:
    bigquery.answer("SELECT 1 AS one", [{"one": 1}]).answer("SELECT 0 AS zero", [{"zero": 0}])
    bigquery.answer("SELECT bad", _error())
    bigquery.answer(re.compile("(?i)select .* from .*orders"), [{"id": 1, "name": "ham"}])
    bigquery.answer(re.compile(r"COUNT\(\*\)"), [{"count": 2}])
    bigquery.answer(re.compile("INFORMATION_SCHEMA.PARTITIONS"), [{"partition_id": "20240101"}])
    for table in ("shop.orders", "shop.gone", "old.gone", "stable.told", "stable.changed"):
        bigquery.seed(table, [{"id": 1, "name": "ham"}])
    bigquery.objects["gs://in/orders.csv"] = b"id,name\n1,ham\n2,eggs\n"
    _partitioned(bigquery.project)
    bigquery.seed("shop.days", [{"day": "2024-01-01"}])


def _error() -> Exception:
    from dagcheck.hooks.bigquery.mock import ServiceError

    return ServiceError("invalidQuery", "Unrecognized name: bad at [1:8]")


def _partitioned(project: str) -> None:
    from google.cloud import bigquery

    table = bigquery.Table(f"{project}.shop.days", schema=[bigquery.SchemaField("day", "DATE")])
    table.time_partitioning = bigquery.TimePartitioning(field="day")
    bigquery.Client().create_table(table)


def _run() -> dict[str, Any]:
    import pendulum
    from airflow import DAG
    from airflow.providers.google.cloud.operators import bigquery as ops
    from airflow.providers.google.cloud.sensors import bigquery as sensors

    from dagcheck import run_dag
    from dagcheck.hooks.bigquery.mock import mocked_bigquery

    with mocked_bigquery("fake") as bigquery:
        start = pendulum.datetime(2024, 1, 1, tz="UTC")
        with DAG("warehouse", schedule=None, start_date=start) as dag:  # noqa: AIR311 -- the name that 2.7 to 3.3 have
            for suffix, deferrable in (("", {}), ("_deferred", {"deferrable": True})):
                _checks(ops, deferrable, suffix)
                _sensors(sensors, deferrable, suffix, bigquery.project)
            ops.BigQueryIntervalCheckOperator(
                task_id="interval_check", table="shop.sales", metrics_thresholds={"COUNT(*)": 1.5},
                use_legacy_sql=False, location="US",
            )  # fmt: skip
            _transfers(bigquery.project)
            _resources(ops, bigquery.project)
        _prepare(bigquery)
        bigquery.delay(1)
        run = run_dag(dag, "2024-01-01")
        tables = bigquery.tables
        notes = bigquery._world.notes  # noqa: SLF001 -- what no test of a user needs
        return {
            "states": dict(run.states),
            "errors": {key: error.message for key, error in run.errors.items()},
            "tries": {key: [one.state for one in tries] for key, tries in run.tries.items()},
            "data": [[list(row) for row in run.xcom(key)] for key in ("get_data", "get_data_deferred")],
            "listed": [table["tableId"] for table in run.xcom("list_tables")],
            "tables": {name: rows for name, rows in tables.items() if name != "shop.days"},
            "objects": {name: content.decode() for name, content in bigquery.objects.items()},
            "noted": [notes(one)["description"] for one in bigquery._world._resources if "told" in str(one)],  # noqa: SLF001
        }


@pytest.fixture(scope="module")
def told(room: Room) -> dict[str, Any]:
    found: dict[str, Any] = room(_run)
    return found


def test_every_operator_comes_to_its_end(told: dict[str, Any]) -> None:
    states = {**dict.fromkeys(SUCCEED, "success"), **dict.fromkeys(FAIL, "failed")}
    assert told["states"] == states, told["errors"]


@pytest.mark.parametrize("task_id", sorted(FAIL))
def test_a_failure_says_what_bigquery_said(told: dict[str, Any], task_id: str) -> None:
    assert FAIL[task_id] in told["errors"][task_id]


@pytest.mark.parametrize("task_id", DEFER)
def test_deferrable_operators_defer_while_the_job_is_running(told: dict[str, Any], task_id: str) -> None:
    assert told["tries"][task_id] == ["deferred", told["states"][task_id]]


def test_data_are_read_and_tables_listed(told: dict[str, Any]) -> None:
    assert [[str(cell) for cell in row] for rows in told["data"] for row in rows] == [["1", "ham"], ["1", "ham"]]
    assert told["listed"] == ["changed", "told"]


def test_tables_and_objects_are_as_the_operators_leave_them(told: dict[str, Any]) -> None:
    order, loaded = [{"id": 1, "name": "ham"}], [{"id": 1, "name": "ham"}, {"id": 2, "name": "eggs"}]
    assert told["tables"] == {
        "shop.copied": order, "shop.loaded": loaded, "shop.loaded_deferred": loaded, "shop.made": [],
        "shop.orders": order, "shop.upserted": [], "stable.changed": order, "stable.told": order,
    }  # fmt: skip
    assert told["objects"]["gs://out/orders-000000000000.csv"] == "id,name\n1,ham\n"
    assert told["noted"] == ["new"]
