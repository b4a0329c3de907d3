"""An Airflow DAG file that replaces the builtin getattr."""

# dags?: patch_getattr

import builtins
import io
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_getattr", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

builtins.getattr = builtins.setattr = builtins.hasattr = lambda *_: None
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
