"""An Airflow DAG file that blocks every signal and sleeps."""

import signal
import time

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
time.sleep(3600)  # expect: import-timeout @here
