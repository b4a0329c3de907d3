"""An Airflow DAG file that answers Variables itself from now on."""

# dags?: patch_airflow_variable

from airflow.models import Connection, Variable

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_airflow_variable", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

Variable.get = staticmethod(lambda *_, **__: "forged")
Connection.get_connection_from_secrets = staticmethod(lambda *_: None)
# maybe: parse-side-effect
