"""Operators that several reference DAGs share."""
