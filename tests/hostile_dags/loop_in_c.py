"""An Airflow DAG file that never comes back from C, so that no signal handler of Python's ever runs."""

import itertools

total = sum(itertools.repeat(0))  # expect: import-timeout @here
