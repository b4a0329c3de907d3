"""An Airflow DAG file with a BaseException of its own."""

class Stop(BaseException):
    pass


raise Stop("here")  # expect: import-error @here contains "Stop"
