"""An Airflow DAG file that exits with an exit handler that starts again."""

import atexit
import os
import sys

atexit.register(os.execv, sys.executable, [sys.executable, "-c", "while True: pass"])
sys.exit(0)  # expect: import-crash @here contains "status 0"
# maybe: parse-side-effect
# maybe: parse-subprocess
