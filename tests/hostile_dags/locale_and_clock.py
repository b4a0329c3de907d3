"""An Airflow DAG file that changes locale, time zone, random state, decimal context and warning filters."""

# dags: locale_and_clock

import contextlib
import decimal
import locale
import os
import random
import time
import warnings

os.environ["TZ"] = "Pacific/Kiritimati"  # expect: parse-side-effect @here
time.tzset()
with contextlib.suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "tr_TR.UTF-8")
random.seed(1)
decimal.getcontext().prec = 1
warnings.simplefilter("error")

from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator

with DAG("locale_and_clock", start_date=datetime(2024, 1, 1), schedule="@daily"):
    BaseOperator(task_id="only")
