"""An Airflow DAG file whose exception says that its text is a number."""

class Number(Exception):
    def __str__(self):
        return 7


raise Number  # expect: import-error @here contains "Number"
