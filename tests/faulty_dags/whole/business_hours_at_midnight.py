"""Branches by the hour, and runs once a day."""

# dags: business_hours_at_midnight
from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator
except ImportError:
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator


def by_hour(logical_date):
    if logical_date.weekday() >= 5:
        return "weekend"
    return "business_hours" if 9 <= logical_date.hour <= 17 else "off_hours"


with DAG("business_hours_at_midnight", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False):
    choose = BranchPythonOperator(task_id="choose", python_callable=by_hour)  # expect: branch-never-taken @here contains "'business_hours'"
    choose >> [EmptyOperator(task_id="weekend"), EmptyOperator(task_id="business_hours"), EmptyOperator(task_id="off_hours")]
