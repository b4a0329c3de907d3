"""An Airflow DAG file whose exception hangs when somebody prints it."""

class Hangs(Exception):
    def __str__(self):
        while True: pass

    __repr__ = __str__


raise Hangs  # expect: import-error|import-timeout
