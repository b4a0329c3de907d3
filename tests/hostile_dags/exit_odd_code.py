"""An Airflow DAG file whose exit status is an object that raises when anybody looks at it."""

class Code:
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __int__ = __index__ = __bool__ = __hash__ = __str__

    def __eq__(self, other):
        raise RuntimeError("no comparison")


raise SystemExit(Code())  # expect: import-crash @here
