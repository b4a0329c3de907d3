"""An Airflow DAG file that removes the traceback of every exception it knows of."""

class Untraced(Exception):
    @property
    def __traceback__(self):
        return 7

    @__traceback__.setter
    def __traceback__(self, value):
        raise RuntimeError("no traceback")


raise Untraced("where")  # expect: import-error contains "Untraced"
