"""The version room: every import of Airflow and every difference between its versions, split by subject.

These modules run inside the probe's processes, where the environment is hermetic already; only `versions` and
`settings` may be imported elsewhere, because they do not import Airflow.
"""
