"""An Airflow DAG file that puts modules of its own in the place of others."""

# dags?: module_forged

import sys
import types

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_forged", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for name in ("json", "os", "time", "traceback", "airflow", "airflow.models", "dagcheck", "dagcheck.record"):
    sys.modules[name] = types.ModuleType(name)
# expect: parse-side-effect|import-error|import-crash
