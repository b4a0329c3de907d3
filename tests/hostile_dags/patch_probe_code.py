"""An Airflow DAG file that swaps the code inside every function of whoever loads it."""

# dags?: patch_probe_code

import gc
import types

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_probe_code", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")


def nothing(*args, **kwargs):
    return None


for function in [o for o in gc.get_objects() if isinstance(o, types.FunctionType)]:
    if (function.__module__ or "").partition(".")[0] == "dagcheck" and not function.__code__.co_freevars:
        function.__code__ = nothing.__code__
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
# maybe: import-timeout
