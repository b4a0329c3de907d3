"""An Airflow DAG file that catches whatever is thrown at it and goes on."""

import select

while True:
    try:
        while True: select.select((), (), (), 0.01)  # expect: import-timeout @near
    except BaseException:
        continue
    finally:
        continue
