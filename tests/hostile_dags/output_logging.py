"""An Airflow DAG file that logs megabytes, and leaves a handler behind that raises on every record."""

# dags?: output_logging

import logging


class Raises(logging.Handler):
    def handle(self, record):
        raise RuntimeError("no log")


logging.getLogger("airflow.task").warning("x" * 5_000_000)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("output_logging", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

logging.getLogger().addHandler(Raises())
logging.getLogger().setLevel(1)
logging.raiseExceptions = True
# maybe: import-error
