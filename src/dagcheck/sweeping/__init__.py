"""Runs of a DAG over its own dates, with only its branches executed, and what they show.

`sweep` is one such run from end to end. `rules` and `structure` judge what was seen, for the checks of a folder and for
the properties that a test asserts alike.
"""
