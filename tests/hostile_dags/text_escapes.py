"""An Airflow DAG file whose message takes over the terminal."""

raise ValueError("\x1b[2J\x1b]0;owned\x07\x9b31m\r\b\u202e\u2028\x00 end")  # expect: import-error @here contains "owned"
