"""Decorates a function with @dag and never calls it."""

from datetime import datetime

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task


@dag(schedule="@daily", start_date=datetime(2024, 1, 1))  # expect: no-dag @here contains "no_dag_uncalled"
def no_dag_uncalled():
    @task
    def load(): ...

    load()
