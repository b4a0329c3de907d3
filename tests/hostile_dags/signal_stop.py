"""An Airflow DAG file that sends SIGSTOP to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)  # expect: import-crash|import-timeout @here
