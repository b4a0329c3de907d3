"""Calls tasks outside of any DAG: they belong to none, and never run."""

from airflow.decorators import task  # maybe: deprecated-api


@task
def check():
    return True


@task
def call(healthy):
    return healthy


call(check())  # expect: import-error @here contains "don't have DAGs"
