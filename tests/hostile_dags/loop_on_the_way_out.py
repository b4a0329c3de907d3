"""An Airflow DAG file that raises, and hangs while the exception travels."""

try:
    raise SystemExit(0)
finally:
    while True: pass  # expect: import-timeout @here
