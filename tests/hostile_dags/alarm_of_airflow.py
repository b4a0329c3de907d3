"""An Airflow DAG file that switches off the alarm by which Airflow ends a slow import, and hangs."""

import signal

signal.setitimer(signal.ITIMER_REAL, 0)
signal.alarm(0)
while True: pass  # expect: import-timeout @here
