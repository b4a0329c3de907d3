"""The keys of the context that tasks, callbacks and templates are given."""

from __future__ import annotations

import functools

from dagcheck._airflow import versions

# What 3.0 took away (airflow/utils/context.py of 2.11 has them, sdk/definitions/context.py of 3.0 has not), with what
# says the same since then.
REMOVED = {
    "conf": "airflow.configuration.conf",
    "execution_date": "logical_date",
    "next_ds": "data_interval_end | ds",
    "next_ds_nodash": "data_interval_end | ds_nodash",
    "next_execution_date": "data_interval_end",
    "prev_ds": "prev_data_interval_start_success",
    "prev_ds_nodash": "prev_data_interval_start_success",
    "prev_execution_date": "prev_data_interval_start_success",
    "prev_execution_date_success": "prev_data_interval_start_success",
    "tomorrow_ds": "macros.ds_add(ds, 1)",
    "tomorrow_ds_nodash": "macros.ds_add(ds, 1) | replace('-', '')",
    "triggering_dataset_events": "triggering_asset_events",
    "yesterday_ds": "macros.ds_add(ds, -1)",
    "yesterday_ds_nodash": "macros.ds_add(ds, -1) | replace('-', '')",
}


@functools.cache
def known_keys() -> frozenset[str]:
    """Return every key that the installed version may put into a context."""
    if versions.at_least(3, 0):
        from airflow.sdk.definitions.context import Context

        return frozenset(Context.__annotations__)
    from airflow.utils.context import KNOWN_CONTEXT_KEYS

    return frozenset(KNOWN_CONTEXT_KEYS)


def removed_keys() -> dict[str, str]:
    """Return the keys that the installed version has no longer, each with what replaces it."""
    known = known_keys()
    return {key: instead for key, instead in REMOVED.items() if key not in known}
