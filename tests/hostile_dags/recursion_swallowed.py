"""An Airflow DAG file that catches every RecursionError and recurses again: 2 ** 1000 calls."""

def build():
    try:
        build()  # expect: import-timeout
    finally:
        build()


build()
