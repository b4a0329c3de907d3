"""Decides how much to map over by a key of the context that Airflow 3 has no longer."""

# airflow: >=3
# dags: mapping_by_execution_date
from datetime import datetime

from airflow.sdk import dag, task


@dag(start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False)
def mapping_by_execution_date():
    @task
    def determine_workload(**context):
        first = context["execution_date"].day == 1
        return ["eu-west", "us-east", "us-west"] if first else ["eu-west"]

    @task
    def process(region): ...

    process.expand(region=determine_workload())  # expect: removed-context-key @here contains "logical_date"


mapping_by_execution_date()
