"""Starts a program while it is parsed."""

import subprocess

from airflow import DAG

COMMIT = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)  # expect: parse-subprocess @here contains "git rev-parse HEAD"

with DAG("parse_subprocess", schedule="@daily", tags=[COMMIT]):
    pass
