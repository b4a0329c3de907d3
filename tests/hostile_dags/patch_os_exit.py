"""An Airflow DAG file that takes away every way to fork, wait and leave."""

# dags?: patch_os_exit

import os
import posix
import sys

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_os_exit", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for module in (os, posix):
    module.fork = lambda: 0
    module._exit = module.waitpid = module.kill = module.getpid = module.getppid = lambda *_: 1
sys.exit = lambda *_: None
# maybe: parse-side-effect
# maybe: import-crash
# maybe: import-timeout
