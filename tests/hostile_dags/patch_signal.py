"""An Airflow DAG file that replaces the modules signal, faulthandler, resource, threading and gc."""

# dags?: patch_signal

import faulthandler
import gc
import resource
import signal
import threading

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("patch_signal", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

for module in (faulthandler, gc, resource, signal, threading):
    for name in [name for name in vars(module) if not name.startswith("__")]:
        if callable(getattr(module, name)):
            setattr(module, name, lambda *_, **__: None)
faulthandler.cancel_dump_traceback_later()
# maybe: parse-side-effect
# maybe: import-error
# maybe: import-crash
