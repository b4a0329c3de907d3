"""Waits for something that never comes."""

import time
from datetime import datetime

from airflow import DAG


def ready():
    return False


while not ready():
    time.sleep(0.1)  # expect: import-timeout @near

with DAG("import_timeout", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass
