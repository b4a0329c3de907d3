"""An Airflow DAG file that ends the process itself with status 3."""

import os

os._exit(3)  # expect: import-crash @here contains "status 3"
