"""An Airflow DAG file that sends SIGTERM to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGTERM)  # expect: import-crash @here contains "SIGTERM"
