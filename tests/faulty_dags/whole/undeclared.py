"""Names a Connection and a Variable that are not declared, and some that are or need not be."""

# dags: undeclared
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator


class LoadOperator(BaseOperator):
    template_fields = ("sql",)

    def __init__(self, conn_id: str, sql: str, **kwargs):
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.sql = sql


with DAG("undeclared", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    known = LoadOperator(task_id="known", conn_id="lake", sql="{{ var.value.region }} {{ conn.lake.host }}")
    optional = BashOperator(task_id="optional", bash_command="load {{ var.value.get('limit', '10') }}")
    typo = LoadOperator(task_id="typo", conn_id="laek", sql="select 1")  # expect: unknown-connection @here contains "lake"
    template = BashOperator(
        task_id="template",
        bash_command="load {{ var.json.regoin.name }} {{ conn.get('crm').host }}",  # expect: unknown-variable @near contains "region"
    )  # expect: unknown-connection @near contains "crm"
    known >> optional >> typo >> template
