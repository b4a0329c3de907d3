"""Waits for something that never comes."""

import time

from airflow import DAG


def ready():
    return False


while not ready():
    time.sleep(0.1)  # expect: import-timeout @near

with DAG("import_timeout", schedule="@daily"):
    pass
