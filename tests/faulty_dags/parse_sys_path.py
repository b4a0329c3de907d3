"""Changes sys.path while it is parsed."""

# dags: parse_sys_path
import sys
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

sys.path.insert(0, "/opt/etl/lib")
# expect: parse-side-effect contains "/opt/etl/lib"

with DAG("parse_sys_path", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="load")
