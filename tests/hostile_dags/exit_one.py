"""An Airflow DAG file that ends the interpreter with status 1."""

import sys

sys.exit(1)  # expect: import-crash @here contains "status 1"
