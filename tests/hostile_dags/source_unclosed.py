"""An Airflow DAG file with a string that never ends."""

# expect: import-error contains "SyntaxError"
text = """this never ends
