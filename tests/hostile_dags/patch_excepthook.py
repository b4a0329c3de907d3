"""An Airflow DAG file that hides every exception, and then raises."""

import os
import sys
import threading

sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *_: os._exit(0)
raise ValueError("hidden")  # expect: import-error @here contains "hidden"
# maybe: parse-side-effect
