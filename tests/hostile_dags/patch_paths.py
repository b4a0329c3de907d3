"""An Airflow DAG file that replaces what asks for files."""

# dags?: patch_paths

import os
import pathlib

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_paths", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

os.path.exists = os.path.isfile = os.path.isdir = lambda *_: False
os.path.realpath = os.path.abspath = os.path.join = os.path.relpath = lambda *_: "good_chain.py"
os.fspath = os.getcwd = lambda *_: "good_chain.py"
pathlib.Path.resolve = pathlib.Path.relative_to = lambda *_: pathlib.PurePosixPath("good_chain.py")
# maybe: parse-side-effect
# maybe: import-error
