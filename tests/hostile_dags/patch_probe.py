"""An Airflow DAG file that replaces every function of whoever loads it."""

# dags?: patch_probe

import sys
import types

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_probe", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for name, module in list(sys.modules.items()):
    if name.partition(".")[0] == "dagcheck":
        for attribute, value in list(vars(module).items()):
            if isinstance(value, (types.FunctionType, type)):
                setattr(module, attribute, lambda *_, **__: None)
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
