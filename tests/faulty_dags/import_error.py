"""Fails two frames below its top level."""

from airflow import DAG


def table_names(settings):
    return sorted(read(settings))


def read(settings):
    return settings["tables"]  # expect: import-error @here contains "KeyError" contains "table_names"


with DAG("import_error", schedule="@daily") as dag:
    names = table_names({})
