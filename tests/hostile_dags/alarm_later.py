"""An Airflow DAG file that sets an alarm for when another file may be loading."""

# dags: alarm_later

import signal

signal.signal(signal.SIGALRM, signal.SIG_DFL)
signal.setitimer(signal.ITIMER_REAL, 1.5, 0.2)
# maybe: parse-side-effect
# maybe: import-crash

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("alarm_later", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
