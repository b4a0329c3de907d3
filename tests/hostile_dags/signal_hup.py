"""An Airflow DAG file that sends SIGHUP to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGHUP)  # expect: import-crash @here contains "SIGHUP"
