"""An Airflow DAG file that crashes in a thread while the main thread waits for it."""

import ctypes
import threading

crash = threading.Thread(target=ctypes.string_at, args=(0,))
crash.start()
crash.join()  # expect: import-crash contains "SIGSEGV"
