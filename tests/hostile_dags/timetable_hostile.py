"""An Airflow DAG file whose timetable ends the process when somebody asks for its summary."""

# dags?: timetable_hostile

import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

from airflow.timetables.base import Timetable


class Hostile(Timetable):
    def __getattribute__(self, name):
        if name in ("summary", "description", "serialize"):
            os._exit(0)
        return super().__getattribute__(name)

    def infer_manual_data_interval(self, *, run_after):
        os._exit(0)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        os._exit(0)


with DAG("timetable_hostile", start_date=datetime(2024, 1, 1), schedule=Hostile()):
    BaseOperator(task_id="only")
# maybe: import-crash
# maybe: import-error
