"""An Airflow DAG file that removes Airflow from sys.modules and imports it once more."""

# dags?: clear_airflow_modules

import sys

for name in [name for name in sys.modules if name.partition(".")[0] == "airflow"]:
    del sys.modules[name]
# maybe: parse-side-effect
# maybe: parse-side-effect
# maybe: parse-slow
# maybe: import-error
# maybe: import-timeout

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("clear_airflow_modules", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
