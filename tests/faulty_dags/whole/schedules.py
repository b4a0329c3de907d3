"""Schedules that give no runs, too many, or runs at odd times; and one of each kind that is right."""

# dags: before_it_starts, no_such_day, long_behind, skipped_time, moving_time, unmoved, up_to_date
from datetime import datetime, timedelta

import pendulum
from airflow import DAG
from airflow.models import BaseOperator

BERLIN = pendulum.datetime(2024, 1, 1, tz="Europe/Berlin")

with DAG(  # expect: never-runs @here contains "before its start date"
    "before_it_starts", schedule="@daily", start_date=datetime(2024, 1, 1), end_date=datetime(2023, 1, 1), catchup=False
):
    BaseOperator(task_id="load")

with DAG("no_such_day", schedule="0 6 31 2 *", start_date=BERLIN, catchup=False):  # expect: never-runs @here contains "finds no date"
    BaseOperator(task_id="load")

with DAG("long_behind", schedule="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=True):  # expect: catchup-flood @here contains "since 2024-01-01"
    BaseOperator(task_id="load")

with DAG("skipped_time", schedule="30 2 * * *", start_date=BERLIN, catchup=False):  # expect: dst-shift @here contains "03:30 instead of 02:30"
    BaseOperator(task_id="load")

with DAG("moving_time", schedule=timedelta(days=1), start_date=BERLIN, catchup=False):  # expect: dst-shift @here contains "it begins to run at"
    BaseOperator(task_id="load")

with DAG("unmoved", schedule="0 6 * * 1-5", start_date=BERLIN, catchup=False):
    BaseOperator(task_id="load")

with DAG("up_to_date", schedule="@yearly", start_date=datetime(2024, 1, 1), catchup=True):
    BaseOperator(task_id="load")
