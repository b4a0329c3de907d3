"""An Airflow DAG file that looks for what the machine would not want it to know."""

# expect: nothing
# dags: secrets_read
import os
import pathlib

SECRET = "DAGCHECK_TEST_SECRET"
own = pathlib.Path("/proc/self/environ")
if SECRET in os.environ or (own.exists() and SECRET.encode() in own.read_bytes()):
    raise AssertionError("found a secret")
for name in ("AWS_SECRET_ACCESS_KEY", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW_CONN_WAREHOUSE"):
    if os.environ.get(name, "").startswith("secret"):
        raise AssertionError(f"found {name}")

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("secrets_read", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
