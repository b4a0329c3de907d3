"""An Airflow DAG file that never ends."""

n = 0
while True:
    n += 1  # expect: import-timeout @near
