"""An Airflow DAG file that sends SIGABRT to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGABRT)  # expect: import-crash @here contains "SIGABRT"
