"""Triggers: what the triggerer waits for while a task is deferred."""
