"""An Airflow DAG file that puts modules in the place of its neighbours, before they load."""

# dags: module_of_neighbour

import sys
import types

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_of_neighbour", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for name in ("good_chain", "good_taskflow", "good_branch", "helper", "module_of_neighbour__after"):
    sys.modules[name] = types.ModuleType(name)
# maybe: parse-side-effect
