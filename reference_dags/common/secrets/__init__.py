"""Secrets backends: name one in `[secrets] backend`."""
