"""Hooks that several reference DAGs share. They import their client library: import them inside a task."""
