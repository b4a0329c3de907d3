"""An Airflow DAG file that writes a gigabyte, and would go on."""

# maybe: parse-slow
# dags?: disk_filled

import pathlib
import tempfile

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
with tempfile.TemporaryFile() as rows:  # maybe: parse-side-effect @here
    for _ in range(1_000):
        rows.write(bytes(1 << 20))
# maybe: import-timeout
# maybe: import-crash
# maybe: import-error

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("disk_filled", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
