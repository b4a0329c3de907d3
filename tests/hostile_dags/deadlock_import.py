"""An Airflow DAG file that holds the import lock of everything and waits."""

import _imp
import threading

_imp.acquire_lock()
threading.Event().wait()  # expect: import-timeout @here
