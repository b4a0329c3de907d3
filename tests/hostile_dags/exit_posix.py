"""An Airflow DAG file that takes _exit from where os has it."""

from posix import _exit as leave

leave(3)  # expect: import-crash contains "status 3"
