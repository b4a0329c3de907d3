"""An Airflow DAG file that catches whatever is thrown at it and goes on."""

while True:
    try:
        while True: pass  # expect: import-timeout @near
    except BaseException:
        continue
    finally:
        continue
