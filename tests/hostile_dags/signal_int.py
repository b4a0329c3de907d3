"""An Airflow DAG file that sends SIGINT to its own process."""

import os
import signal

os.kill(os.getpid(), signal.SIGINT)  # expect: import-crash|import-error @here
