"""Postgres for tests: a real server of one's own, or a connection that records and answers."""
