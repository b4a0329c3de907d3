"""What S3Hook, boto3, operators and sensors do, the same on every tier: see test_everywhere.py."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dagcheck.hooks.s3.mock import MockS3

ORDERS = {"raw/1.csv": "id\n1\n", "raw/2.csv": "id\n2\n"}


@pytest.fixture
def lake(mock_s3: MockS3) -> MockS3:
    return mock_s3.add_connections("lake").seed("shop", ORDERS)


@pytest.fixture
def hook(lake: MockS3) -> Any:  # noqa: ARG001 - fixtures that come first
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    return S3Hook("lake")


@pytest.fixture
def run_task(lake: MockS3, dag_maker: Any, run_dag: Any) -> Any:  # noqa: ARG001 - as above
    def run(operator: type, **arguments: Any) -> Any:
        with dag_maker("made") as dag:
            operator(task_id="it", aws_conn_id="lake", **arguments)
        return run_dag(dag, "2024-01-01")

    return run


def test_the_hook_reads_lists_and_finds(hook: Any) -> None:
    assert hook.read_key("raw/1.csv", "shop") == "id\n1\n"
    assert hook.list_keys("shop", prefix="raw/") == ["raw/1.csv", "raw/2.csv"]
    assert (hook.check_for_key("raw/1.csv", "shop"), hook.check_for_key("raw/3.csv", "shop")) == (True, False)


def test_the_hook_writes_copies_and_deletes(hook: Any, lake: MockS3) -> None:
    hook.load_string("id\n3\n", "raw/3.csv", "shop")
    hook.copy_object("raw/3.csv", "public/3.csv", "shop", "shop")
    hook.delete_objects("shop", ["raw/1.csv", "raw/2.csv"])
    assert lake.objects == {"s3://shop/raw/3.csv": b"id\n3\n", "s3://shop/public/3.csv": b"id\n3\n"}


def test_a_failure_is_botocores_own(hook: Any, lake: MockS3) -> None:
    from botocore.exceptions import ClientError

    from dagcheck.hooks.s3.mock import ServiceError

    lake.answer("PutObject", ServiceError("SlowDown", status=503), Key="raw/3.csv")
    with pytest.raises(ClientError, match="SlowDown"):
        hook.get_conn().put_object(Bucket="shop", Key="raw/3.csv", Body=b"")


def test_an_operator_lists(run_task: Any) -> None:
    from airflow.providers.amazon.aws.operators.s3 import S3ListOperator

    run = run_task(S3ListOperator, bucket="shop", prefix="raw/")
    assert run.xcom("it") == ["raw/1.csv", "raw/2.csv"]


def test_an_operator_copies(run_task: Any, lake: MockS3) -> None:
    from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator

    run = run_task(
        S3CopyObjectOperator, source_bucket_name="shop", source_bucket_key="raw/1.csv", dest_bucket_name="shop",
        dest_bucket_key="public/1.csv",
    )  # fmt: skip
    assert (run.states, lake.read("shop", "public/1.csv")) == ({"it": "success"}, b"id\n1\n")


def test_a_file_is_transferred(run_task: Any, lake: MockS3, tmp_path: Any) -> None:
    from airflow.providers.amazon.aws.transfers.local_to_s3 import LocalFilesystemToS3Operator

    (tmp_path / "orders.csv").write_text("id\n4\n")
    run = run_task(
        LocalFilesystemToS3Operator, filename=str(tmp_path / "orders.csv"), dest_bucket="shop", dest_key="raw/4.csv"
    )
    assert (run.states, lake.read("shop", "raw/4.csv")) == ({"it": "success"}, b"id\n4\n")


def test_a_sensor_pokes(run_task: Any) -> None:
    from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

    assert run_task(S3KeySensor, bucket_name="shop", bucket_key="raw/*.csv", wildcard_match=True).states == {
        "it": "success"
    }


def test_a_deferrable_sensor_that_need_not_defer(run_task: Any) -> None:
    from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

    run = run_task(S3KeySensor, bucket_name="shop", bucket_key="raw/1.csv", deferrable=True)
    assert run.states == {"it": "success"}


def test_async_sensors_defer_to_a_trigger(run_task: Any, lake: MockS3) -> None:
    from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

    from dagcheck.hooks.s3.mock import ServiceError

    lake.answer("HeadObject", ServiceError("404", status=404), times=1)  # heard by the sensor, not by its trigger
    run = run_task(S3KeySensor, bucket_name="shop", bucket_key="raw/1.csv", deferrable=True, poke_interval=1)
    assert run.states == {"it": "success"}
    lake.assert_all_used()


def test_async_triggers_see_what_comes_later(lake: MockS3) -> None:
    from airflow.providers.amazon.aws.triggers.s3 import S3KeyTrigger

    trigger = S3KeyTrigger("shop", "raw/9.csv", aws_conn_id="lake", poke_interval=0.1)

    async def first() -> Any:
        lake.seed("shop", {"raw/9.csv": "id\n9\n"})
        return await asyncio.wait_for(trigger.run().__anext__(), 20)

    assert asyncio.run(first()).payload == {"status": "success"}


def test_real_servers_are_seen_by_other_processes(lake: MockS3) -> None:
    code = "import boto3; print(boto3.client('s3').list_buckets()['Buckets'][0]['Name'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == lake.buckets[0], done.stderr


@pytest.mark.parametrize("time", ["first", "again"])
def test_every_test_begins_without_a_bucket(mock_s3: MockS3, time: str) -> None:
    assert mock_s3.buckets == []
    mock_s3.seed("shop", {time: "x"})
