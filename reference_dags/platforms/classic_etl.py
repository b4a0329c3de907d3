"""E13 (classic ETL): MySQL to S3, Spark on EMR, the result into Redshift.

Use it where the transformation needs a cluster and the parts already exist. Each step leaves its result in S3 under
the run's day, so each can be repeated alone and looked at afterwards.

Not where the warehouse can transform by itself (see `warehouse/elt_in_warehouse.py`): that saves the cluster.

Easy to get wrong: `COPY` appends, so a repeated load doubles its rows; `method="REPLACE"` would empty the whole table,
and `UPSERT` by a key replaces what is loaded again. Submitting a Spark step is not running it. Credentials belong into
the Connection as a role (`role_arn`): otherwise the COPY statement carries keys into Redshift's logs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pendulum
from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.providers.amazon.aws.transfers.s3_to_redshift import S3ToRedshiftOperator
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import dag, task
from common.shop import TIMEZONE, local_day

DAY = "{{ data_interval_start.in_timezone('Europe/Amsterdam').date() }}"
BUCKET = "shop-lake"
CHANGED = "SELECT customer_id, name, country FROM customers WHERE changed >= %s AND changed < %s ORDER BY customer_id"
STEP = {
    "Name": f"customers {DAY}",
    "ActionOnFailure": "CONTINUE",
    "HadoopJarStep": {
        "Jar": "command-runner.jar",
        "Args": [
            "spark-submit",
            "s3://shop-jobs/customers.py",
            f"s3://{BUCKET}/raw/customers/{DAY}.csv",
            f"s3://{BUCKET}/transformed/customers/{DAY}.csv",
        ],
    },
}


@task
def extract_customers(data_interval_start: datetime | None = None) -> str:
    """Write the customers that changed on the day to S3; return the object's key. Written again it is replaced."""
    import csv
    from tempfile import TemporaryDirectory

    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    from common.hooks.mysql import PyMySqlHook

    day = local_day(data_interval_start)
    key = f"raw/customers/{day}.csv"
    with TemporaryDirectory() as folder:
        path = f"{folder}/customers.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
            writer = csv.writer(file)
            writer.writerow(["customer_id", "name", "country"])
            writer.writerows(PyMySqlHook("shop_mysql").stream(CHANGED, (day, day + timedelta(days=1))))
        S3Hook().load_file(path, key, BUCKET, replace=True)
    return key


@dag(
    description="Changed customers from MySQL through Spark into Redshift",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "sales-data",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
    },
    doc_md=__doc__,
    tags=["reference", "platforms"],
)
def classic_etl() -> None:
    """Extract, transform, load."""
    submit_spark = EmrAddStepsOperator(
        task_id="submit_spark", job_flow_name="analytics", cluster_states=["RUNNING", "WAITING"], steps=[STEP]
    )
    wait_for_spark = EmrStepSensor(
        task_id="wait_for_spark",
        job_flow_id="{{ ti.xcom_pull(task_ids='submit_spark', key='job_flow_id') }}",
        step_id="{{ ti.xcom_pull(task_ids='submit_spark')[0] }}",
        mode="reschedule",
        poke_interval=60,
        timeout=2 * 60 * 60,
    )
    load_to_redshift = S3ToRedshiftOperator(
        task_id="load_to_redshift",
        schema="public",
        table="customers",
        s3_bucket=BUCKET,
        s3_key=f"transformed/customers/{DAY}.csv",
        copy_options=["CSV", "IGNOREHEADER 1"],
        method="UPSERT",
        upsert_keys=["customer_id"],
    )
    extract_customers() >> submit_spark >> wait_for_spark >> load_to_redshift


classic_etl()
