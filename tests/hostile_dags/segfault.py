"""An Airflow DAG file that reads address 0."""

import ctypes

ctypes.string_at(0)  # expect: import-crash @here contains "SIGSEGV"
