"""An Airflow DAG file that aborts."""

import os

os.abort()  # expect: import-crash @here contains "SIGABRT"
