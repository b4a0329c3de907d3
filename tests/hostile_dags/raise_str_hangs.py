"""An Airflow DAG file whose exception hangs when somebody prints it."""

import select


class Hangs(Exception):
    def __str__(self):
        while True: select.select((), (), (), 0.01)

    __repr__ = __str__


raise Hangs  # expect: import-error|import-timeout
