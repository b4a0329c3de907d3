"""An Airflow DAG file that is not Python."""

def build(:  # expect: import-error @here contains "SyntaxError"
    pass
