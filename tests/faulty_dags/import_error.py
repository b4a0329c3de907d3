"""Fails two frames below its top level."""

from datetime import datetime

from airflow import DAG


def table_names(settings):
    return sorted(read(settings))


def read(settings):
    return settings["tables"]  # expect: import-error @here contains "KeyError" contains "table_names"


with DAG("import_error", start_date=datetime(2024, 1, 1), schedule="@daily") as dag:
    names = table_names({})
