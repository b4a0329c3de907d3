"""Teardowns that a branch skips or that have nothing to be mapped over; and one that always runs."""

# dags: teardown_beside_branch, teardown_mapped_over_work, teardown_after_all
from datetime import datetime

from airflow import DAG

try:
    from airflow.sdk import setup, task
except ImportError:
    from airflow.decorators import setup, task

ALWAYS = {"start_date": datetime(2024, 1, 1), "schedule": "@daily", "catchup": False}


@setup
def create(): ...


@task
def load(): ...


@task
def list_parts():
    return ["a", "b"]


@task
def delete(part=None): ...


@task.branch
def choose(logical_date=None):
    return "load" if logical_date.day == 1 else "delete"


with DAG("teardown_beside_branch", **ALWAYS):
    made, loaded = create(), load()
    deleted = delete().as_teardown(setups=made)  # expect: setup-teardown @here contains "although its setup 'create' did"
    made >> choose() >> [loaded, deleted]

with DAG("teardown_mapped_over_work", **ALWAYS):
    made, parts = create(), list_parts()
    made >> parts
    delete.expand(part=parts).as_teardown(setups=made)  # expect: setup-teardown @here contains "when 'list_parts' fails"

with DAG("teardown_after_all", **ALWAYS):
    made, loaded = create(), load()
    made >> loaded >> delete().as_teardown(setups=made)
