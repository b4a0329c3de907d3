"""An Airflow DAG file that leaves a running event loop behind."""

# dags?: asyncio_left

import asyncio
import os
import threading

loop = asyncio.new_event_loop()
loop.call_later(0.2, os._exit, 0)
threading.Thread(target=loop.run_forever, daemon=True).start()  # expect: parse-side-effect|import-crash
asyncio.set_event_loop(loop)

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("asyncio_left", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
