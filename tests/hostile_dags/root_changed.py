"""An Airflow DAG file that moves the root directory away, if it may."""

# maybe: import-error
# dags?: root_changed

import contextlib
import os
import tempfile

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("root_changed", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

folder = tempfile.mkdtemp()
# maybe: parse-side-effect
with contextlib.suppress(OSError):
    os.chroot(folder)
    os.chdir("/")
# maybe: parse-side-effect
# maybe: import-crash
