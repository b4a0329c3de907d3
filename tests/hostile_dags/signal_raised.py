"""An Airflow DAG file that raises a signal in its own thread, which no audit hook sees."""

import signal

signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.raise_signal(signal.SIGTERM)  # expect: import-crash contains "SIGTERM"
