"""An Airflow DAG file that replaces how a record is made."""

# dags?: patch_record

import dagcheck.record

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_record", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

dagcheck.record.FileRecord.__init__ = lambda self, **_: None
# expect: import-crash|parse-side-effect
