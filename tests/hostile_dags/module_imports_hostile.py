"""An Airflow DAG file that imports a hostile neighbour."""

import exit_os_three  # expect: import-crash contains "status 3"
