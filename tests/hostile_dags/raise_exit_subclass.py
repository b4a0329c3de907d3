"""An Airflow DAG file with a SystemExit of its own, whose code is a property that hangs."""

import select


class Leave(SystemExit):
    @property
    def code(self):
        while True: select.select((), (), (), 0.01)


raise Leave  # expect: import-crash|import-timeout
