"""An Airflow DAG file that raises, and hangs while the exception travels."""

import select

try:
    raise SystemExit(0)
finally:
    while True: select.select((), (), (), 0.01)  # expect: import-timeout @here
