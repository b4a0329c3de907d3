"""An Airflow DAG file that leaves a module behind whose spec raises."""

# dags: module_spec_raises

import sys
import types

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("module_spec_raises", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

class Spec:
    origin = property(lambda self: 1 / 0)
    submodule_search_locations = origin


odd = types.ModuleType("odd")
odd.__spec__ = Spec()
sys.modules["odd"] = odd
