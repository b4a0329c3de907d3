"""An Airflow DAG file that ends the process in C, where Python sees nothing."""

import ctypes

ctypes.CDLL(None)._exit(0)  # expect: import-crash contains "status 0"
