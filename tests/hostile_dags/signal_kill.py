"""An Airflow DAG file that sends SIGKILL to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGKILL)  # expect: import-crash @here contains "SIGKILL"
