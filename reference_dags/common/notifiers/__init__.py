"""What tells people: callbacks of tasks and DAGs."""
