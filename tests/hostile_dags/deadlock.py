"""An Airflow DAG file that waits for a lock it holds."""

import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()  # expect: import-timeout @here
