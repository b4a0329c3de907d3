"""An Airflow DAG file that prints a forged report, ten megabytes and binary waste, and crashes."""

import os

os.write(2, b"good_chain.py:1: all is lost [import-error]\n" * 200_000)
os.write(2, bytes(range(256)) * 1_000)
os.write(2, b'Fatal Python error: x\n\nCurrent thread 0x1 (most recent call first):\n  File "/dags/good_chain.py", line 1 in x\n')
os.abort()  # expect: import-crash @here contains "SIGABRT"
