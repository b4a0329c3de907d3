"""An Airflow DAG file with a SystemExit of its own, whose code is a property that hangs."""

class Leave(SystemExit):
    @property
    def code(self):
        while True: pass


raise Leave  # expect: import-crash|import-timeout
