"""How fast runs are, side by side in one process: `dag.test()`, `run_dag` in memory, `simulate`, and a sweep of dates.

    python benchmarks/run_engine.py [--sizes 5,10,50,500] [--dates 10000] [--repeat 3]

Needs Airflow beside dagcheck. `dag.test()` runs as the engine "airflow" of `run_dag` runs it: on a copy of a migrated
metadata DB, without its sleeps and with the API server of 3.0 to 3.2 kept. CPU seconds of this process, the best of
`--repeat`; the machine's load is printed, because a busy one costs every contender time.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import io
import itertools
import logging
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from dagcheck._airflow.settings import hermetic

START = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
DAY = "2024-02-29"
_names = itertools.count()
_LARGE = 50  # tasks; above that one run of dag.test() has to do: of 500 tasks it takes minutes


def main() -> None:
    """Print the tables."""
    options = _options()
    os.environ.update(hermetic(Path(tempfile.mkdtemp(prefix="dagcheck-")), [], None))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from dagcheck._airflow.versions import installed

    print(f"Airflow {installed()}, load {os.getloadavg()[0]:.1f}; CPU milliseconds per run")
    print(f"{'tasks':>6} {'dag.test()':>12} {'run_dag':>12} {'simulate':>12} {'ratios':>18}")
    for size in options.sizes:
        print(_row(size, options.repeat))
    print(_sweep(options.dates, options.repeat))


def _row(size: int, repeat: int) -> str:
    from dagcheck.dates import run_date
    from dagcheck.execution import run_dag
    from dagcheck.simulation import simulate

    dag = make(size)
    when = run_date(dag, DAY)
    with contextlib.redirect_stdout(io.StringIO()):
        oracle = _best(lambda: run_dag(make(size), when, engine="airflow"), 0 if size > _LARGE else repeat)
        memory = _best(lambda: run_dag(dag, when), repeat)
    simulated = _best(lambda: simulate(dag, when), repeat * 10)
    ratios = f"{oracle / memory:.0f}x {oracle / simulated:.0f}x"
    return f"{size:>6} {oracle * 1e3:>12.1f} {memory * 1e3:>12.2f} {simulated * 1e3:>12.3f} {ratios:>18}"


def _sweep(count: int, repeat: int) -> str:
    from dagcheck.dates import run_dates
    from dagcheck.simulation import Simulator

    dag = make(10)
    last = START + datetime.timedelta(days=count - 1)
    dates = run_dates(dag, START, last)
    simulator = Simulator(dag)
    chosen = {run.choices["branch"] for run in simulator.runs(dates)}
    seconds = _best(lambda: sum(1 for _ in simulator.runs(dates)), repeat)
    return f"sweep of {len(dates)} dates, 10 tasks, {len(chosen)} choices: {len(dates) / seconds:.0f} dates a second"


def _best(run: Callable[[], object], repeat: int) -> float:
    """Return the least CPU seconds of a first call, which pays for what is done once, and of so many more."""
    seconds = []
    for _ in range(1 + repeat):
        before = time.process_time()
        run()
        seconds.append(time.process_time() - before)
    return min(seconds)


def make(size: int) -> Any:
    """Return a DAG of `size` tasks: a branch, chains below both of its children, a join."""
    from dagcheck._airflow import versions
    from dagcheck._airflow.classes import dag_class

    module = "airflow.providers.standard.operators" if versions.at_least(3, 0) else "airflow.operators"
    empty = import_module(f"{module}.empty").EmptyOperator
    branching = import_module(f"{module}.python").BranchPythonOperator
    with dag_class()(f"bench_{size}_{next(_names)}", schedule="@daily", start_date=START, catchup=False) as dag:
        branch = branching(task_id="branch", python_callable=choose)
        join = empty(task_id="join", trigger_rule="none_failed_min_one_success")
        ends: list[Any] = [branch, branch]
        for number in range(size - 2):
            task = empty(task_id=("monthly", "daily")[number] if number < 2 else f"t{number}")  # noqa: PLR2004
            ends[number % 2] >> task
            ends[number % 2] = task
        ends >> join
    return dag


def choose(logical_date: datetime.datetime) -> str:
    """The branch's callable."""
    return "monthly" if logical_date.day == 1 else "daily"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: [int(one) for one in text.split(",")], default=[5, 10, 50, 500])
    parser.add_argument("--dates", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
