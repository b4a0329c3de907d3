"""An Airflow DAG file that replaces what pickles, copies and hashes."""

# dags?: patch_copied_registry

import copy
import copyreg
import dataclasses
import functools
import hashlib
import os
import pickle

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_copied_registry", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for module in (copy, copyreg, dataclasses, functools, hashlib, pickle):
    for name in [name for name in vars(module) if not name.startswith("_")]:
        if callable(getattr(module, name)):
            setattr(module, name, lambda *_, **__: os._exit(0))
# maybe: parse-side-effect
# maybe: import-crash
