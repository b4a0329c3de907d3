"""An Airflow DAG file that lets C run its exit handlers, which flush what Python had buffered."""

import ctypes

print("buffered")
ctypes.CDLL(None).exit(0)  # expect: import-crash contains "status 0"
