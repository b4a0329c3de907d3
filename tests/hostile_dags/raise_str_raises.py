"""An Airflow DAG file whose exception cannot be printed."""

class Unprintable(Exception):
    def __str__(self):
        raise ValueError("cannot say")

    __repr__ = __str__


raise Unprintable  # expect: import-error @here contains "Unprintable"
