"""An Airflow DAG file that ends the interpreter with a message, which means status 1."""

import sys

sys.exit("no rows today")  # expect: import-crash @here contains "no rows today"
