"""An Airflow DAG file that imports a neighbour which fails; its own line is the one to look at."""

import raise_own_base  # expect: import-error contains "Stop" contains "raise_own_base.py"
