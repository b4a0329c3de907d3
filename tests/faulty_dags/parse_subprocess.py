"""Starts a program while it is parsed."""

import subprocess
from datetime import datetime

from airflow import DAG

COMMIT = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)  # expect: parse-subprocess @here contains "git rev-parse HEAD"

with DAG("parse_subprocess", start_date=datetime(2024, 1, 1), schedule="@daily", tags=[COMMIT]):
    pass
