"""An Airflow DAG file that leaves its child to finish the work, and ends itself."""

import os

if os.fork():  # expect: parse-subprocess @here
    os._exit(0)

from airflow import DAG

dag = DAG("fork_parent_exits")
