"""An innocent Airflow DAG file: TaskFlow with a mapped task."""

# expect: nothing
# dags: good_taskflow
from datetime import datetime

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task


@dag(start_date=datetime(2024, 1, 1), schedule="0 6 * * *")
def good_taskflow():
    @task
    def tables():
        return ["orders", "customers"]

    @task
    def load(table):
        return len(table)

    load.expand(table=tables())


good_taskflow()
