"""Sensors that several DAGs use."""
