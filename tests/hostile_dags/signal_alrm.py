"""An Airflow DAG file that sends SIGALRM to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGALRM)  # expect: import-crash @here contains "SIGALRM"
