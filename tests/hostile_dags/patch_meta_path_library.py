"""An Airflow DAG file whose import hook is made of the standard library's classes."""

# dags: patch_meta_path_library

import importlib.machinery
import sys
import types

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_meta_path_library", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

class Loader:
    def create_module(self, spec):
        raise SystemExit(3)

    def exec_module(self, module):
        raise SystemExit(3)


def find_spec(name, path=None, target=None):
    return importlib.machinery.ModuleSpec(name, Loader())


sys.meta_path.insert(0, types.SimpleNamespace(find_spec=find_spec))  # expect: parse-side-effect @here
