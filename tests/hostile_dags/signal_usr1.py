"""An Airflow DAG file that sends SIGUSR1 to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGUSR1)  # expect: import-crash @here contains "SIGUSR1"
