"""An Airflow DAG file that sends SIGSEGV to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGSEGV)  # expect: import-crash @here contains "SIGSEGV"
