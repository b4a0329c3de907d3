"""BigQuery's far end: the real hook runs, a server in this process answers."""
