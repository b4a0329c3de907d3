"""An Airflow DAG file that ends the process at the next warning."""

# dags?: patch_warnings

import os
import sys
import warnings

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_warnings", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

warnings.showwarning = warnings._showwarnmsg = warnings.warn = lambda *_, **__: os._exit(0)
warnings.catch_warnings.__enter__ = lambda *_: os._exit(0)
# maybe: parse-side-effect
# maybe: import-crash
