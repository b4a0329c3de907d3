"""An Airflow DAG file that lets the interpreter call exit a moment later, from C."""

# dags?: pending_call_exits

import ctypes
import os

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("pending_call_exits", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")

callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda _: os._exit(0))
ctypes.pythonapi.Py_AddPendingCall(callback, None)
# maybe: import-crash
