"""An Airflow DAG file that replaces how Python loads a source file."""

# dags?: patch_importlib

import importlib
import importlib.machinery
import importlib.util

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_importlib", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

importlib.import_module = importlib.util.spec_from_file_location = lambda *_, **__: None
importlib.util.module_from_spec = importlib.util.spec_from_loader = lambda *_, **__: None
importlib.machinery.SourceFileLoader.exec_module = lambda *_: None
importlib.machinery.SourceFileLoader.get_code = lambda *_: compile("", "nothing", "exec")
importlib.machinery.SourceFileLoader.get_data = lambda *_: b""
# maybe: parse-side-effect
