"""Functions that build tasks, groups and whole DAGs, so that what a team has agreed on is written once."""
