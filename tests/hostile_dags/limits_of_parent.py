"""An Airflow DAG file that takes open files and memory from its parent."""

# dags: limits_of_parent
# maybe: parse-subprocess

import contextlib
import os
import resource

with contextlib.suppress(OSError, ValueError, AttributeError):
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (0, 0))
    resource.prlimit(os.getppid(), resource.RLIMIT_AS, (0, 0))
# maybe: parse-side-effect
# maybe: import-error

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("limits_of_parent", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
