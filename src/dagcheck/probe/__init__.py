"""Loads DAG files in processes that they can't bring down, and sends back plain records."""
