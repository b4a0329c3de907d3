"""An Airflow DAG file that makes the process as slow as can be, and then takes long."""

import os

os.nice(19)
while True: pass  # expect: import-timeout @here
