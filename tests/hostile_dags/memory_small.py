"""An Airflow DAG file that hoards small objects."""

hoard = []
while len(hoard) < 3_000_000:
    hoard.append(bytearray(1024))  # expect: import-crash @near contains "memory"
