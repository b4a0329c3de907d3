"""An innocent Airflow DAG file that fails unless the interpreter is as a DAG file may expect it to be."""

# expect: nothing
# dags: good_demanding
import builtins
import decimal
import gc
import io
import json
import locale
import operator
import os
import pathlib
import re
import signal
import sys
import tempfile
import threading
import time
import warnings
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator


def demand(condition, what):
    if not condition:
        raise AssertionError(f"the interpreter was left damaged: {what}")


HERE = pathlib.Path(__file__)
demand(json.loads(json.dumps({"a": [1, None]})) == {"a": [1, None]}, "json")
demand(len([1, 2]) == 2 and isinstance(1, int) and not isinstance(1, str), "builtins")
demand(builtins.type("") is str and issubclass(KeyboardInterrupt, BaseException), "types")
demand(re.sub("a", "b", "aa") == "bb", "re")
demand(HERE.is_file() and HERE.read_text().startswith('"""An innocent'), "its own file")
demand(os.path.isdir(os.getcwd()) and os.environ["PATH"] and os.path.isabs(os.environ["HOME"]), "surroundings")
demand("FORGED" not in os.environ and os.environ.get("TZ") != "Pacific/Kiritimati", "environment")
demand(os.getenv("PATH") == os.popen.__globals__["environ"]["PATH"], "environment of os")
demand(any(os.path.samefile(entry, HERE.parent) for entry in sys.path if os.path.isdir(entry)), "sys.path")
demand(len(sys.meta_path) > 2 and sys.modules["json"] is json and "airflow" in sys.modules, "modules")
demand(sys.getrecursionlimit() >= 1000 and sys.gettrace() is None and sys.getprofile() is None, "interpreter settings")
demand(threading.active_count() == 1 and threading.current_thread() is threading.main_thread(), "threads")
demand(gc.isenabled() and gc.get_threshold()[0] > 0, "garbage collector")
demand(signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0) and not signal.pthread_sigmask(signal.SIG_BLOCK, ()), "signals")
demand(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, "handler of SIGTERM")
clock, present = vars(time), operator.methodcaller("now")  # called in a way that asks for no second look at the file
demand(1.7e9 < clock["time"]() < 4e9 and clock["monotonic"]() <= clock["monotonic"]() < 1e10, "clocks")
demand(present(datetime).year > 2023 and type(present(datetime)) is datetime, "datetime")
demand(decimal.getcontext().prec == 28 and locale.localeconv()["decimal_point"] == ".", "numbers")
demand(not any(action == "error" and kind is Warning for action, _, kind, _, _ in warnings.filters), "warning filters")
demand(isinstance(sys.stdout, io.TextIOBase) and not sys.stdout.closed and sys.stderr.write("") == 0, "streams")
demand("\udc80".encode(errors="surrogateescape") == b"\x80", "codecs")
with tempfile.TemporaryFile() as rows:
    rows.write(b"x" * 100_000)
    demand(rows.tell() == 100_000, "files")

with DAG("good_demanding", start_date=datetime(2024, 1, 1), schedule="@daily") as dag:
    first = BaseOperator(task_id="first")
    first >> BaseOperator(task_id="second")
demand(dag.dag_id == "good_demanding" and first.downstream_task_ids == {"second"}, "Airflow")
